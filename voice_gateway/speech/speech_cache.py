"""Synthesised audio kept on disk: bounded, and never a reason for a call to fail."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import diskcache
import structlog

log = structlog.get_logger(__name__)

DEFAULT_LIMIT_BYTES: Final = 64 * 1024 * 1024
# What the library lets through of a full, missing or read-only disk.
_DISK_ERRORS: Final = (OSError, sqlite3.Error, diskcache.Timeout)


class SpeechCache:
    """A folder of audio; the least recently used goes first. Thread-safe and shareable.

    Args:
        folder: Where to keep it; made when needed.
        limit_bytes: How much to keep, roughly.
    """

    def __init__(self, folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._cache: diskcache.Cache | None = None
        try:
            self._cache = diskcache.Cache(
                str(folder), size_limit=limit_bytes, eviction_policy="least-recently-used"
            )
        except _DISK_ERRORS as error:
            self._complain(error)

    def get(self, *key: object) -> bytes | None:
        """Look audio up.

        Args:
            key: Everything that the audio depends on.

        Returns:
            The PCM, or None when it is not there or cannot be read.
        """
        if self._cache is None:
            return None
        try:
            pcm = self._cache.get(_text(key))
        except _DISK_ERRORS as error:
            self._complain(error)
            return None
        return pcm if isinstance(pcm, bytes) and pcm and len(pcm) % 2 == 0 else None

    def put(self, pcm: bytes, *key: object) -> None:
        """Keep audio; when the disk does not take it, it is just not kept.

        Args:
            pcm: The audio.
            key: Everything that it depends on.
        """
        if self._cache is None:
            return
        try:
            self._cache.set(_text(key), pcm)
        except _DISK_ERRORS as error:
            self._complain(error)

    def _complain(self, error: BaseException) -> None:
        log.warning("speech_cache_unusable", folder=str(self._folder), error=str(error))


def _text(key: tuple[object, ...]) -> str:
    return "\0".join(map(str, key))
