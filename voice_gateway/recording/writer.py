"""Writes recordings in threads beside the calls, so that no disk holds up a call.

One thread writes many calls: twenty encoders with a thread each would be as fast, but they keep
waking in front of the event loop, and the calls stutter.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple

from contact_center.recordings import RecordingFormat
from voice_gateway.recording.sound_file import SoundFile, length_of
from voice_gateway.recording.timeline import Block

MOST_WAITING_S: Final = 30.0
"""How far writing may fall behind before the recording is given up; 2 MB at 16 kHz."""


class Written(NamedTuple):
    """What lies on the disk at the end.

    Args:
        seconds: How long the recording is; 0 when there is nothing to listen to.
        size: How many bytes the file has.
        broken: Why it ended early; None when nothing went wrong.
    """

    seconds: float
    size: int
    broken: str | None


class RecordingWriter:
    """Writes one file.

    Args:
        path: Where to write; folders are made.
        format: `opus` or `flac`.
        sample_rate: In hertz.
        failed: Called once when the recording is given up, from any thread.
    """

    def __init__(
        self,
        path: Path,
        format: RecordingFormat,
        sample_rate: int,
        failed: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._path = path
        self._failed = failed
        self._most_waiting = round(MOST_WAITING_S * sample_rate) * 4
        self._lock = threading.Lock()
        self._waiting = 0
        self._broken: str | None = None
        self._file: SoundFile | None = None
        self._written: Future[Written] = Future()
        self._written.set_running_or_notify_cancel()
        self._thread = next(_threads())
        self._thread.do(partial(self._open, format, sample_rate))

    def write(self, blocks: list[Block]) -> None:
        """Have audio written; returns at once.

        Args:
            blocks: What comes next; left alone once the recording has been given up.
        """
        if self._broken is not None:
            return
        size = sum(len(block.caller) + len(block.line) for block in blocks)
        with self._lock:
            self._waiting += size
            behind = self._waiting > self._most_waiting
        if behind:
            self._give_up(f"writing fell {MOST_WAITING_S:g} seconds behind")
        else:
            self._thread.do(partial(self._write, blocks, size))

    async def close(self, patience_s: float) -> Written:
        """Finish the file.

        Args:
            patience_s: How long that may take.

        Returns:
            What lies on the disk.

        Raises:
            TimeoutError: It takes longer; it is gone on with.
        """
        self._thread.do(self._close)
        async with asyncio.timeout(patience_s):
            return await asyncio.shield(asyncio.wrap_future(self._written))

    # -- in the thread -------------------------------------------------------------------------

    def _open(self, format: RecordingFormat, sample_rate: int) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = SoundFile(self._path, format, sample_rate)
        except Exception as error:
            # Encoders break in ways of their own, here and below; the call goes on whatever it is.
            self._give_up(_reason(error))

    def _write(self, blocks: list[Block], size: int) -> None:
        if self._file is not None and self._broken is None:
            try:
                self._file.write(
                    b"".join(block.caller for block in blocks),
                    b"".join(block.line for block in blocks),
                )
            except Exception as error:
                self._give_up(_reason(error))
        with self._lock:
            self._waiting -= size

    def _close(self) -> None:
        if self._written.done():
            return
        seconds, size = 0.0, 0
        try:
            if self._file is not None:
                seconds = self._file.seconds
                self._file.close()
        except Exception as error:
            self._give_up(_reason(error))
        try:
            size = self._path.stat().st_size
            if self._broken is not None:
                seconds = length_of(self._path)
        except OSError as error:
            seconds = 0.0
            self._give_up(_reason(error))
        self._written.set_result(Written(seconds, size, self._broken))

    def _give_up(self, why: str) -> None:
        with self._lock:
            if self._broken is not None:
                return
            self._broken = why
        self._failed(why)


class _WritingThread:
    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        # As a daemon it keeps no process alive whose disk has stopped answering.
        threading.Thread(target=self._run, name="recordings", daemon=True).start()

    def do(self, work: Callable[[], None]) -> None:
        self._work.put(work)

    def _run(self) -> None:
        while True:
            self._work.get()()


@cache
def _threads() -> Iterator[_WritingThread]:
    """The threads in turn; they stay for as long as the process."""
    return itertools.cycle([_WritingThread() for _ in range(max(1, (os.cpu_count() or 2) // 2))])


def _reason(error: Exception) -> str:
    # Without the path, which says nothing to who reads it and may be long.
    why = error.strerror if isinstance(error, OSError) else None
    return why or str(error) or type(error).__name__
