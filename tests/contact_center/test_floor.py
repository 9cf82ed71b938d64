"""The floor as it is read from the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database
from contact_center.floor import Floor
from contact_center.floor_figures import HighAbandonment, LongWait, UnansweredComplaint
from contact_center.handoff_packet import Routing
from contact_center.packet_builder import build_packet
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities, Roster
from contact_center.routing.rules import RoutingRules
from contact_center.seed import DEMO_VIP
from contact_center.tickets import Tickets

from .conftest import NOW

RULES = RoutingRules(lost_after_s=1e6)


class House:
    """Calls, callers who wait and agents; `now` is moved by `later`."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.floor = Floor(db, RULES)
        self.line = Line(db, RULES)
        self.roster = Roster(db)
        self.calls = Calls(db)
        self.now = NOW

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    async def call(self, call_id: str, number: str | None = None, server: str = "") -> None:
        await self.calls.start(call_id, number, "browser", self.now, server=server)

    async def wait(self, call_id: str, number: str | None = None, **routing: Any) -> str:
        """Answer a call and hand it over at once."""
        await self.call(call_id, number)
        packet = await build_packet(
            self.db,
            call_id=call_id,
            reason="emotion",
            details={},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=self.now,
        )
        packet = packet.model_copy(
            update={"handoff_id": f"h-{call_id}", "routing": Routing(**routing)}
        )
        return (await self.line.join(packet)).id

    async def accept(self, handoff_id: str, agent_name: str) -> None:
        await self.line.dispatch(self.now)
        assert await self.line.accept(handoff_id, agent_name, self.now) == "accepted"

    async def turn(self, call_id: str, affect: float | None) -> None:
        self.later(1)
        await self.calls.record_turn(
            TurnRecord(
                call_id=call_id,
                turn_id=f"t{self.now:%H%M%S}",
                speaker="caller",
                text="so",
                started_at=self.now,
                affect=affect,
            )
        )


@pytest.fixture
def house(seeded: Database) -> House:
    return House(seeded)


async def test_an_empty_floor(house: House) -> None:
    view = await house.floor.look(NOW)
    assert (view.at, view.tiles, view.agents, view.calls, view.alerts) == (NOW, (), (), (), ())


async def test_every_queue_with_agents_or_callers_has_a_tile(house: House) -> None:
    await house.roster.sign_in("Sam", NOW, abilities=Abilities(frozenset({"returns", "support"})))
    await house.wait("c1", queue="billing")
    view = await house.floor.look(house.later(40))
    assert [(each.queue, each.waiting, each.longest_s) for each in view.tiles] == [
        ("billing", 1, 40.0),
        ("returns", 0, None),
        ("support", 0, None),
    ]


async def test_a_day_of_a_queue(house: House) -> None:
    await house.roster.sign_in("Sam", NOW)
    quick = await house.wait("c1")
    house.later(12)
    await house.accept(quick, "Sam")
    await house.line.close(quick, "Sam", "resolved", "", house.later(60))
    slow = await house.wait("c2")
    house.later(45)
    await house.accept(slow, "Sam")
    gone = await house.wait("c3")
    await house.line.withdraw(gone, "abandoned", house.later(90))
    nobody = await house.wait("c4")
    await house.line.withdraw(nobody, "timed_out", house.later(90))
    closed = await house.wait("c5")
    await house.line.withdraw(closed, "after_hours", house.later(1))

    (support,) = (await house.floor.look(house.now)).tiles
    assert (support.answered, support.left, support.waiting) == (2, 2, 0)
    assert support.service_level == 0.25
    assert support.abandonment == 0.5
    assert (support.agents, support.free) == (1, 0)


async def test_an_offer_that_is_not_answered_does_not_end_the_wait(house: House) -> None:
    await house.roster.sign_in("Sam", NOW)
    await house.wait("c1")
    await house.line.dispatch(house.now)
    await house.line.dispatch(house.later(21))
    (support,) = (await house.floor.look(house.now)).tiles
    assert (support.waiting, support.left, support.service_level) == (1, 0, 0.0)


async def test_the_day_begins_at_midnight_of_the_company(house: House) -> None:
    house.now = datetime(2026, 3, 4, 4, 30, tzinfo=NOW.tzinfo)  # half past eleven in New York
    gone = await house.wait("c1")
    await house.line.withdraw(gone, "abandoned", house.later(60))
    floor = Floor(house.db, RULES, ZoneInfo("America/New_York"))
    (support,) = (await floor.look(house.now)).tiles
    assert support.left == 1
    assert (await floor.look(house.later(3600))).tiles == ()


async def test_the_expected_wait_is_told_when_enough_is_known(house: House) -> None:
    await house.roster.sign_in("Sam", NOW)
    assert (await house.floor.look(house.now)).tiles[0].expected_s is None
    for number in range(4):
        handoff = await house.wait(f"c{number}")
        await house.line.dispatch(house.now)
        house.later(5)
        await house.accept(handoff, "Sam")
        await house.line.close(handoff, "Sam", "resolved", "", house.later(60))
    (support,) = (await house.floor.look(house.now)).tiles
    assert support.expected_s == pytest.approx(5.0)


async def test_agents_are_shown_with_what_they_do_and_with_whom(house: House) -> None:
    for number, name in enumerate(("Sam", "Kim", "Ada")):
        await house.roster.sign_in(name, NOW - timedelta(minutes=9 - number))
    await house.roster.sign_in("Lee", NOW)
    await house.roster.sign_out("Lee", NOW)
    first = await house.wait("c1", DEMO_VIP.phone)
    await house.accept(first, "Sam")
    await house.wait("c2")
    await house.line.dispatch(house.now)
    await house.roster.take_break("Ada", "lunch", house.later(30))

    view = await house.floor.look(house.now)
    assert [
        (each.agent.name, each.agent.state, each.agent.break_reason) for each in view.agents
    ] == [
        ("Ada", "break", "lunch"),
        ("Kim", "offered", None),
        ("Sam", "on_call", None),
    ]
    assert [[call.call_id for call in each.calls] for each in view.agents] == [[], ["c2"], ["c1"]]
    assert view.agents[2].calls[0].customer_name == DEMO_VIP.name
    assert view.agents[0].agent.since == house.now


async def test_each_live_call_says_where_it_stands(house: House) -> None:
    await house.call("bot", server="one")
    await house.roster.sign_in("Sam", house.now)
    taken = await house.wait("taken")
    await house.accept(taken, "Sam")
    await house.wait("waiting", DEMO_VIP.phone, queue="billing", priority=2)
    await house.call("over")
    await house.calls.end("over", "completed", house.now)

    bot, taken_call, waiting = sorted(
        (await house.floor.look(house.now)).calls, key=lambda call: call.call_id
    )
    assert (bot.phase, bot.server, bot.since, bot.agent_name) == ("bot", "one", None, None)
    assert (bot.reason, bot.priority, bot.customer_name) == (None, None, None)
    assert (taken_call.phase, taken_call.agent_name) == ("agent", "Sam")
    assert taken_call.since == house.now
    assert (waiting.phase, waiting.queue, waiting.priority) == ("waiting", "billing", 2)
    assert (waiting.customer_name, waiting.tier) == (DEMO_VIP.name, "vip")
    assert (waiting.caller_number, waiting.reason, waiting.since) == (
        DEMO_VIP.phone,
        "emotion",
        NOW,
    )


async def test_a_call_that_an_agent_is_asked_to_take(house: House) -> None:
    await house.roster.sign_in("Sam", NOW)
    await house.wait("c1")
    await house.line.dispatch(house.now)
    (call,) = (await house.floor.look(house.now)).calls
    assert (call.phase, call.agent_name) == ("asked", "Sam")


async def test_how_a_caller_sounds_and_where_that_goes(house: House) -> None:
    await house.call("c1")
    (calm,) = (await house.floor.look(house.now)).calls
    assert (calm.upset, calm.mood) == (None, "unknown")
    for score in (0.1, None, 0.4, 0.7):
        await house.turn("c1", score)
    (upset,) = (await house.floor.look(house.now)).calls
    assert (upset.upset, upset.mood) == (0.7, "rising")


class TestAlerts:
    async def test_a_wait_of_more_than_ten_minutes(self, house: House) -> None:
        await house.wait("c1", queue="billing")
        assert (await house.floor.look(house.later(600))).alerts == ()
        assert (await house.floor.look(house.later(1))).alerts == (
            LongWait("billing", 1, 601.0, on_break=(), working=0),
        )

    async def test_callers_who_leave(self, house: House) -> None:
        for number in range(5):
            handoff = await house.wait(f"c{number}")
            await house.line.withdraw(handoff, "abandoned", house.later(30))
        assert (await house.floor.look(house.now)).alerts == (HighAbandonment("support", 5, 5),)
        assert (await house.floor.look(house.later(3700))).alerts == ()

    async def test_the_last_hour_reaches_back_beyond_midnight(self, house: House) -> None:
        house.now = datetime(2026, 3, 3, 23, 50, tzinfo=NOW.tzinfo)
        for number in range(5):
            handoff = await house.wait(f"c{number}")
            await house.line.withdraw(handoff, "abandoned", house.later(10))
        house.later(1200)
        assert (await house.floor.look(house.now)).alerts == (HighAbandonment("support", 5, 5),)

    async def test_a_safety_complaint_until_an_agent_takes_it(self, house: House) -> None:
        handoff = await house.wait("c1", priority=1)
        due = house.now + timedelta(minutes=15)
        assert (await house.floor.look(house.later(5))).alerts == (UnansweredComplaint("c1", due),)
        await house.roster.sign_in("Sam", house.now)
        await house.accept(handoff, "Sam")
        assert (await house.floor.look(house.now)).alerts == ()

    async def test_a_safety_complaint_on_file_until_a_person_answers_it(self, house: House) -> None:
        tickets = Tickets(house.db)
        await house.call("c1")
        ticket = await tickets.open(
            kind="complaint",
            subject="The heater smokes.",
            reason="complaint",
            promised_at=NOW + timedelta(minutes=15),
            now=NOW,
            complaint_level=1,
            call_id="c1",
        )
        due = NOW + timedelta(minutes=15)
        unanswered = UnansweredComplaint("c1", due, ticket_id=ticket.id)
        assert (await house.floor.look(NOW)).alerts == (unanswered,)
        await tickets.give_to(ticket.id, "Sam")
        assert (await house.floor.look(NOW)).alerts == (replace(unanswered, owner="Sam"),)
        await house.roster.sign_in("Sam", NOW)
        handoff = await house.wait("c1", priority=1)
        await house.accept(handoff, "Sam")
        await tickets.take_over(handoff, "Sam", NOW)
        assert (await house.floor.look(NOW)).alerts == ()

    async def test_less_serious_complaints_are_not_alarming(self, house: House) -> None:
        await Tickets(house.db).open(
            kind="complaint",
            subject="The box was dented.",
            reason="complaint",
            promised_at=NOW,
            now=NOW,
            complaint_level=3,
        )
        assert (await house.floor.look(NOW)).alerts == ()
