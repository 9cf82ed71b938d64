"""Callers who ring again and again, a fixed number at once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.caller.client import CallFailedError, CallReport, place_call
from voice_gateway.caller.scripted import HangUp, Say, Script, ScriptedCaller, SpeakingVoice
from warmline.swarm.gauges import Gauges, GaugesError, ServerGauges

SCRIPTS: Final = (
    (
        "what time do you close on saturday",
        "are you open now",
        "are you a robot",
        "where is my order",
        "four eight two nine one three",
        "yes",
        "no thank you",
        "what can you do",
    ),
    (
        "hello",
        "are you open tomorrow",
        "i want to cancel my order",
        "three five zero eight six six",
        "no",
        "what time do you open on monday",
        "can you repeat that",
        "thank you",
    ),
)
"""What callers of the example company say; none of it needs a person or changes anything."""

_READING_S: Final = 1.0
_PATIENCE_S: Final = 60.0
_LONGEST_S: Final = 300.0
_AFTER_REFUSAL_S: Final = 2.0
# The first calls come spread over this, or over half of the time if that is less, so that they do
# not all speak at the same moment.
_ARRIVING_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class SwarmOptions:
    """Who calls.

    Args:
        calls: How many at once.
        minutes: For how long new calls are placed; those that are going on then come to their end.
        sample_rate: Of the line, 8000 or 16000 Hz.
        scripts: What callers say, one after the other; by default what fits the example company.
        number: Of all callers, in E.164 form.
    """

    calls: int
    minutes: float
    sample_rate: int = 8_000
    scripts: Sequence[Sequence[str]] = SCRIPTS
    number: str | None = DEMO_CUSTOMER.phone


@dataclass(slots=True)
class SwarmResult:
    """What came of it, filled while it goes on.

    Args:
        reports: One for each call that was answered or refused, in the order of their ends.
        unreachable: How often no connection came about.
        readings: The server, once a second.
    """

    reports: list[CallReport] = field(default_factory=list)
    unreachable: int = 0
    readings: list[Gauges] = field(default_factory=list)


class _SpokenOnce:
    """A voice that says each text once and then repeats itself, as synthesis costs more than a
    call does."""

    def __init__(self, voice: SpeakingVoice) -> None:
        self._voice = voice
        self._said: dict[tuple[str, int], bytes] = {}

    def say(self, text: str, sample_rate: int) -> bytes:
        key = text, sample_rate
        if key not in self._said:
            self._said[key] = self._voice.say(text, sample_rate)
        return self._said[key]


async def swarm(
    url: str,
    new_token: Callable[[], str],
    gauges: ServerGauges,
    voice: SpeakingVoice,
    options: SwarmOptions,
    progress: Callable[[SwarmResult], None] = lambda result: None,
) -> SwarmResult:
    """Let callers ring until the time is over.

    Args:
        url: Of the server's call path.
        new_token: Makes a token that is good for one call.
        gauges: Of the same server.
        voice: Whose voice the callers have.
        options: Who calls.
        progress: Told after each reading.

    Returns:
        What came of it.

    Raises:
        GaugesError: The server is not there at the beginning.
    """
    said_once = _SpokenOnce(voice)
    for text in dict.fromkeys(itertools.chain.from_iterable(options.scripts)):
        await asyncio.to_thread(said_once.say, text, options.sample_rate)
    result = SwarmResult([], 0, [await gauges.read(0.0)])
    began = time.monotonic()
    until = began + 60.0 * options.minutes
    apart = min(_ARRIVING_S, 30.0 * options.minutes) / options.calls

    async def caller(number: int) -> None:
        await asyncio.sleep(number * apart)
        for call in itertools.count(number):
            if time.monotonic() >= until:
                return
            texts = options.scripts[call % len(options.scripts)]
            script = Script(
                *map(Say, texts), HangUp(), patience_s=_PATIENCE_S, max_duration_s=_LONGEST_S
            )
            audio = ScriptedCaller(script, said_once)
            try:
                report = await place_call(url, new_token(), audio, sample_rate=options.sample_rate)
            except CallFailedError:
                result.unreachable += 1
                await asyncio.sleep(_AFTER_REFUSAL_S)
                continue
            result.reports.append(report)
            if report.call_id is None:
                await asyncio.sleep(_AFTER_REFUSAL_S)

    async def watch() -> None:
        while True:
            await asyncio.sleep(_READING_S)
            with suppress(GaugesError):  # a server that is busy or gone shows in the calls
                result.readings.append(await gauges.read(time.monotonic() - began))
            progress(result)

    watching = asyncio.create_task(watch())
    try:
        async with asyncio.TaskGroup() as callers:
            for number in range(options.calls):
                callers.create_task(caller(number))
    finally:
        watching.cancel()
    return result
