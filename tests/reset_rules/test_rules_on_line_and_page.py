"""What the line itself and the desk's pages do for the rules, named by the rules' numbers.

A real call in this process, with a voice that speaks and a recogniser that hears; only the
assistant answers by the book. The pages are served as the server process does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from agent_desk import desk_protocol
from agent_desk.packet_view import packet_panel
from contact_center.calls import Calls
from contact_center.events import DomainEvent
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs
from contact_center.one_time_codes import OneTimeCodes
from contact_center.outbox import Outbox
from contact_center.routing.roster import Roster
from contact_center.seed import DEMO_CUSTOMER, seed
from tests.agent_desk.web.conftest import DeskUnderTest, ServeDesk
from tests.voice_gateway.test_call import Assistant, TestLine
from voice_gateway.call import Call, Exchange
from voice_gateway.caller.audio import Clip
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.transports.line import Audio, CallerIdentity, HungUp, Key

from .traces import Leavings, spelled, traces

GOOD = "moss lantern harbour 42"
EXPECT_CODE = {
    "custom": {"type": "expect", "grammar": "digits", "length": 6, "secret": True, "patience": 25}
}
HAND_OVER = {"custom": {"type": "handoff", "reason": "requested"}}
SILENCE = bytes(640)


@dataclass
class CodeCall:
    """A call in which a code has been sent and is asked for, and everything that leaves it."""

    exchange: Exchange
    assistant: Assistant
    leavings: Leavings
    line: TestLine = field(default_factory=TestLine)
    published: list[DomainEvent] = field(default_factory=list)
    call_id: str = ""
    code: str = ""

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        call = Call(self.exchange, self.line, CallerIdentity(DEMO_CUSTOMER.phone))
        listening = asyncio.create_task(self._listen())
        running = asyncio.create_task(call.run())
        await self.line.until_state("listening")
        self.call_id = call.call_id
        self.code = await self._send_code()
        yield
        self.line.does.put_nowait(HungUp("caller_hung_up"))
        await running
        listening.cancel()

    async def _listen(self) -> None:
        async for event in self.exchange.events.subscribe():
            self.published.append(event)

    async def _send_code(self) -> str:
        record = await Calls(self.exchange.database).get(self.call_id)
        assert record is not None
        codes = OneTimeCodes(self.exchange.database, self.exchange.business)
        await codes.send(record.customer_id, "email", self.call_id, datetime.now(UTC))
        outbox = Outbox(self.exchange.database)
        [message] = [m for m in await outbox.pending() if m.call_id == self.call_id]
        found = re.search(r"\b\d{6}\b", message.body)
        assert found is not None
        return found[0]

    async def says(self, words: str) -> None:
        """Speak in real time, and be silent until the line has understood."""
        clip = Clip.of(CallerVoice().say(words, 16000), 16000)
        for frame in (*clip.frames, *[SILENCE] * 100):
            self.line.does.put_nowait(Audio(frame))
            await asyncio.sleep(0.02)

    def presses(self, keys: str) -> None:
        for key in keys:
            self.line.does.put_nowait(Key(key))

    def seen(self) -> dict[str, str]:
        """Everything that anybody but the check of the code gets to see, by who sees it."""
        return {
            "assistant": str(self.assistant.asked),
            "page": str(self.line.told),
            "events": str(self.published),
            "tables": self.leavings.rows(),
            "event log": self.leavings.lines(),
        }


@pytest.fixture
async def code_call(assistant: tuple[Exchange, Assistant], tmp_path: Path) -> CodeCall:
    """A customer's call whose first question is the one for the code."""
    exchange, answering = assistant
    exchange = replace(exchange, event_log_dir=tmp_path / "events")
    await seed(exchange.database, datetime.now(UTC).date(), customers=0, orders=0)
    answering.answers["/start_call"] = [{"text": "What is the code?"}, EXPECT_CODE]
    answering.answers["/enter_code"] = [{"text": "Thanks."}, EXPECT_CODE]
    return CodeCall(exchange, answering, Leavings(tmp_path))


async def test_rule_01_a_password_that_is_said_goes_no_further_than_the_line(
    code_call: CodeCall,
) -> None:
    async with code_call.under_way():
        await code_call.says("my password is purple elephant banana")
    [heard] = code_call.line.turns("caller")
    assert re.fullmatch(r"my password \w+ \[hidden\]", heard)
    assert code_call.assistant.asked[-1]["text"] == heard
    for who, seen in code_call.seen().items():
        assert not re.search(r"purple|elephant|banana", seen), who


@pytest.mark.parametrize("way", ["speech", "keys", "both"])
async def test_rule_12_a_code_is_masked_in_transcript_logs_and_events(
    code_call: CodeCall, way: str
) -> None:
    async with code_call.under_way():
        spoken, keyed = {
            "speech": (code_call.code, ""),
            "keys": ("", code_call.code),
            "both": (code_call.code[:3], code_call.code[3:]),
        }[way]
        if spoken:
            await code_call.says(spelled(spoken))
        code_call.presses(keyed)
        tried = await code_call.assistant.until_asked(
            "/enter_code", times=2 if way == "both" else 1
        )
        assert tried["metadata"]["code"]["outcome"] == "verified"
    masks = {"both": ["• • •", "• • •"]}.get(way, ["• • • • • •"])
    assert code_call.line.turns("caller") == masks
    for who, seen in code_call.seen().items():
        assert seen, who
        assert traces(code_call.code, seen) == [], who


async def test_rule_16_neither_packet_nor_desk_shows_a_code(code_call: CodeCall) -> None:
    code_call.assistant.answers["/enter_code"] = [{"text": "A colleague helps."}, HAND_OVER]
    await Roster(code_call.exchange.database).sign_in("Sam", code_call.exchange.now())
    async with code_call.under_way():
        code_call.presses(code_call.code)
        await code_call.line.until_state("holding")
    handoff = await Handoffs(code_call.exchange.database).of_call(code_call.call_id)
    assert handoff is not None
    assert "• • • • • •" in [line.text for line in handoff.packet.transcript]
    for shown in (*desk_messages(handoff.packet), on_screen(handoff.packet)):
        assert traces(code_call.code, shown) == []


async def test_rule_16_outside_development_no_page_shows_messages(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(shows_outbox=False)
    await desk.link()
    for path in ("/outbox", "/outbox/1", "/"):
        assert not re.search(r"outbox|\d{6}|/reset/", (await desk.client.get(path)).text)


async def test_rule_17_the_page_keeps_argon2id_only_and_refuses_breached_passwords(
    desk: DeskUnderTest, tmp_path: Path
) -> None:
    link = await desk.link()
    leavings = Leavings(tmp_path)
    with capture_logs() as logs:
        for bad, reason in {
            "qwertyuiop": "data breach",
            "Maria Delgado": "a name or an address that others know",
            "qwertyuiop[]": "easy to guess",
        }.items():
            refused = await desk.post(link, bad)
            assert refused.status_code == 422
            assert reason in refused.text
            assert bad not in refused.text
            assert "accounts" not in leavings.rows(), "nothing is changed"
        assert (await desk.post(link, GOOD)).status_code == 303
    stored = leavings.rows()
    assert re.search(r" accounts .*\$argon2id\$v=19\$m=65536,t=3,p=4\$", stored)
    assert GOOD not in stored + str(logs)


def desk_messages(packet: HandoffPacket) -> list[str]:
    """What is sent to desks about a call that waits, and to the one that takes it."""
    fields: dict[str, Any] = {"handoff_id": "h", "call_id": packet.call.call_id, "packet": packet}
    return [
        desk_protocol.serialise(
            desk_protocol.Offered(waiting_s=1.0, offer_until=packet.created_at, **fields)
        ),
        desk_protocol.serialise(desk_protocol.Accepted(**fields)),
    ]


def on_screen(packet: HandoffPacket) -> str:
    """What an agent reads of it."""
    screen = StringIO()
    Console(width=200, file=screen).print(packet_panel(packet))
    return screen.getvalue()
