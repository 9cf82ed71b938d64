"""What callers hear who cannot be taken: that all lines are busy, and then the end of the call."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.transports.line import SAMPLE_BYTES, HungUp, Line, PlayedMark

_MARK: Final = 1
# For the network, and for a telephone that begins to play late.
_GRACE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Spoken:
    text: str
    pcm: bytes


class BusyNotice:
    """A sentence that was spoken ahead of time, so that telling it costs next to nothing.

    Args:
        at_once: How many callers may hear it at the same time.
    """

    def __init__(self, at_once: int = 0) -> None:
        self._at_once = at_once
        self._telling = 0
        self._spoken: dict[int, Iterator[_Spoken]] = {}

    def prepare(
        self, synthesiser: Synthesiser, phrases: Iterable[str], sample_rates: Iterable[int]
    ) -> None:
        """Speak it ahead of time. Blocking.

        Args:
            synthesiser: Who speaks.
            phrases: What to say, in turn.
            sample_rates: Of the lines, in hertz.
        """
        phrases = tuple(phrases)
        for rate in sample_rates:
            synthesiser.warm(phrases, rate)
            said = [
                _Spoken(phrase, b"".join(part.pcm for part in synthesiser.speak(phrase, rate)))
                for phrase in phrases
            ]
            self._spoken[rate] = itertools.cycle(said)

    def can_be_told(self, sample_rate: int) -> bool:
        """Say whether one more caller can hear it.

        Args:
            sample_rate: Of the caller's line, in hertz.
        """
        return sample_rate in self._spoken and self._telling < self._at_once

    async def tell(self, line: Line) -> None:
        """Tell one caller, and hang up when it has been heard.

        Args:
            line: To the caller; `can_be_told` said yes to its rate.
        """
        spoken = next(self._spoken[line.sample_rate])
        heard_after_s = len(spoken.pcm) / (line.sample_rate * SAMPLE_BYTES)
        self._telling += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(heard_after_s + _GRACE_S):
                    await self._say(line, spoken)
        finally:
            self._telling -= 1
        await line.close("busy")

    async def _say(self, line: Line, spoken: _Spoken) -> None:
        turn = {"type": "turn", "turn_id": "busy", "speaker": "bot", "text": spoken.text}
        await line.notify(turn)
        # All at once: nobody keeps time for it, which a busy server could not do well.
        await line.send_audio(spoken.pcm)
        await line.send_mark(_MARK)
        async for received in line.received():
            if isinstance(received, PlayedMark | HungUp):
                return
