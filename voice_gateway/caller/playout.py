"""The caller's loudspeaker: what has been received waits here until it is its time to be played."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voice_gateway.transports.line import FRAME_MS, frame_bytes


@dataclass(frozen=True, slots=True)
class Played:
    """20 ms as the caller hears it.

    Args:
        pcm: One frame; silence where nothing was there to be played.
        sounding: True when any of it came from the server.
        marks: Ids of the marks reached: all audio before them has been played.
    """

    pcm: bytes
    sounding: bool
    marks: tuple[int, ...]


class Playout:
    """A queue of audio and marks, drawn from once every 20 ms.

    Args:
        sample_rate: In hertz.
    """

    # A longer pause in the server's audio is a pause, not a gap torn into an utterance.
    _GAP_FRAMES = 300 // FRAME_MS

    def __init__(self, sample_rate: int) -> None:
        self._size = frame_bytes(sample_rate)
        self._queue: deque[bytes | int] = deque()
        self._dry_frames = 0
        self._unfinished = False
        self.underruns = 0

    def add(self, pcm: bytes) -> None:
        """Queue audio.

        Args:
            pcm: Any even length.
        """
        if not pcm:
            return
        if self._unfinished and 0 < self._dry_frames <= self._GAP_FRAMES:
            self.underruns += 1
        self._unfinished = False
        self._queue.append(pcm)

    def mark(self, mark_id: int) -> None:
        """Queue a mark."""
        self._unfinished = False
        self._queue.append(mark_id)

    def clear(self) -> None:
        """Drop all that is queued."""
        self._queue.clear()
        self._unfinished = False

    @property
    def empty(self) -> bool:
        """True when nothing is queued."""
        return not self._queue

    def next_frame(self) -> Played:
        """Play 20 ms."""
        pieces: list[bytes] = []
        missing = self._size
        marks: list[int] = []
        while missing and self._queue:
            item = self._queue.popleft()
            if isinstance(item, int):
                marks.append(item)
                self._unfinished = False
                continue
            if len(item) > missing:
                self._queue.appendleft(item[missing:])
                item = item[:missing]
            pieces.append(item)
            missing -= len(item)
            self._unfinished = True
        self._dry_frames = 0 if pieces else self._dry_frames + 1
        return Played(b"".join(pieces).ljust(self._size, b"\0"), bool(pieces), tuple(marks))
