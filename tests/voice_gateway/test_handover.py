"""A call's way to a person, with a real database, a real line of callers and a real bridge."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from contact_center import events as domain
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoffs import Handoff, Handoffs
from contact_center.routing.line import Line
from contact_center.routing.roster import Roster
from contact_center.routing.rules import RoutingRules
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets
from voice_gateway import handover
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs, Hear
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.commands import OfferHandoff
from voice_gateway.handover import HandOver
from voice_gateway.transports.line import HungUp, Received, frame_bytes

# A Wednesday, three in the afternoon in New York: everything is open.
OPEN = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
WISH = OfferHandoff("requested", {}, None)
FRAME = b"\x10\x20" * (frame_bytes(16000) // 2)

E = TypeVar("E")


class MemoryLine:
    """The caller's side."""

    sample_rate = 16000
    channel = "test"

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def send_audio(self, pcm: bytes) -> None:
        self.heard.append(pcm)

    async def send_mark(self, mark_id: int) -> None: ...

    async def clear(self) -> None: ...

    async def notify(self, message: Mapping[str, Any]) -> None: ...

    async def received(self) -> AsyncIterator[Received]:
        yield HungUp("caller_hung_up")

    async def close(self, reason: str) -> None: ...


class Headset:
    """An agent's side."""

    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[bytes] = []

    def attach(self, hear: Hear) -> None: ...

    def detach(self) -> None: ...

    async def send_audio(self, pcm: bytes) -> None:
        self.heard.append(pcm)


@dataclass
class Scene:
    """One call that is to be handed over, and a clock that stands still."""

    db: Database
    rules: RoutingRules
    now: datetime = OPEN
    limit_s: float = 600.0
    events: list[ev.Event] = field(default_factory=list)
    published: list[domain.DomainEvent] = field(default_factory=list)
    calls: int = 0

    def __post_init__(self) -> None:
        self.line = Line(self.db, self.rules)
        self.roster = Roster(self.db)
        self.legs = AgentLegs()
        self.caller = MemoryLine()

    async def call(self) -> HandOver:
        self.calls += 1
        call_id = f"call-{self.calls}"
        await Calls(self.db).start(call_id, "+15550100042", "browser", self.now)
        self.bridge = Bridge(self.caller, self.legs, None, self.events.append)
        return HandOver(
            call_id,
            self.db,
            self.line,
            self.bridge,
            ContactCenterSettings(),
            limit_s=self.limit_s,
            happen=self.events.append,
            publish=self._publish,
            now=lambda: self.now,
        )

    async def _publish(self, event: domain.DomainEvent) -> None:
        self.published.append(event)

    async def handoff(self) -> Handoff:
        found = await Handoffs(self.db).of_call(f"call-{self.calls}")
        assert found is not None
        return found

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until_told(self, kind: type[E], count: int = 1) -> E:
        while len(self.told(kind)) < count:
            await asyncio.sleep(0.01)
        return self.told(kind)[-1]


async def _migrate(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    await database.migrate()
    await database.close()


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "handover.db"
    asyncio.run(_migrate(path))
    return path


@pytest.fixture
async def scene(migrated: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    shutil.copy(migrated, tmp_path)
    database = Database(f"sqlite:///{tmp_path}/handover.db")
    yield Scene(database, RoutingRules(lost_after_s=1e6))
    await database.close()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up often where a caller stands, because the clock of a test jumps."""
    monkeypatch.setattr(handover, "LOOK_EVERY_S", 0.01)


async def test_the_caller_joins_the_line_and_the_others_learn_of_it(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(OfferHandoff("complaint", {"queue": "billing"}, None))
    [waiting] = await scene.line.waiting()
    assert (waiting.call_id, waiting.queue) == ("call-1", "billing")
    [offered] = scene.published
    assert isinstance(offered, domain.HandoffOffered)
    assert (offered.handoff_id, offered.reason) == (waiting.handoff_id, "complaint")
    await calling.close()


async def test_a_reason_that_is_not_known_costs_nobody_the_hand_over(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(OfferHandoff("invented_tomorrow", {}, None))
    assert (await scene.handoff()).packet.reason == "requested"
    await calling.close()


async def test_what_is_not_known_of_the_wait_is_not_told(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    assert scene.told(ev.WaitEstimated) == [ev.WaitEstimated(None, 1, None)]
    assert (await scene.handoff()).packet.routing.wait_told_seconds is None
    await calling.close()


async def _lately(scene: Scene, *, answered_in_s: float, handled_in_s: float) -> None:
    """Three conversations have been had."""
    for number in range(3):
        calling = await scene.call()
        await calling.offer(WISH)
        [offer] = (await scene.line.dispatch(scene.now)).offers
        scene.later(answered_in_s)
        assert await scene.line.accept(offer.handoff_id, "Sam", scene.now) == "accepted"
        await calling.close()
        scene.later(handled_in_s)
        await Calls(scene.db).end(f"call-{number + 1}", "agent_closed", scene.now)
        await scene.roster.call_ended("Sam", scene.now)
        await scene.line.close(offer.handoff_id, "Sam", "resolved", "", scene.now)
    scene.events.clear()
    scene.published.clear()


async def test_the_wait_that_is_told_stands_in_the_packet(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    await _lately(scene, answered_in_s=8.0, handled_in_s=100.0)
    calling = await scene.call()
    await calling.offer(WISH)
    assert scene.told(ev.WaitEstimated) == [ev.WaitEstimated(60, 1, None)]
    assert (await scene.handoff()).packet.routing.wait_told_seconds == 60
    await calling.close()


async def test_nobody_is_told_a_longer_wait_than_they_are_left_waiting(scene: Scene) -> None:
    scene.limit_s = 30.0
    await scene.roster.sign_in("Sam", scene.now)
    await _lately(scene, answered_in_s=8.0, handled_in_s=100.0)
    calling = await scene.call()
    await calling.offer(WISH)
    assert (await scene.handoff()).packet.routing.wait_told_seconds == 30
    await calling.close()


@pytest.mark.usefixtures("often")
async def test_news_of_the_place_are_told_but_not_more_often_than_the_rules_say(
    scene: Scene,
) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    before = await scene.call()
    await before.offer(WISH)
    first = await scene.handoff()
    scene.later(1)
    calling = await scene.call()
    await calling.offer(WISH)
    assert scene.told(ev.WaitEstimated)[-1].position == 2
    told = len(scene.told(ev.WaitEstimated))
    assert await scene.line.withdraw(first.id, "abandoned", scene.now)
    await asyncio.sleep(0.1)
    assert len(scene.told(ev.WaitEstimated)) == told, "not yet"
    scene.later(scene.rules.update_every_s)
    assert (await scene.until_told(ev.WaitEstimated, told + 1)).position == 1
    await before.close()
    await calling.close()


@pytest.mark.usefixtures("often")
async def test_where_nobody_is_there_or_nobody_comes_a_call_back_is_offered(scene: Scene) -> None:
    calling = await scene.call()
    await calling.offer(WISH)
    assert scene.told(ev.WaitEstimated)[-1].callback == "nobody_there"
    await scene.roster.sign_in("Sam", scene.now)
    scene.later(scene.rules.callback_waited_s)
    await scene.until_told(ev.WaitEstimated, 2)
    assert scene.told(ev.WaitEstimated)[-1].callback == "waited_long"
    await calling.close()


@pytest.mark.usefixtures("often")
async def test_a_database_that_fails_for_a_while_costs_news_and_nothing_else(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    async with scene.db.session() as session:
        await session.execute(text("ALTER TABLE queued_handoffs RENAME TO lost"))
    scene.later(scene.rules.callback_waited_s)
    await asyncio.sleep(0.05)
    async with scene.db.session() as session:
        await session.execute(text("ALTER TABLE lost RENAME TO queued_handoffs"))
    await scene.until_told(ev.WaitEstimated, 2)
    await calling.close()


async def test_after_hours_with_nobody_there_a_call_back_is_promised_at_once(scene: Scene) -> None:
    scene.now = NIGHT
    calling = await scene.call()
    await calling.offer(WISH)
    [promise] = scene.told(ev.HandoffUnavailable)
    assert promise.promise
    assert not scene.told(ev.WaitEstimated)
    assert (await scene.handoff()).state == "after_hours"
    assert await scene.line.waiting() == []


async def test_after_hours_somebody_who_is_there_is_waited_for(scene: Scene) -> None:
    scene.now = NIGHT
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    assert not scene.told(ev.HandoffUnavailable)
    await calling.close()


@pytest.mark.parametrize("why", ["timed_out", "callback", "abandoned"])
async def test_withdrawing_leaves_a_call_back_with_a_promise(
    scene: Scene, why: handover.Why
) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    await calling.withdraw(why)
    handoff = await scene.handoff()
    assert handoff.state == ("timed_out" if why == "callback" else why)
    ticket = await Tickets(scene.db).get(1)
    assert ticket is not None
    assert (ticket.kind, ticket.handoff_id, ticket.number) == (
        "callback",
        handoff.id,
        "+15550100042",
    )
    assert len(scene.told(ev.HandoffUnavailable)) == 1
    assert isinstance(scene.published[-1], domain.HandoffClosed)
    await calling.withdraw(why)
    assert len(scene.told(ev.HandoffUnavailable)) == 1, "only once"


async def test_an_agent_who_was_quicker_has_the_call(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    [offer] = (await scene.line.dispatch(scene.now)).offers
    assert await scene.line.accept(offer.handoff_id, "Sam", scene.now) == "accepted"
    await calling.withdraw("timed_out")
    assert not scene.told(ev.HandoffUnavailable)
    assert await Tickets(scene.db).get(1) is None


async def test_a_call_without_a_hand_over_has_nothing_to_withdraw(scene: Scene) -> None:
    calling = await scene.call()
    await calling.withdraw("abandoned")
    assert scene.events == []
    await calling.close()


async def test_caller_and_agent_are_joined_and_parted(scene: Scene) -> None:
    sam, supervisor = Headset("Sam"), Headset("Ana")
    scene.legs.connect(sam)
    scene.legs.connect(supervisor)
    calling = await scene.call()
    calling.connect("Sam", voice=True)
    assert dict(scene.bridge.parties) == {"Sam": "agent"}
    scene.bridge.join("Ana", "listener")
    while not any(map(any, sam.heard)):
        calling.hear_caller(FRAME)
        await asyncio.sleep(0.02)
    calling.disconnect()
    assert dict(scene.bridge.parties) == {"Ana": "listener"}, "a supervisor goes on listening"
    await calling.close()
    assert not scene.bridge.active
    assert scene.events == []


async def test_an_agent_without_a_voice_here_is_said_to_be_unheard(scene: Scene) -> None:
    calling = await scene.call()
    calling.connect("Sam", voice=True)
    assert scene.events == [ev.AgentUnheard()]
    await calling.close()


async def test_an_agent_who_types_needs_no_voice(scene: Scene) -> None:
    calling = await scene.call()
    calling.connect("Sam", voice=False)
    assert scene.events == []
    assert not scene.bridge.active
    await calling.close()


@pytest.mark.usefixtures("often")
async def test_who_loses_their_agent_is_told_anew_where_they_stand(scene: Scene) -> None:
    await scene.roster.sign_in("Sam", scene.now)
    calling = await scene.call()
    await calling.offer(WISH)
    [offer] = (await scene.line.dispatch(scene.now)).offers
    await scene.line.accept(offer.handoff_id, "Sam", scene.now)
    calling.connect("Sam", voice=False)
    told = len(scene.told(ev.WaitEstimated))
    await asyncio.sleep(0.05)
    assert len(scene.told(ev.WaitEstimated)) == told, "nobody is told of a wait while it is over"
    await scene.roster.sign_out("Sam", scene.now)
    calling.disconnect()
    again = await scene.until_told(ev.WaitEstimated, told + 1)
    assert (again.position, again.callback) == (1, "nobody_there")
    await calling.close()


async def test_a_bridge_that_breaks_is_told_once_and_costs_nothing_else(scene: Scene) -> None:
    class Broken:
        active = True

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the bridge is down")

    calling = await scene.call()
    calling._bridge = Broken()  # type: ignore[assignment]
    calling.connect("Sam", voice=True)
    calling.hear_caller(FRAME)
    calling.hold(True)
    calling.bot_speaks(True)
    calling.disconnect()
    await calling.close()
    assert set(scene.events) == {ev.AgentUnheard()}
