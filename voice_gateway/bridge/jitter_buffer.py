"""Evens out audio that comes at uneven times, at the price of 20 to 60 ms.

A WebSocket loses nothing and keeps the order: a frame that is missing has not come yet.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.pcm import LISTENING_RATE, bytes_of, samples_of
from voice_gateway.transports.line import FRAME_MS, frame_bytes

FRAME_S: Final = FRAME_MS / 1000
SHORTEST_S: Final = 0.02
LONGEST_S: Final = 0.06
PAUSE_S: Final = 0.3
"""Who sends nothing for longer than this has paused; less is a gap torn into what is said."""
# A late frame counts in full when it comes, and e times less after this long.
_MEMORY_S: Final = 10.0
# Learning by a torn word would be too late: so much is taken for granted of a new network.
_FIRST_GUESS_S: Final = 0.02
# Of a frame: so little more delay is not worth a frame more.
_SPARE: Final = 0.25

_SAMPLES: Final = frame_bytes(LISTENING_RATE) // 2
_FALLING: Final[NDArray[np.float64]] = np.linspace(1.0, 0.0, _SAMPLES)
_RISING: Final[NDArray[np.float64]] = 1.0 - _FALLING
_ONSET: Final[NDArray[np.float64]] = np.clip(np.arange(_SAMPLES) / (0.005 * LISTENING_RATE), 0, 1)


class JitterBuffer:
    """Takes 20 ms frames of 16 kHz whenever they come and gives out one every 20 ms.

    It waits for as long as frames have lately been late, within its limits. Where a frame is
    missing the last one fades out; what has piled up is dropped, with a cross-fade instead of a
    click. Time is an argument: seconds of a clock that never goes back.

    Attributes:
        underruns: How often what was said had to be torn apart.
        late: Frames that came after the moment when they should have been heard.
        dropped: Frames that were never heard, because too many had piled up.
    """

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._latest = -math.inf
        self._lateness_s = _FIRST_GUESS_S
        self._playing = False
        self._missing = 0
        self._owed = 0
        self._last: bytes | None = None
        self.underruns = 0
        self.late = 0
        self.dropped = 0

    @property
    def delay_s(self) -> float:
        """How long frames should wait, as things are: `SHORTEST_S` to `LONGEST_S`."""
        return SHORTEST_S + self._lateness_s

    @property
    def waiting(self) -> int:
        """How many frames have come and not yet been given out."""
        return len(self._frames)

    def push(self, frame: bytes, now: float) -> None:
        """Take in a frame.

        Args:
            frame: 20 ms of signed 16-bit mono samples at 16 kHz.
            now: When it came.
        """
        passed_s = now - self._latest
        if passed_s <= PAUSE_S:
            faded = self._lateness_s * math.exp(-passed_s / _MEMORY_S)
            self._lateness_s = max(min(passed_s - FRAME_S, LONGEST_S - SHORTEST_S), faded)
        self._latest = now
        if self._owed:
            self._owed -= 1
            self.late += 1
        self._frames.append(frame)

    def pull(self, now: float) -> bytes | None:
        """Give out the next frame; to be asked for every 20 ms.

        Args:
            now: When it is asked for.

        Returns:
            The frame, or None where there is nothing to be heard.
        """
        if not self._playing:
            newest_waits_s = now - self._latest + (len(self._frames) - 1) * FRAME_S
            if not self._frames or newest_waits_s < self.delay_s:
                return None
            self._playing = True
        return self._next() if self._frames else self._conceal()

    def _next(self) -> bytes:
        if self._missing:
            self.underruns += 1
            self._missing = 0
        frame = self._frames.popleft()
        excess = len(self._frames) - math.ceil(self.delay_s / FRAME_S - _SPARE)
        if excess > 0:
            self.dropped += excess
            for _ in range(excess):
                following = self._frames.popleft()
            frame = bytes_of(samples_of(frame) * _FALLING + samples_of(following) * _RISING)
        if self._last is None:
            frame = bytes_of(samples_of(frame) * _ONSET)
        self._last = frame
        return frame

    def _conceal(self) -> bytes | None:
        self._missing += 1
        self._owed += 1
        if self._missing * FRAME_S > PAUSE_S:
            self._playing = False
            self._missing = self._owed = 0
        last, self._last = self._last, None
        # Backwards, it goes on exactly where it ended.
        return None if last is None else bytes_of(_FALLING * samples_of(last)[::-1])
