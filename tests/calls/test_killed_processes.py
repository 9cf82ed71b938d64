"""Each process is killed in the middle of a call: the caller is told, and no turn is lost."""

from __future__ import annotations

import asyncio

from line import LineUnderTest

from contact_center.calls import Calls
from voice_gateway.caller.client import CallEvent, CallReport
from voice_gateway.caller.scripted import HangUp, Say, Wait
from voice_gateway.languages import load_language
from voice_gateway.transports import browser_protocol

PHRASES = load_language().phrases


class Kill:
    """Kills a process once the bot has listened twice, at once or as soon as the caller speaks."""

    def __init__(self, line: LineUnderTest, process: str, *, while_speaking: bool) -> None:
        self._line = line
        self._process = process
        self._while_speaking = while_speaking
        self._listened = 0
        self._killed = False

    def __call__(self, event: CallEvent, at: float) -> None:
        match event:
            case browser_protocol.State(state="listening"):
                self._listened += 1
                due = not self._while_speaking
            case browser_protocol.Partial():
                due = self._while_speaking
            case _:
                due = False
        if due and self._listened >= 2 and not self._killed:
            self._killed = True
            self._line.kill(self._process)


async def killed_in_call(line: LineUnderTest, process: str) -> CallReport:
    """The process dies in the middle of a turn, so that it is not back when it is needed."""
    report = await line.spoken_call(
        Say("where is my order"),
        Say("what time do you close today"),
        Wait("ended", 90),
        on_event=Kill(line, process, while_speaking=True),
    )
    await line.supervisor.ready()
    return report


async def test_the_assistant_dies_and_the_caller_hears_an_apology_and_a_promise(
    line: LineUnderTest,
) -> None:
    report = await killed_in_call(line, "assistant")
    said = await line.said(report)
    assert PHRASES.apology[0] in said
    assert report.ended == "callback_promised", report
    handoff = await line.handoff(report)
    assert handoff is not None
    assert handoff.packet.reason == "system_error"
    assert "where is my order" in await line.said(report, "caller")


async def test_the_action_server_dies_and_the_caller_hears_an_apology_and_a_promise(
    line: LineUnderTest,
) -> None:
    report = await killed_in_call(line, "actions")
    assert PHRASES.apology[0] in await line.said(report)
    assert report.ended == "callback_promised", report


async def test_the_server_dies_and_the_caller_who_rings_back_goes_on_where_they_were(
    line: LineUnderTest,
) -> None:
    number = "+15550100999"  # nobody has it
    cut_off = await line.spoken_call(
        Say("where is my order"),
        Wait("ended", 20),
        number=number,
        on_event=Kill(line, "server", while_speaking=False),
    )
    assert cut_off.ended == "connection_lost"
    assert "where is my order" in await line.said(cut_off, "caller"), "a stored turn was lost"
    await asyncio.sleep(0.5)
    await line.supervisor.ready()

    again = await line.spoken_call(Say("yes please"), HangUp(), number=number)
    said = await line.said(again)
    assert said.startswith(PHRASES.welcome_back[0])
    assert "number" in said, "the bot asks for what was missing when the line broke"
    assert cut_off.call_id is not None
    broken = await Calls(line.database).get(cut_off.call_id)
    assert broken is not None
    assert broken.end_reason == "server_lost"
    assert broken.resumed_by == again.call_id
