"""One call in this process, with real speech and storage: what leaves it, and what breaks."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.events import DomainEvent, InProcessEvents
from contact_center.handoffs import Handoffs
from contact_center.one_time_codes import OneTimeCodes
from contact_center.outbox import Outbox
from contact_center.recordings import Recordings
from contact_center.routing.line import Line
from contact_center.routing.roster import Roster
from contact_center.routing.rules import RoutingRules
from contact_center.sealing import Seal
from contact_center.seed import DEMO_CUSTOMER, seed
from contact_center.settings import ContactCenterSettings
from voice_gateway.assistant import AssistantClient
from voice_gateway.bridge.leg import Hear
from voice_gateway.call import Call, Exchange, RecordingOptions
from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.event_log import replay
from voice_gateway.languages import load_language
from voice_gateway.registry import CallRegistry
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.transports.line import (
    Audio,
    CallerIdentity,
    HungUp,
    Key,
    PlayedMark,
    Received,
    frame_bytes,
)

PHRASES = load_language().phrases
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Assistant:
    """A real HTTP server on loopback that answers each text with the lines the test puts in."""

    def __init__(self) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[dict[str, Any]] = []

    @asynccontextmanager
    async def client(self) -> AsyncIterator[AssistantClient]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        client = AssistantClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "secret")
        try:
            yield client
        finally:
            await client.close()
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert length is not None
            turn = json.loads(await reader.readexactly(int(length[1])))
            self.asked.append(turn)
            lines = [*self.answers.get(turn["text"], [{"text": "All right."}]), {"done": True}]
            body = "".join(json.dumps(line) + "\n" for line in lines).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()

    async def until_asked(self, text: str, times: int = 1) -> dict[str, Any]:
        while sum(turn["text"] == text for turn in self.asked) < times:
            await asyncio.sleep(0.02)
        return [turn for turn in self.asked if turn["text"] == text][times - 1]


class TestLine:
    """A caller who hears everything at once and does what the test puts into `does`."""

    __test__ = False
    sample_rate = 16000
    channel = "test"

    def __init__(self) -> None:
        self.does: asyncio.Queue[Received] = asyncio.Queue()
        self.told: list[Mapping[str, Any]] = []
        self.audio_bytes = 0
        self.last_audio = b""
        self.closed: str | None = None

    async def send_audio(self, pcm: bytes) -> None:
        self.audio_bytes += len(pcm)
        self.last_audio = pcm

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
    seal = Seal(["a secret for tests, of thirty-two bytes or more"])
    database = Database(f"sqlite:///{tmp_path}/calls.db", seal=seal)
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
            # The test takes longer to get there than an agent may be unseen.
            queue_line=Line(database, RoutingRules(lost_after_s=3600)),
            language=load_language(),
            greeting="Hello.",
            business=ContactCenterSettings(data_dir=tmp_path, reset_answer_s=0.1),
        )
    await assistant.close()
    await database.close()


@pytest.fixture
async def assistant(exchange: Exchange) -> AsyncIterator[tuple[Exchange, Assistant]]:
    """The same with an assistant that answers as it is told to."""
    assistant = Assistant()
    async with assistant.client() as client:
        yield replace(exchange, assistant=client), assistant


async def test_the_assistants_opener_follows_the_greeting(
    assistant: tuple[Exchange, Assistant],
) -> None:
    exchange, told = assistant
    told.answers["/start_call"] = [{"text": "How can I help you?"}]
    line = TestLine()
    running = asyncio.create_task(Call(exchange, line, CallerIdentity("+15550100042")).run())
    await line.until_state("listening")
    assert line.turns("bot") == ["Hello.", "How can I help you?"]
    asked = await told.until_asked("/start_call")
    assert asked["metadata"]["caller"]["number"] == "+15550100042"
    assert asked["metadata"]["resume"] is None
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running


async def test_a_slower_pace_is_heard_from_the_next_sentence_on(
    assistant: tuple[Exchange, Assistant],
) -> None:
    exchange, told = assistant
    sentence = "Your order arrives tomorrow."
    told.answers["/start_call"] = [{"text": sentence}]
    told.answers["five"] = [{"custom": {"type": "pace", "pace": 0.5}}, {"text": sentence}]
    line = TestLine()
    running = asyncio.create_task(Call(exchange, line, CallerIdentity()).run())
    await line.until_state("listening")
    normal = line.audio_bytes
    line.does.put_nowait(Key("5"))
    line.does.put_nowait(Key("#"))
    await told.until_asked("five")
    while line.turns("bot") != ["Hello.", sentence, sentence]:
        await asyncio.sleep(0.02)
    line.told.clear()
    await line.until_state("listening")
    assert line.audio_bytes - normal > normal, "once slowly is longer than once and a greeting"
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running


async def test_a_turn_is_guessed_about_before_it_is_asked_about_in_the_same_words(
    assistant: tuple[Exchange, Assistant],
) -> None:
    exchange, told = assistant
    told.answers["where is my order"] = [
        {"custom": {"type": "understood", "intent": "order", "confidence": 0.9, "whole": True}},
        {"text": "It arrives tomorrow."},
    ]
    line = TestLine()
    running = asyncio.create_task(Call(exchange, line, CallerIdentity()).run())
    await line.until_state("listening")
    said = CallerVoice().say("where is my order", line.sample_rate) + bytes(line.sample_rate)
    size = frame_bytes(line.sample_rate)
    for at in range(0, len(said) // size * size, size):
        line.does.put_nowait(Audio(said[at : at + size]))
    guess = await told.until_asked("where is my order")
    asked = await told.until_asked("where is my order", times=2)
    assert guess["metadata"].pop("guess") is True
    assert guess == asked
    while line.turns("bot")[-1] != "It arrives tomorrow.":
        await asyncio.sleep(0.02)
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    assert line.turns("bot").count("It arrives tomorrow.") == 1


async def test_a_code_is_tried_and_nobody_else_ever_sees_it(
    assistant: tuple[Exchange, Assistant], tmp_path: Path
) -> None:
    exchange, told = assistant
    exchange = replace(exchange, event_log_dir=tmp_path / "events")
    now = datetime.now(UTC)
    await seed(exchange.database, now.date(), customers=0, orders=0)
    asks = {"custom": {"type": "expect", "grammar": "digits", "length": 6, "secret": True}}
    told.answers["/start_call"] = [{"text": "What is the code?"}, asks]
    told.answers["/enter_code"] = [{"text": "Thanks."}, asks]
    published: list[DomainEvent] = []

    async def listen() -> None:
        async for event in exchange.events.subscribe():
            published.append(event)

    listening = asyncio.create_task(listen())
    line = TestLine()
    call = Call(exchange, line, CallerIdentity(DEMO_CUSTOMER.phone))
    running = asyncio.create_task(call.run())
    await line.until_state("listening")
    record = await Calls(exchange.database).get(call.call_id)
    assert record is not None
    codes = OneTimeCodes(exchange.database, exchange.business)
    await codes.send(record.customer_id, "email", call.call_id, datetime.now(UTC))
    outbox = Outbox(exchange.database, exchange.database.seal)
    [message] = [m for m in await outbox.pending() if m.call_id == call.call_id]
    code = re.findall(r"\b\d{6}\b", await outbox.read_body(message.id))[0]
    for key in code[:4]:
        line.does.put_nowait(Key(key))
    line.does.put_nowait(Key("#"))
    asked = await told.until_asked("/enter_code")
    assert asked["metadata"]["code"] == {"outcome": "incomplete", "missing": 2}
    while line.turns("bot")[-1] != "Thanks.":
        await asyncio.sleep(0.02)
    for key in code[4:]:
        line.does.put_nowait(Key(key))
    asked = await told.until_asked("/enter_code", times=2)
    assert asked["metadata"]["code"]["outcome"] == "verified"
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    listening.cancel()

    assert line.turns("caller") == ["• • • •", "• •"]
    log = (tmp_path / "events" / f"{call.call_id}.jsonl").read_text()
    keys = "".join(
        f"{event['key']}" for event in map(json.loads, log.splitlines()) if "key" in event
    )
    assert keys == "••••#••#"
    stored = "".join(
        row[0] for row in await _dump(exchange.database) if row[0] and "gAAAA" not in row[0]
    )
    spoken = " ".join(NAMES[int(digit)] for digit in code)
    for seen in (log, stored, str(line.told), str(told.asked), str(published)):
        assert code not in re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]*|[0-9a-f]{32}|\d+\.\d+", "", seen)
        assert spoken not in seen
    said = [c.text for c in replay(Conversation(exchange.language), log.splitlines())
            if isinstance(c, cmd.RecordTurn)]  # fmt: skip
    assert said == [message["text"] for message in line.told if message["type"] == "turn"]


async def _dump(database: Database) -> list[tuple[str]]:
    """Every text of every table of this call."""
    rows: list[tuple[str]] = []
    async with database.reading() as session:
        for table in ("calls", "turns", "handoffs", "audit", "outbox"):
            known = await session.execute(
                text("SELECT name FROM sqlite_master WHERE name = :name"), {"name": table}
            )
            if known.first() is None:
                continue
            for row in await session.execute(text(f"SELECT * FROM {table}")):
                rows += [(value,) for value in row if isinstance(value, str)]
    return rows


async def test_without_an_assistant_the_caller_hears_an_apology_and_is_handed_over(
    exchange: Exchange,
) -> None:
    line = TestLine()
    call = Call(exchange, line, CallerIdentity("+15550100042"))
    await Roster(exchange.database).sign_in("Sam", exchange.now())
    running = asyncio.create_task(call.run())
    await line.until_state("holding")
    assert line.turns("bot")[:2] == ["Hello.", PHRASES.apology[0]]
    handoff = await Handoffs(exchange.database).of_call(call.call_id)
    assert handoff is not None
    assert handoff.packet.reason == "system_error"
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    assert len(exchange.registry) == 0
    abandoned = await Handoffs(exchange.database).of_call(call.call_id)
    assert abandoned is not None
    assert abandoned.state == "abandoned"


class Headset:
    """An agent's microphone and loudspeaker, in memory."""

    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[bytes] = []
        self.speak: Hear | None = None

    def attach(self, hear: Hear) -> None:
        self.speak = hear

    def detach(self) -> None:
        self.speak = None

    async def send_audio(self, pcm: bytes) -> None:
        self.heard.append(pcm)


async def _with_agent(exchange: Exchange, line: TestLine) -> tuple[Call, asyncio.Task[None]]:
    """A call that Sam has just accepted."""
    await Roster(exchange.database).sign_in("Sam", exchange.now())
    call = Call(exchange, line, CallerIdentity("+15550100042"))
    running = asyncio.create_task(call.run())
    await line.until_state("holding")
    [offer] = (await exchange.queue_line.dispatch(exchange.now())).offers
    assert await exchange.queue_line.accept(offer.handoff_id, "Sam", exchange.now()) == "accepted"
    exchange.registry.deliver(call.call_id, ev.AgentAccepted("Sam", voice=True))
    await line.until_state("with_agent")
    return call, running


async def test_caller_and_agent_hear_each_other_until_the_agent_hangs_up(
    exchange: Exchange,
) -> None:
    sam, line = Headset("Sam"), TestLine()
    exchange.legs.connect(sam)
    call, running = await _with_agent(exchange, line)
    turns = line.turns("bot")
    frame = b"\x10\x20" * 320
    while not any(map(any, sam.heard)):
        line.does.put_nowait(Audio(frame))
        await asyncio.sleep(0.02)
    line.last_audio = b""
    while not any(line.last_audio):
        assert sam.speak is not None
        sam.speak(frame)
        await asyncio.sleep(0.02)
    assert line.turns("bot") == turns, "the bot keeps quiet"
    exchange.registry.deliver(call.call_id, ev.AgentHungUp())
    await running
    assert line.closed == "agent_closed"
    assert sam.speak is None


async def test_an_agent_whose_headset_is_not_here_has_the_call_all_the_same(
    exchange: Exchange,
) -> None:
    line = TestLine()
    call, running = await _with_agent(exchange, line)
    while "Sam" not in line.turns("bot")[-1]:
        await asyncio.sleep(0.02)
    exchange.registry.deliver(call.call_id, ev.AgentSaid("Hello, Sam here."))
    while line.turns("agent") != ["Hello, Sam here."]:
        await asyncio.sleep(0.02)
    exchange.registry.deliver(call.call_id, ev.AgentLost())
    await line.until_state("holding")
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running


async def test_a_recorded_call_says_so_with_the_greeting(
    assistant: tuple[Exchange, Assistant], tmp_path: Path
) -> None:
    options = RecordingOptions("announce", tmp_path / "recordings", "flac")
    exchange = replace(assistant[0], recording=options)
    line = TestLine()
    call = Call(exchange, line, CallerIdentity())
    running = asyncio.create_task(call.run())
    await line.until_state("listening")
    assert line.turns("bot")[0] == f"Hello. {PHRASES.recording_notice[0]}"
    for _ in range(50):
        line.does.put_nowait(Audio(b"\x10\x20" * 320))
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    recording = await Recordings(exchange.database).of_call(call.call_id)
    assert recording is not None
    assert list(options.folder.iterdir())


async def test_who_does_not_agree_is_not_recorded(
    assistant: tuple[Exchange, Assistant], tmp_path: Path
) -> None:
    options = RecordingOptions("ask", tmp_path / "recordings", "flac")
    exchange = replace(assistant[0], recording=options)
    line = TestLine()
    call = Call(exchange, line, CallerIdentity())
    running = asyncio.create_task(call.run())
    await line.until_state("listening")
    assert line.turns("bot") == [PHRASES.recording_question[0]]
    for key in "1#":
        line.does.put_nowait(Key(key))
    while "Hello." not in line.turns("bot"):
        await asyncio.sleep(0.02)
    assert PHRASES.recording_off[0] in line.turns("bot")
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    assert await Recordings(exchange.database).of_call(call.call_id) is None


async def test_a_call_that_cannot_be_recorded_is_a_call_all_the_same(
    assistant: tuple[Exchange, Assistant], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    options = RecordingOptions("announce", tmp_path / "file" / "recordings", "flac")
    line = TestLine()
    running = asyncio.create_task(
        Call(replace(assistant[0], recording=options), line, CallerIdentity()).run()
    )
    await line.until_state("listening")
    line.does.put_nowait(HungUp("caller_hung_up"))
    await running
    assert line.closed == "caller_hung_up"


async def test_when_turns_cannot_be_stored_the_caller_is_told_and_nothing_is_done_about_them(
    assistant: tuple[Exchange, Assistant],
) -> None:
    exchange, _ = assistant
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


async def test_a_call_that_breaks_costs_no_other_call_anything(
    assistant: tuple[Exchange, Assistant],
) -> None:
    exchange, _ = assistant

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
