"""One call in this process, with real speech and storage, when things around it break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.events import InProcessEvents
from contact_center.handoffs import Handoffs
from voice_gateway.assistant import AssistantClient
from voice_gateway.call import Call, Exchange
from voice_gateway.languages import load_language
from voice_gateway.registry import CallRegistry
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.transports.line import CallerIdentity, HungUp, Key, PlayedMark, Received

PHRASES = load_language().phrases


class TestLine:
    """A caller who hears everything at once and does what the test puts into `does`."""

    __test__ = False
    sample_rate = 16000
    channel = "test"

    def __init__(self) -> None:
        self.does: asyncio.Queue[Received] = asyncio.Queue()
        self.told: list[Mapping[str, Any]] = []
        self.audio_bytes = 0
        self.closed: str | None = None

    async def send_audio(self, pcm: bytes) -> None:
        self.audio_bytes += len(pcm)

    async def send_mark(self, mark_id: int) -> None:
        self.does.put_nowait(PlayedMark(mark_id))

    async def clear(self) -> None: ...

    async def notify(self, message: Mapping[str, Any]) -> None:
        self.told.append(message)

    async def received(self) -> AsyncIterator[Received]:
        while True:
            received = await self.does.get()
            yield received
            if isinstance(received, HungUp):
                return

    async def close(self, reason: str) -> None:
        self.closed = reason

    async def until_state(self, state: str) -> None:
        while {"type": "state", "state": state} not in self.told:
            await asyncio.sleep(0.02)

    def turns(self, speaker: str) -> list[str]:
        return [m["text"] for m in self.told if m["type"] == "turn" and m["speaker"] == speaker]


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    """Everything real but the assistant, which is not there."""
    database = Database(f"sqlite:///{tmp_path}/calls.db")
    await database.migrate()
    assistant = AssistantClient("http://127.0.0.1:1", "secret")
    with ThreadPoolExecutor(1) as hearing, ThreadPoolExecutor(1) as speaking:
        yield Exchange(
            model=SpeechModel.load(),
            synthesiser=Synthesiser(),
            hearing=hearing,
            speaking=speaking,
            assistant=assistant,
            database=database,
            events=InProcessEvents(),
            registry=CallRegistry(),
            language=load_language(),
            greeting="Hello.",
        )
    await assistant.close()
    await database.close()


async def test_without_an_assistant_the_caller_hears_an_apology_and_is_handed_over(
    exchange: Exchange,
) -> None:
    line = TestLine()
    call = Call(exchange, line, CallerIdentity("+15550100042"))
    exchange.registry.agent_joined("Sam")
    running = asyncio.create_task(call.run())
    await line.until_state("listening")
    line.does.put_nowait(Key("5"))
    line.does.put_nowait(Key("#"))
    await line.until_state("holding")
    assert line.turns("caller") == ["five"]
    assert PHRASES.apology[0] in line.turns("bot")
    handoff = await Handoffs(exchange.database).of_call(call.call_id)
    assert handoff is not None
    assert handoff.packet.reason == "system_error"
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    assert len(exchange.registry) == 0
    abandoned = await Handoffs(exchange.database).of_call(call.call_id)
    assert abandoned is not None
    assert abandoned.state == "abandoned"


async def test_when_turns_cannot_be_stored_the_caller_is_told_and_nothing_is_done_about_them(
    exchange: Exchange,
) -> None:
    line = TestLine()
    running = asyncio.create_task(Call(exchange, line, CallerIdentity()).run())
    await line.until_state("listening")
    async with exchange.database.session() as session:
        await session.execute(text("ALTER TABLE turns RENAME TO lost"))
    heard = line.audio_bytes
    line.does.put_nowait(Key("5"))
    line.does.put_nowait(Key("#"))
    await running
    assert line.turns("caller") == [], "a turn is announced only once it is stored"
    assert line.audio_bytes > heard, "the caller hears why the call ends"
    assert line.closed == "system_error"


async def test_a_call_that_breaks_costs_no_other_call_anything(exchange: Exchange) -> None:
    class BrokenLine(TestLine):
        async def send_mark(self, mark_id: int) -> None:
            raise RuntimeError("this line is broken")

    good, bad = TestLine(), BrokenLine()
    calls = [asyncio.create_task(Call(exchange, ln, CallerIdentity()).run()) for ln in (good, bad)]
    await good.until_state("listening")
    bad.does.put_nowait(HungUp("connection_lost"))
    good.does.put_nowait(HungUp("caller_hung_up"))
    await asyncio.gather(*calls)
    assert good.closed == "caller_hung_up"
    assert bad.closed is not None


async def test_a_caller_who_is_gone_before_the_greeting_leaves_nothing_behind(
    exchange: Exchange,
) -> None:
    line = TestLine()
    line.does.put_nowait(HungUp("connection_lost"))
    call = Call(exchange, line, CallerIdentity())
    await call.run()
    stored = await Calls(exchange.database).get(call.call_id)
    assert stored is not None
    assert stored.end_reason == "caller_hung_up"
    assert len(exchange.registry) == 0
