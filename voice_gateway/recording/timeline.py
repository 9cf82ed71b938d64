"""Lays the two directions of a call side by side, as they were heard; pure, without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contact_center.recordings import ClockMark, Span
from voice_gateway.transports.line import SAMPLE_BYTES

USUAL_LEAD_S: Final = 0.2
"""How far ahead of being played audio is sent as a rule."""
LEAD_TOO_LONG_S: Final = 0.5
WATCHED_S: Final = 5.0
"""A lead that is too long for all this time means that some of the caller's audio never came."""
LONGEST_STALL_S: Final = 20.0
"""How long a network may hold the caller's audio back, and still deliver it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A moment of both directions, as signed 16-bit mono samples of equal length.

    Args:
        caller: What the caller said.
        line: What the caller heard.
    """

    caller: bytes
    line: bytes


class Timeline:
    """One call's recording as it grows.

    The caller's audio is the clock: with each of its frames, as much of what was sent is played.
    Where audio of the caller is lost for good, the clock is put forward by silence.

    Args:
        sample_rate: In hertz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._bytes_a_second = sample_rate * SAMPLE_BYTES
        self._begun = False
        self._ahead = bytearray()
        self._least_ahead = 0
        self._watched = 0
        self._heard = 0
        self._recorded = 0
        self._paused: list[Span] = []
        self._paused_since: float | None = None
        self._clock: list[ClockMark] = []

    @property
    def heard_s(self) -> float:
        """How much of the caller's audio has gone by, recorded or not, in seconds."""
        return self._heard / self._bytes_a_second

    @property
    def recorded_s(self) -> float:
        """How long the recording is, in seconds."""
        return self._recorded / self._bytes_a_second

    @property
    def paused(self) -> tuple[Span, ...]:
        """The parts that are silence on both sides, up to now."""
        if self._paused_since is None:
            return tuple(self._paused)
        return (*self._paused, Span(self._paused_since, self.recorded_s))

    @property
    def caller_clock(self) -> tuple[ClockMark, ...]:
        """How the caller's audio lies in the recording."""
        return tuple(self._clock)

    def begin(self) -> None:
        """Begin the recording here; until then nothing comes of what is heard and sent."""
        self._begun = True
        self._clock = [ClockMark(self.heard_s, 0.0)]

    def hear(self, caller: bytes) -> list[Block]:
        """Take the caller's next audio.

        Args:
            caller: Whole samples.

        Returns:
            What the recording grows by.
        """
        blocks: list[Block] = []
        self._least_ahead = min(self._least_ahead, len(self._ahead))
        self._watched += len(caller)
        if self._watched >= WATCHED_S * self._bytes_a_second:
            if self._least_ahead > LEAD_TOO_LONG_S * self._bytes_a_second:
                blocks += self._fill(self._least_ahead)
            self._watch_anew()
        self._heard += len(caller)
        return blocks + self._grow(caller)

    def send(self, line: bytes) -> list[Block]:
        """Take audio that is sent to the caller, to be played after what was sent before.

        Args:
            line: Whole samples.

        Returns:
            What the recording grows by; nothing unless the caller's audio has stopped coming.
        """
        self._ahead += line
        if len(self._ahead) <= LONGEST_STALL_S * self._bytes_a_second:
            return []
        return self._fill(len(self._ahead))

    def clear(self) -> None:
        """Take back what was sent and has not been played."""
        self._ahead.clear()
        self._watch_anew()

    def pause(self, on: bool) -> None:
        """Begin or end a part that is silence on both sides.

        Args:
            on: Whether it begins; what is so already stays so.
        """
        if on and self._paused_since is None:
            self._paused_since = self.recorded_s
        elif not on and self._paused_since is not None:
            if self.recorded_s > self._paused_since:
                self._paused.append(Span(self._paused_since, self.recorded_s))
            self._paused_since = None

    def _fill(self, ahead: int) -> list[Block]:
        """Put the clock forward, so that only the usual lead is left of what is ahead."""
        lost = ahead - round(USUAL_LEAD_S * self._bytes_a_second)
        blocks = self._grow(bytes(lost - lost % SAMPLE_BYTES))
        if self._begun:
            self._clock.append(ClockMark(self.heard_s, self.recorded_s))
        self._watch_anew()
        return blocks

    def _grow(self, caller: bytes) -> list[Block]:
        size = len(caller)
        line = bytes(self._ahead[:size]).ljust(size, b"\0")
        del self._ahead[:size]
        if not self._begun:
            return []
        self._recorded += size
        if self._paused_since is not None:
            return [Block(bytes(size), bytes(size))]
        return [Block(caller, line)]

    def _watch_anew(self) -> None:
        self._least_ahead = len(self._ahead)
        self._watched = 0
