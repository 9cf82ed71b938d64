"""A caller who says one thing after the other, whatever the bot answers, and keeps a tape of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.peers.judgement import FRAME_S, Said, Tape
from benchmarks.peers.situations import CallerTurn
from voice_gateway.caller.audio import (
    AUDIBLE_DBFS,
    CallerAudioError,
    CallerFrame,
    CallSnapshot,
    level_dbfs,
)
from voice_gateway.speech.pcm import LISTENING_RATE
from voice_gateway.transports.line import frame_bytes

POLITE_S: Final = 1.0
"""How long the bot must have been quiet before the caller speaks; it pauses between sentences."""
PATIENCE_S: Final = 6.0
"""A caller who hears nothing for so long goes on with what they wanted to say next."""
AFTERWARDS_S: Final = 4.5
"""How long is listened to what the bot does after it was talked over."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to say next.

    Args:
        turn: The words.
        over_after_s: How long to let the bot speak before it is talked over; None waits until it
            has finished.
    """

    turn: CallerTurn
    over_after_s: float | None = None


class TurnTaker:
    """A `CallerAudio` that takes its steps and hangs up.

    Args:
        steps: In order; there is one at least.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = deque(steps)
        self._last: Step | None = None
        self._line = steps[0].turn.line
        self._saying: deque[CallerFrame] = deque()
        self._said: list[Said] = []
        self._bot: list[bool] = []
        self._quiet_frames = 0
        self._speaking_frames = 0
        self._heard_since = False  # the bot, since the last step
        self._waiting_from = 0.0

    @property
    def failure(self) -> str | None:
        """Whatever the bot does is what is to be measured."""
        return None

    @property
    def tape(self) -> Tape:
        """The call up to now."""
        return Tape(tuple(self._said), tuple(self._bot))

    async def start(self, sample_rate: int) -> None:
        """Get ready.

        Args:
            sample_rate: Must be that of the turns.

        Raises:
            CallerAudioError: It is not.
        """
        if sample_rate != LISTENING_RATE:
            raise CallerAudioError(f"these turns are for {LISTENING_RATE} Hz, not {sample_rate}")

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms."""
        if not self._saying:
            if not self._steps:
                if self._is_over(call.at):
                    return CallerFrame(self._idle(call.at), hang_up=True)
            elif self._is_time(self._steps[0], call.at):
                self._begin(self._steps.popleft(), call.at)
            elif self._steps[0].over_after_s is not None and self._out_of_patience(call.at):
                self._steps.popleft()  # the bot did not speak, so it cannot be talked over
                self._waiting_from = call.at
        if not self._saying:
            return CallerFrame(self._idle(call.at))
        said = self._saying.popleft()
        if not self._saying:
            self._waiting_from, self._heard_since = call.at, False
        return said

    def hear(self, pcm: bytes) -> None:
        """Take 20 ms of what is being played to the caller."""
        audible = level_dbfs(pcm) > AUDIBLE_DBFS
        self._bot.append(audible)
        self._quiet_frames = 0 if audible else self._quiet_frames + 1
        quiet = self._quiet_frames * FRAME_S >= POLITE_S / 2
        self._speaking_frames = 0 if quiet else self._speaking_frames + 1
        self._heard_since = self._heard_since or audible

    async def close(self) -> None:
        """Nothing to let go of."""

    def _is_time(self, step: Step, at: float) -> bool:
        if step.over_after_s is not None:
            return self._heard_since and self._speaking_frames * FRAME_S >= step.over_after_s
        return self._bot_has_finished() or self._out_of_patience(at)

    def _is_over(self, at: float) -> bool:
        if self._last is not None and self._last.over_after_s is not None:
            return at - self._waiting_from >= AFTERWARDS_S
        return self._bot_has_finished() or self._out_of_patience(at)

    def _bot_has_finished(self) -> bool:
        return self._heard_since and self._quiet_frames * FRAME_S >= POLITE_S

    def _out_of_patience(self, at: float) -> bool:
        return at - self._waiting_from >= PATIENCE_S and self._quiet_frames * FRAME_S >= POLITE_S

    def _begin(self, step: Step, at: float) -> None:
        turn = step.turn
        size = frame_bytes(LISTENING_RATE)
        for number, start in enumerate(range(0, len(turn.pcm), size)):
            pcm = turn.pcm[start : start + size].ljust(size, b"\0")
            voiced = number * FRAME_S < turn.speech_end_s
            self._saying.append(CallerFrame(pcm, voiced, turn.text))
        self._said.append(Said(turn.name, turn.kind, at, at + turn.speech_end_s))
        self._line, self._last = turn.line, step

    def _idle(self, at: float) -> bytes:
        size = frame_bytes(LISTENING_RATE)
        start = round(at / FRAME_S) * size % (len(self._line) - size + 1)
        return self._line[start - start % 2 :][:size]
