"""The line as it is stored: one agent asked at a time, and nobody lost."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database
from contact_center.handoffs import UnknownHandoff
from contact_center.models import HandoffChangeRow
from contact_center.routing.agents import NO_ANSWER, IllegalTransition
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities
from contact_center.routing.rules import RoutingRules
from contact_center.routing.stored import lock_agent, waiting_in
from contact_center.routing.waiting import Waiting

from ..conftest import NOW
from .conftest import Floor

SECOND = timedelta(seconds=1)


async def on_call(floor: Floor, call_id: str, name: str = "Sam") -> str:
    """Bring a caller to an agent who is signed in."""
    handoff_id = await floor.join(call_id)
    assert (handoff_id, name) in await floor.asked()
    assert await floor.line.accept(handoff_id, name, floor.now) == "accepted"
    return handoff_id


# -- joining and being offered ---------------------------------------------------------------


async def test_a_caller_is_offered_to_one_agent_for_twenty_seconds(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    done = await floor.dispatch()
    (offer,) = done.offers
    assert (offer.handoff_id, offer.call_id, offer.agent_name) == (handoff_id, "c1", "Kim")
    assert offer.until == done.look_again_at == NOW + 20 * SECOND
    (caller,) = await floor.line.waiting()
    assert (caller.offered_to, caller.offered_until) == ("Kim", offer.until)
    assert [await floor.state_of(name) for name in ("Kim", "Sam")] == ["offered", "available"]
    assert await floor.asked() == []


async def test_what_a_packet_asks_for_is_what_the_line_goes_by(floor: Floor) -> None:
    packet = await floor.packet(
        "c1",
        "one",
        queue="billing",
        skills=("returns",),
        language="es",
        priority=2,
        preferred_agent="Sam",
    )
    await floor.line.join(packet)
    await floor.line.join(packet)
    assert await floor.line.waiting() == [
        Waiting(
            "h-c1",
            "c1",
            NOW,
            priority=2,
            queue="billing",
            skills=frozenset({"returns"}),
            language="es",
            preferred_agent="Sam",
            server="one",
        )
    ]


async def test_a_hand_off_that_was_only_stored_joins_with_the_next_decision(floor: Floor) -> None:
    await floor.sign_in("Sam")
    packet = await floor.packet("c1", queue="a queue that nobody would name like this " * 5)
    await floor.handoffs.open(packet)
    assert await floor.asked() == [(packet.handoff_id, "Sam")]


async def test_callers_are_offered_in_their_order(floor: Floor) -> None:
    first, second = await floor.join("c1"), await floor.join("c2")
    vip, safety = await floor.join("c3", priority=2), await floor.join("c4", priority=1)
    await floor.sign_in("Ada", "Kim", "Sam")
    assert await floor.asked() == [(safety, "Ada"), (vip, "Kim"), (first, "Sam")]
    await floor.sign_in("Sol")
    assert await floor.asked() == [(second, "Sol")]


# -- answering ---------------------------------------------------------------------------------


async def test_accepting_brings_the_agent_on_the_call(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await on_call(floor, "c1")
    handoff = await floor.handoffs.get(handoff_id)
    assert (handoff.state, handoff.agent_name) == ("accepted", "Sam")
    assert await floor.history(handoff_id) == [
        ("offered", None),
        ("offered", "Sam"),
        ("accepted", "Sam"),
    ]
    assert (await floor.roster.get("Sam")).calls == 1
    assert await floor.line.waiting() == []


async def test_declining_asks_the_next_agent_and_not_the_same_again(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    assert await floor.asked() == [(handoff_id, "Kim")]
    assert await floor.line.decline(handoff_id, "Kim", floor.now)
    assert not await floor.line.decline(handoff_id, "Kim", floor.now)
    kim = await floor.roster.get("Kim")
    assert (kim.state, kim.idle_since) == ("available", NOW - 2 * SECOND)
    assert await floor.asked() == [(handoff_id, "Sam")]
    assert await floor.line.decline(handoff_id, "Sam", floor.now)
    done = await floor.dispatch()
    assert (done.offers, done.look_again_at) == ((), NOW + 30 * SECOND)
    floor.later(30)
    assert await floor.asked() == [(handoff_id, "Kim")]
    assert await floor.history(handoff_id) == [
        ("offered", None),
        ("offered", "Kim"),
        ("declined", "Kim"),
        ("offered", "Sam"),
        ("declined", "Sam"),
        ("offered", "Kim"),
    ]


async def test_an_offer_that_nobody_answers_goes_to_the_next_agent(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    floor.later(19)
    assert (await floor.dispatch()).missed == ()
    floor.later(1)
    done = await floor.dispatch()
    assert [(gone.handoff_id, gone.agent_name) for gone in done.missed] == [(handoff_id, "Kim")]
    assert [offer.agent_name for offer in done.offers] == ["Sam"]
    kim = await floor.roster.get("Kim")
    assert (kim.state, kim.break_reason) == ("break", NO_ANSWER)
    assert ("timed_out", "Kim") in await floor.history(handoff_id)
    await floor.roster.come_back("Kim", floor.now)


async def test_a_click_that_comes_a_moment_late_still_counts(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    assert await floor.line.accept(handoff_id, "Sam", floor.later(21)) == "accepted"


async def test_two_agents_click_at_the_same_moment(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    floor.later(20)
    assert await floor.asked() == [(handoff_id, "Sam")]
    late, in_time = await asyncio.gather(
        floor.line.accept(handoff_id, "Kim", floor.now),
        floor.line.accept(handoff_id, "Sam", floor.now),
    )
    assert in_time == "accepted"
    assert late in ("expired", "taken")
    assert (await floor.handoffs.get(handoff_id)).agent_name == "Sam"


async def test_one_agent_clicks_on_two_desks(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    answers = await asyncio.gather(
        *(Line(floor.db).accept(handoff_id, "Sam", floor.now) for _ in range(5))
    )
    assert sorted(answers) == ["accepted", *["taken"] * 4]
    assert (await floor.roster.get("Sam")).calls == 1


async def test_who_does_not_get_it_hears_why(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    assert await floor.line.accept(handoff_id, "Sam", floor.now) == "not_offered"
    assert await floor.line.accept(handoff_id, "Nobody", floor.now) == "not_offered"
    floor.later(20)
    await floor.dispatch()
    assert await floor.line.accept(handoff_id, "Kim", floor.now) == "expired"
    assert await floor.line.accept(handoff_id, "Sam", floor.now) == "accepted"
    assert await floor.line.accept(handoff_id, "Kim", floor.now) == "taken"
    with pytest.raises(UnknownHandoff):
        await floor.line.accept("h9", "Sam", floor.now)


# -- callers who leave ------------------------------------------------------------------------


async def test_who_hangs_up_while_being_offered_frees_the_agent_at_once(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    assert await floor.line.withdraw(handoff_id, "abandoned", floor.later(5))
    assert not await floor.line.withdraw(handoff_id, "abandoned", floor.now)
    sam = await floor.roster.get("Sam")
    assert (sam.state, sam.idle_since) == ("available", NOW - SECOND)
    assert await floor.line.accept(handoff_id, "Sam", floor.now) == "gone"
    assert (await floor.handoffs.get(handoff_id)).state == "abandoned"
    assert await floor.asked() == []


async def test_accepting_and_withdrawing_cannot_both_happen(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    answer, withdrawn = await asyncio.gather(
        floor.line.accept(handoff_id, "Sam", floor.now),
        floor.line.withdraw(handoff_id, "timed_out", floor.now),
    )
    assert (answer == "accepted") != withdrawn
    assert await floor.state_of("Sam") == ("on_call" if answer == "accepted" else "available")


@pytest.mark.parametrize("how", ["server_lost", "call_ended"])
async def test_who_is_gone_without_a_word_to_the_line_frees_the_agent(
    floor: Floor, how: str
) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    if how == "server_lost":
        await Calls(floor.db).close_orphans(floor.now)
    else:
        await Calls(floor.db).end("c1", "caller_hung_up", floor.now)
    second = await floor.join("c2")
    done = await floor.dispatch()
    assert done.freed == ("Sam",)
    assert [offer.handoff_id for offer in done.offers] == [second]
    assert await floor.line.accept(handoff_id, "Sam", floor.now) in ("gone", "expired")


async def test_who_is_accepted_after_hanging_up_is_gone(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    await Calls(floor.db).end("c1", "caller_hung_up", floor.now)
    assert await floor.line.accept(handoff_id, "Sam", floor.now) == "gone"
    assert await floor.state_of("Sam") == "available"


# -- after the conversation --------------------------------------------------------------------


async def test_after_the_wrap_up_the_agent_is_the_last_to_be_asked(floor: Floor) -> None:
    await floor.sign_in("Sam", "Kim")
    handoff_id = await on_call(floor, "c1")
    assert (await floor.roster.call_ended("Sam", floor.later(60))).state == "wrap_up"
    assert not await floor.line.close(handoff_id, "Kim", "resolved", "", floor.now)
    notes = "Refund card 4111 1111 1111 1111"
    assert await floor.line.close(handoff_id, "Sam", "resolved", notes, floor.later(30))
    assert not await floor.line.close(handoff_id, "Sam", "resolved", "", floor.now)
    sam = await floor.roster.get("Sam")
    assert (sam.state, sam.calls, sam.idle_since) == ("available", 0, NOW + 90 * SECOND)
    closed = await floor.handoffs.get(handoff_id)
    assert (closed.state, closed.disposition) == ("closed", "resolved")
    assert closed.notes == "Refund card [card number]"
    second = await floor.join("c2")
    assert await floor.asked() == [(second, "Kim")]


async def test_a_break_may_follow_the_wrap_up(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await on_call(floor, "c1")
    await floor.line.close(
        handoff_id, "Sam", "resolved", "", floor.now, then="break", reason="lunch"
    )
    sam = await floor.roster.get("Sam")
    assert (sam.state, sam.break_reason) == ("break", "lunch")


async def test_a_caller_is_passed_on_to_another_queue(floor: Floor) -> None:
    await floor.sign_in("Sam")
    await floor.roster.sign_in("Bea", NOW, abilities=Abilities(frozenset({"billing"})))
    handoff_id = await on_call(floor, "c1")
    other = await floor.join("c2", queue="billing")
    passed_on = {"queue": "billing", "skills": frozenset({"disputes"})}
    assert not await floor.line.pass_on(handoff_id, "Bea", floor.now)
    assert await floor.line.pass_on(handoff_id, "Sam", floor.later(60), **passed_on)  # type: ignore[arg-type]
    assert await floor.state_of("Sam") == "wrap_up"
    first, second = await floor.line.waiting()
    assert (first.handoff_id, first.queue, first.skills) == (
        handoff_id,
        "billing",
        frozenset({"disputes"}),
    )
    assert second.handoff_id == other
    assert await floor.asked() == [(handoff_id, "Bea")]
    assert (await floor.roster.ready("Sam", floor.now)).state == "available"


async def test_the_next_agent_reads_what_the_one_before_wrote_and_heard(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await on_call(floor, "c1")
    for number, (speaker, words) in enumerate(
        (("agent", "may i have your card number"), ("caller", "it is 4111 1111 1111 1111"))
    ):
        await Calls(floor.db).record_turn(
            TurnRecord(
                call_id="c1",
                turn_id=f"t{number}",
                speaker=speaker,  # type: ignore[arg-type]
                text=words,
                started_at=floor.later(1),
                affect=0.4,
            )
        )
    for queue, note in (("billing", "Wants the money back."), ("orders", "Is about the lamp.")):
        name = "Sam" if queue == "billing" else "Bea"
        assert await floor.line.pass_on(handoff_id, name, floor.now, queue=queue, note=note)
        await floor.roster.sign_in("Bea", NOW, abilities=Abilities(frozenset({"billing"})))
        await floor.dispatch()
        await floor.line.accept(handoff_id, "Bea", floor.now)
    packet = (await floor.handoffs.get(handoff_id)).packet
    assert [(step.from_agent, step.queue, step.note) for step in packet.passed_on] == [
        ("Sam", "billing", "Wants the money back."),
        ("Bea", "orders", "Is about the lamp."),
    ]
    assert packet.routing.queue == "orders"
    assert [line.turn_id for line in packet.transcript] == ["t0", "t1"]
    assert "4111" not in packet.transcript[1].text
    assert packet.emotion.latest == 0.4


async def test_who_does_not_have_a_caller_cannot_take_them_out_of_an_offer(floor: Floor) -> None:
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    assert await floor.asked() == [(handoff_id, "Kim")]
    assert not await floor.line.pass_on(handoff_id, "Sam", floor.now, queue="billing")
    assert await floor.line.accept(handoff_id, "Kim", floor.now) == "accepted"


async def test_a_colleague_who_is_on_the_call_may_keep_it(floor: Floor) -> None:
    await floor.sign_in("Sam", "Kim")
    handoff_id = await on_call(floor, "c1")
    await floor.roster.advise("Kim", floor.now)
    await floor.join("c2")
    assert await floor.asked() == []
    assert not await floor.line.leave_to(handoff_id, "Kim", "Sam", floor.now)
    assert await floor.line.leave_to(handoff_id, "Sam", "Kim", floor.later(30))
    assert [await floor.state_of(name) for name in ("Sam", "Kim")] == ["wrap_up", "on_call"]
    assert (await floor.history(handoff_id))[-1] == ("accepted", "Kim")
    assert not await floor.line.close(handoff_id, "Sam", "resolved", "", floor.now)
    assert await floor.line.close(handoff_id, "Kim", "resolved", "", floor.now)
    assert (await floor.roster.get("Kim")).calls == 0


async def test_a_wrap_up_with_something_to_close_is_not_left_by_being_ready(floor: Floor) -> None:
    await floor.sign_in("Sam")
    await on_call(floor, "c1")
    await floor.roster.call_ended("Sam", floor.now)
    with pytest.raises(IllegalTransition):
        await floor.roster.ready("Sam", floor.now)


# -- desks that die ----------------------------------------------------------------------------


async def test_desks_without_a_sign_of_life_are_given_up(database: Database) -> None:
    floor = Floor(database, RoutingRules(lost_after_s=15))
    await floor.sign_in("Ada", "Sam")
    held = await on_call(floor, "c1", "Ada")
    offered = await floor.join("c2")
    assert await floor.asked() == [(offered, "Sam")]
    floor.later(10)
    await floor.roster.seen(["Sam"], floor.now)
    await floor.sign_in("Kim")
    floor.later(6)
    done = await floor.dispatch()
    assert [(gone.agent_name, gone.first_in_line) for gone in done.lost] == [("Ada", (held,))]
    assert [(offer.handoff_id, offer.agent_name) for offer in done.offers] == [(held, "Kim")]
    assert await floor.state_of("Ada") == "offline"
    assert await floor.roster.seen(["Ada", "Sam"], floor.now) == {"Ada"}
    assert await floor.line.accept(offered, "Sam", floor.now) == "accepted"


# -- what callers are told ---------------------------------------------------------------------


async def test_place_and_wait_are_told_from_how_it_went(floor: Floor) -> None:
    await floor.sign_in("Sam")
    for number in range(3):
        handoff_id = await floor.join(f"c{number}")
        await floor.dispatch()
        await floor.line.accept(handoff_id, "Sam", floor.later(4))
        await floor.line.close(handoff_id, "Sam", "resolved", "", floor.later(100))
    gone = await floor.join("gone")
    await floor.line.withdraw(gone, "abandoned", floor.later(28))
    recent = await floor.line.recent("support", floor.now)
    assert (recent.answered_in, recent.handled_in) == ((4.0,) * 3, (100.0,) * 3)
    assert recent.gave_up_per_s == 1 / (3 * 4 + 28)
    assert (await floor.line.recent("billing", floor.now)).handled_in == ()

    free = await floor.join("free")
    found = await floor.line.standing(free, floor.now)
    assert found is not None
    assert (found.position, found.agents, found.expected_s) == (1, 1, 4.0)
    await floor.dispatch()
    await floor.line.accept(free, "Sam", floor.now)
    first, second = await floor.join("first"), await floor.join("second")
    places = [await floor.line.standing(handoff_id, floor.now) for handoff_id in (first, second)]
    assert [place.position for place in places if place] == [1, 2]
    waits = [place.expected_s for place in places if place and place.expected_s is not None]
    assert waits[0] > 100
    assert waits[1] > waits[0]
    joining = Waiting("about to join", "c9", floor.now, priority=1)
    assert (await floor.line.standing_of(joining, floor.now)).position == 1
    assert await floor.line.standing(free, floor.now) is None


# -- several servers ---------------------------------------------------------------------------


CALLS = 24
AGENTS = 8
SERVERS = 3


async def test_several_servers_never_offer_twice_and_lose_nobody(database_url: str) -> None:
    """Servers decide, agents answer as they please and callers hang up, all at the same time."""
    floors = [
        Floor(Database(database_url), RoutingRules(lost_after_s=1e6, again_after_s=0, offer_s=5))
        for _ in range(SERVERS)
    ]
    ticks = itertools.count()

    def now() -> datetime:
        return NOW + next(ticks) * 0.05 * SECOND

    ended: dict[str, str] = {}

    async def serve(floor: Floor) -> None:
        while len(ended) < CALLS:
            done = await floor.line.dispatch(now())
            for missed in done.missed:
                with suppress(IllegalTransition):  # they may have gone home meanwhile
                    await floor.roster.come_back(missed.agent_name, now())
            await asyncio.sleep(0.01)  # SQLite lets nobody in who waits behind a busy one

    async def call(floor: Floor, number: int, random: Random) -> None:
        await asyncio.sleep(random.random())
        handoff_id = await floor.join(f"c{number}", priority=random.choice((1, 2, 3)))
        if number % 6 == 0:
            await asyncio.sleep(random.random())
            if await floor.line.withdraw(handoff_id, "abandoned", now()):
                ended[handoff_id] = "abandoned"

    async def work(floor: Floor, name: str, random: Random) -> None:
        while len(ended) < CALLS:
            await asyncio.sleep(0.01)
            mine = [w for w in await floor.line.waiting() if w.offered_to == name]
            assert len(mine) <= 1
            if not mine:
                continue
            handoff_id = mine[0].handoff_id
            whim = random.random()
            if whim < 0.2:
                await floor.line.decline(handoff_id, name, now())
            elif whim < 0.3:
                await floor.roster.sign_out(name, now())
                await floor.roster.sign_in(name, now())
            elif whim < 0.95:
                answers = await asyncio.gather(
                    *(other.line.accept(handoff_id, name, now()) for other in floors)
                )
                assert answers.count("accepted") <= 1
                if "accepted" in answers:
                    await floor.roster.call_ended(name, now())
                    assert await floor.line.close(handoff_id, name, "resolved", "", now())
                    ended[handoff_id] = "answered"

    names = [f"agent {number}" for number in range(AGENTS)]
    await floors[0].sign_in(*names)
    async with asyncio.timeout(240), asyncio.TaskGroup() as tasks:
        for floor in floors:
            tasks.create_task(serve(floor))
        for number in range(CALLS):
            tasks.create_task(call(floors[number % SERVERS], number, Random(number)))
        for number, name in enumerate(names):
            tasks.create_task(work(floors[number % SERVERS], name, Random(100 + number)))

    floor = floors[0]
    assert await floor.line.waiting() == []
    for handoff_id, ending in ended.items():
        state = (await floor.handoffs.get(handoff_id)).state
        assert state == ("closed" if ending == "answered" else "abandoned")
    assert [(agent.state, agent.calls) for agent in await floor.roster.signed_in()] == (
        [("available", 0)] * AGENTS
    )
    await assert_one_at_a_time(floor.db)
    for floor in floors:
        await floor.db.close()


async def assert_one_at_a_time(db: Database) -> None:
    """Read the histories again: whoever was asked had answered before the next one was."""
    async with db.reading() as session:
        steps = (
            await session.scalars(select(HandoffChangeRow).order_by(HandoffChangeRow.id))
        ).all()
    asked: dict[str, str | None] = defaultdict(lambda: None)
    for step in steps:
        if step.state == "offered" and step.agent_name is not None:
            assert asked[step.handoff_id] is None
            assert step.agent_name not in asked.values()
            asked[step.handoff_id] = step.agent_name
        elif step.state in ("accepted", "declined", "timed_out") and step.agent_name is not None:
            assert asked[step.handoff_id] == step.agent_name
            asked[step.handoff_id] = None
        elif step.state in ("offered", "abandoned"):
            asked[step.handoff_id] = None


async def test_a_decision_does_not_wait_for_an_agent_who_is_answering(
    postgresql_url: str,
) -> None:
    floor = Floor(Database(postgresql_url))
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    other = Database(postgresql_url)
    async with other.session() as session:
        # The moment within an acceptance at which its rows are locked.
        await lock_agent(session, "Sam")
        assert len(await waiting_in(session, lock=True)) == 1
        floor.later(60)
        done = await floor.dispatch()
        assert (done.offers, done.missed, done.freed) == ((), (), ())
    assert await floor.line.accept(handoff_id, "Sam", floor.now) == "accepted"
    for db in (other, floor.db):
        await db.close()


async def test_only_one_server_at_a_time_decides(postgresql_url: str) -> None:
    floors = [Floor(Database(postgresql_url)) for _ in range(5)]
    await floors[0].sign_in(*(f"agent {number}" for number in range(10)))
    for number in range(10):
        await floors[0].join(f"c{number}", priority=1 + number % 3)
    decided = await asyncio.gather(*(floor.dispatch() for floor in floors))
    assert sorted(len(done.offers) for done in decided) == [0, 0, 0, 0, 10]
    for floor in floors:
        await floor.db.close()
