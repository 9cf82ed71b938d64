"""Many callers at once, on a line with everything in it."""

from __future__ import annotations

from line import LineUnderTest
from pydantic import SecretStr
from rich.console import Console

from voice_gateway.speech.caller_voice import CallerVoice
from warmline.swarm.command import run_swarm
from warmline.swarm.gauges import ServerGauges
from warmline.swarm.report import figures
from warmline.swarm.swarm import SwarmOptions, swarm

QUESTION = (("are you open now",),)


async def test_callers_at_once_are_all_answered(line: LineUnderTest) -> None:
    gauges = ServerGauges(line.settings.public_url)
    options = SwarmOptions(calls=3, minutes=0.1, scripts=QUESTION)
    result = await swarm(line.call_url, line.token, gauges, CallerVoice(), options)
    await gauges.close()
    told = figures(result)
    assert told.ok, told.complaints
    assert told.answers >= 3
    assert 2 <= told.most_at_once <= 3
    assert told.resident_mib > 50.0


async def test_refused_calls_are_told_and_make_the_command_fail(line: LineUnderTest) -> None:
    console = Console(width=100, record=True)
    stranger = line.settings.model_copy(update={"token_secret": SecretStr("x" * 40)})
    options = SwarmOptions(calls=1, minutes=0.02, scripts=QUESTION)
    assert not await run_swarm(stranger, options, console)
    assert "refused" in console.export_text()
