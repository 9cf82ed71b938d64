"""Synthesised audio kept on disk: atomic, bounded, and never a reason for a call to fail."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

DEFAULT_LIMIT_BYTES: Final = 64 * 1024 * 1024
_SUFFIX: Final = ".pcm"


class SpeechCache:
    """A folder of audio; the least recently used goes first. Thread-safe and shareable.

    Args:
        folder: Where to keep it; made when needed.
        limit_bytes: How much to keep at most.
    """

    def __init__(self, folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._size: int | None = None  # unknown until the folder has been looked at

    def get(self, *key: object) -> bytes | None:
        """Look audio up.

        Args:
            key: Everything that the audio depends on.

        Returns:
            The PCM, or None when it is not there or cannot be read.
        """
        path = self._path(key)
        try:
            pcm = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return pcm if pcm and len(pcm) % 2 == 0 else None

    def put(self, pcm: bytes, *key: object) -> None:
        """Keep audio; when the disk does not take it, it is just not kept.

        Args:
            pcm: The audio.
            key: Everything that it depends on.
        """
        path = self._path(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(pcm)
                Path(name).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
            self._bound(len(pcm))
        except OSError as error:
            log.warning("speech_cache_not_written", folder=str(self._folder), error=str(error))

    def _path(self, key: tuple[object, ...]) -> Path:
        digest = hashlib.sha256("\0".join(map(str, key)).encode()).hexdigest()
        return self._folder / (digest + _SUFFIX)

    def _bound(self, added: int) -> None:
        with self._lock:
            if self._size is not None:
                self._size += added
                if self._size <= self._limit:
                    return
            entries = []
            for path in self._folder.glob("*" + _SUFFIX):
                with contextlib.suppress(OSError):
                    status = path.stat()
                    entries.append((status.st_mtime_ns, status.st_size, path))
            self._size = sum(size for _, size, _ in entries)
            if self._size <= self._limit:
                return
            # Down to nine tenths, so that not every new phrase looks through the folder.
            for _, size, path in sorted(entries):
                if self._size <= self._limit * 0.9:
                    break
                path.unlink(missing_ok=True)
                self._size -= size
