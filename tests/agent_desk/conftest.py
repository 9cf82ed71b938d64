"""A real desk: a WebSocket server on loopback, a migrated database, live calls in a registry."""

from __future__ import annotations

import asyncio
import os
import pty
import secrets
import shutil
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, serve

from agent_desk.client import DeskClient
from agent_desk.desk import Desk, DeskOptions
from agent_desk.desk_link import LinkOptions
from agent_desk.desk_socket import DeskSocket
from agent_desk.plain_text import plain
from agent_desk.workplace import Workplace
from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database
from contact_center.events import CallEnded, HandoffOffered, InProcessEvents, TurnRecorded
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs
from contact_center.routing.dispatcher import Dispatcher
from contact_center.routing.line import Line as QueueLine
from contact_center.routing.roster import Abilities, Roster
from contact_center.routing.rules import RoutingRules
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs, Hear
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.events import Event
from voice_gateway.registry import CallRegistry
from voice_gateway.tokens import TokenIssuer, TokenVerifier
from voice_gateway.transports.line import HungUp, Received

SECRET = secrets.token_urlsafe(32)


def make_packet(handoff_id: str = "h1", call_id: str = "c1", **changes: Any) -> HandoffPacket:
    now = datetime.now(UTC)
    content: dict[str, Any] = {
        "handoff_id": handoff_id,
        "created_at": now,
        "call": {
            "call_id": call_id,
            "channel": "browser",
            "caller_number": "+15550100042",
            "started_at": now,
        },
        "customer": {
            "customer_id": 1,
            "name": "Maria Delgado",
            "tier": "standard",
            "is_staff": False,
            "matched_by": "caller_number",
            "recent_orders": [
                {
                    "number": "715204",
                    "state": "shipped",
                    "items": ["floor lamp"],
                    "placed_on": "2026-03-01",
                    "expected_on": "2026-03-09",
                    "delivered_on": None,
                    "late": True,
                    "total_cents": 8999,
                }
            ],
            "open_tickets": [
                {
                    "ticket_id": 7,
                    "kind": "callback",
                    "subject": "wanted to know about the lamp",
                    "opened_at": now,
                    "promised_at": now,
                }
            ],
        },
        "identity": {"level": "claimed", "how": "caller number"},
        "reason": "emotion",
        "trigger_turn_id": "t3",
        "intent": {"name": "order_late", "confidence": 0.91},
        "slots": {"order_number": {"value": "715204", "confirmed": True}},
        "actions_done": ["looked up order 715204"],
        "actions_not_done": ["no refund was made"],
        "emotion": {"direction": "rising", "latest": 0.8, "peak": 0.9, "points": []},
        "complaint": None,
        "summary": {
            "issue": "The floor lamp is six days late.",
            "tried": ["order look-up"],
            "asks_for": "a date, or the money back",
            "promises": ["a colleague takes over"],
        },
        "transcript": [],
        "routing": {"priority": 3, "wait_told_seconds": 60},
        "suggestions": ["offer express delivery"],
    }
    return HandoffPacket.model_validate({**content, **changes})


class Headset:
    """An agent's voice that says nothing."""

    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name

    def attach(self, hear: Hear) -> None: ...

    def detach(self) -> None: ...

    async def send_audio(self, pcm: bytes) -> None: ...


class Telephone:
    """A caller's line that says nothing."""

    sample_rate = 16000
    channel = "test"

    async def send_audio(self, pcm: bytes) -> None: ...

    async def send_mark(self, mark_id: int) -> None: ...

    async def clear(self) -> None: ...

    async def notify(self, message: Any) -> None: ...

    async def received(self) -> AsyncIterator[Received]:
        yield HungUp("caller_hung_up")

    async def close(self, reason: str) -> None: ...


@dataclass
class Line:
    """The house around the desks, without telephones."""

    db: Database
    registry: CallRegistry
    bus: InProcessEvents
    queue: QueueLine
    roster: Roster
    legs: AgentLegs
    desk: Desk
    socket: DeskSocket
    url: str
    server: Server
    issuer: TokenIssuer = field(default_factory=lambda: TokenIssuer(SECRET))
    secret: str = SECRET
    delivered: dict[str, list[Event]] = field(default_factory=dict)

    @property
    def handoffs(self) -> Handoffs:
        return Handoffs(self.db)

    async def at_work(self, name: str = "Sam", **abilities: Any) -> Workplace:
        """An agent with a window open."""
        workplace = await self.desk.open(name, Abilities(**abilities) if abilities else None)
        workplace.watch(lambda message: None)
        return workplace

    async def asked(self, workplace: Workplace) -> str:
        """Wait until an agent is asked to take a caller, and give the hand-off."""
        await until(lambda: workplace.state.offer is not None)
        assert workplace.state.offer is not None
        return workplace.state.offer.handoff_id

    async def with_caller(
        self, workplace: Workplace, handoff_id: str = "h1", **changes: Any
    ) -> list[Event]:
        """Bring a caller to an agent; what is delivered to the call is in the list returned."""
        call_id = f"c{handoff_id[1:]}"
        events = await self.call(call_id)
        await self.offer(make_packet(handoff_id, call_id, **changes))
        assert await self.asked(workplace) == handoff_id
        assert await workplace.accept(handoff_id) == "accepted"
        return events

    async def history(self, handoff_id: str = "h1") -> list[tuple[str, str | None]]:
        packet = (await self.handoffs.get(handoff_id)).packet
        return [(step.state, step.agent_name) for step in packet.state_history]

    async def state_of(self, name: str) -> str:
        return (await self.roster.get(name)).state

    def token(self, name: str = "Sam", **changes: Any) -> str:
        asked: dict[str, Any] = {"scope": "desk", "now": datetime.now(UTC), "name": name, **changes}
        return self.issuer.issue(**asked)

    def connect(self, name: str = "Sam") -> AbstractAsyncContextManager[DeskClient]:
        return self.connect_with(self.token(name))

    def connect_with(self, token: str) -> AbstractAsyncContextManager[DeskClient]:
        return DeskClient.connect(self.url, token)

    async def call(self, call_id: str = "c1") -> list[Event]:
        """Answer a call; what is delivered to it is collected in the list returned."""
        await Calls(self.db).start(call_id, "+15550100042", "browser", datetime.now(UTC))
        events = self.delivered[call_id] = []
        bridge = Bridge(Telephone(), self.legs, None, events.append)

        def deliver(event: Event) -> None:
            events.append(event)
            match event:
                case ev.AgentAccepted(agent_name, voice=True):
                    bridge.start()
                    bridge.join(agent_name, "agent")
                case ev.AgentLost() | ev.AgentPassedOn():
                    for name in tuple(bridge.parties):
                        bridge.leave(name)

        self.registry.add(call_id, deliver, bridge)
        return events

    async def turn(
        self, turn_id: str, speaker: Any, text: str, call_id: str = "c1", **more: Any
    ) -> None:
        now = datetime.now(UTC)
        record = TurnRecord(
            call_id=call_id, turn_id=turn_id, speaker=speaker, text=text, started_at=now, **more
        )
        await Calls(self.db).record_turn(record)
        await self.bus.publish(
            TurnRecorded(call_id, now, turn_id, speaker, text, record.confidence)
        )

    async def offer(self, packet: HandoffPacket) -> None:
        await self.queue.join(packet)
        await self.bus.publish(
            HandoffOffered(
                packet.call.call_id,
                datetime.now(UTC),
                packet.handoff_id,
                packet.reason,
                packet.routing.priority,
            )
        )

    async def hang_up(self, call_id: str = "c1") -> None:
        now = datetime.now(UTC)
        if bridge := self.registry.bridge(call_id):
            await bridge.stop()
        self.registry.remove(call_id)
        await Calls(self.db).end(call_id, "caller_hung_up", now)
        await self.bus.publish(CallEnded(call_id, now, "caller_hung_up"))


async def until(true: Callable[[], object]) -> None:
    """Wait for something that is about to happen."""
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
def options() -> DeskOptions:
    return DeskOptions(grace_s=0.5)


@pytest.fixture
def link_options() -> LinkOptions:
    return LinkOptions(hello_timeout_s=5, max_errors=5)


@pytest.fixture
def rules() -> RoutingRules:
    return RoutingRules(again_after_s=0)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, made once and copied for each test."""
    file = tmp_path_factory.mktemp("desk") / "warmline.db"

    async def migrate() -> None:
        db = Database(f"sqlite:///{file}")
        await db.migrate()
        await db.close()

    asyncio.run(migrate())
    return file


@pytest.fixture
async def line(
    tmp_path: Path,
    empty_database: Path,
    options: DeskOptions,
    link_options: LinkOptions,
    rules: RoutingRules,
) -> AsyncIterator[Line]:
    file = Path(shutil.copy(empty_database, tmp_path))
    db = Database(f"sqlite:///{file}")
    registry, bus, legs = CallRegistry(), InProcessEvents(), AgentLegs()
    queue, roster = QueueLine(db, rules), Roster(db)
    async with (
        Dispatcher(queue, roster, bus) as dispatcher,
        Desk(db, registry, bus, queue, roster, dispatcher, legs, options) as desk,
    ):
        socket = DeskSocket(desk, TokenVerifier(SECRET), link_options)
        async with serve(socket.handle, "127.0.0.1", 0, close_timeout=1) as server:
            port = server.sockets[0].getsockname()[1]
            url = f"ws://127.0.0.1:{port}"
            yield Line(db, registry, bus, queue, roster, legs, desk, socket, url, server)
        for call_id in registry:
            if bridge := registry.bridge(call_id):
                await bridge.stop()
    await bus.close()
    await db.close()


@pytest.fixture
def packet() -> Callable[..., HandoffPacket]:
    return make_packet


class PseudoTerminal:
    """A program at a terminal of its own: what it shows there, and a way to type."""

    def __init__(self, program: subprocess.Popen[bytes], ours: int, theirs: int) -> None:
        self.program = program
        self.raw = ""
        self._ours = ours
        self._theirs = theirs
        self._modes = termios.tcgetattr(theirs)
        self._read = 0
        os.set_blocking(ours, False)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def _take(self) -> None:
        while True:
            try:
                self.raw += os.read(self._ours, 65536).decode(errors="replace")
            except BlockingIOError:
                return

    async def shows(self, text: str) -> None:
        """Wait for a text after the one last waited for; colours and line ends do not count."""
        try:
            async with asyncio.timeout(60):
                while (found := plain(self.raw).find(text, self._read)) < 0:
                    assert self.program.poll() is None, self.raw
                    await asyncio.sleep(0.02)
                    self._take()
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in {self.raw!r}") from None
        self._read = found + len(text)

    async def ended(self) -> int:
        """Wait for the program's end, and give its status."""
        async with asyncio.timeout(60):
            while (status := self.program.poll()) is None:
                await asyncio.sleep(0.02)
                self._take()
        self._take()
        self.is_as_before = termios.tcgetattr(self._theirs) == self._modes
        return status


InTerminal = Callable[..., AbstractContextManager[PseudoTerminal]]


@pytest.fixture
def in_terminal() -> InTerminal:
    @contextmanager
    def run(code: str, *arguments: str) -> Iterator[PseudoTerminal]:
        ours, theirs = pty.openpty()
        # Nobody is there to answer when the program asks where the cursor is.
        environment = {
            **os.environ,
            "TERM": "xterm",
            "COLUMNS": "100",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        program = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        try:
            yield PseudoTerminal(program, ours, theirs)
        finally:
            program.kill()
            program.wait()
            os.close(ours)
            os.close(theirs)

    return run
