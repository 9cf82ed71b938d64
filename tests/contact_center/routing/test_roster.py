"""The agents as they are stored."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from contact_center.calls import Calls
from contact_center.routing import agents
from contact_center.routing.agents import IllegalTransition
from contact_center.routing.roster import Abilities
from contact_center.routing.stored import LOST_IN_WRAP_UP, UnknownAgent

from ..conftest import NOW
from .conftest import Floor

MINUTE = timedelta(minutes=1)


async def test_who_signs_in_is_free_with_the_abilities_they_had(floor: Floor) -> None:
    able = Abilities(
        frozenset({"billing"}), frozenset({"returns"}), frozenset({"en", "es"}), capacity=2
    )
    first = await floor.roster.sign_in("Sam", NOW, abilities=able, server="one")
    assert (first.state, first.idle_since, first.server) == ("available", NOW, "one")
    await floor.roster.sign_out("Sam", NOW + MINUTE)
    assert await floor.roster.signed_in() == []
    again = await floor.roster.sign_in("Sam", NOW + 2 * MINUTE)
    assert (again.queues, again.skills, again.languages, again.capacity) == (
        able.queues,
        able.skills,
        able.languages,
        2,
    )
    assert await floor.roster.signed_in() == [again]


async def test_who_signs_in_again_goes_on_with_what_they_did(floor: Floor) -> None:
    await floor.sign_in("Sam")
    await floor.roster.take_break("Sam", "lunch", NOW)
    agent = await floor.roster.sign_in("Sam", NOW + MINUTE)
    assert (agent.state, agent.since, agent.break_reason) == ("break", NOW, "lunch")


async def test_who_signs_in_before_they_are_ready_is_offered_nobody_until_they_are(
    floor: Floor,
) -> None:
    agent = await floor.roster.sign_in("Sam", NOW, ready=False)
    assert (agent.state, agent.break_reason) == ("break", agents.NOT_ONLINE)
    await floor.roster.come_back("Sam", NOW)
    assert (await floor.roster.sign_in("Sam", NOW, ready=False)).state == "available"


async def test_two_desks_may_sign_in_at_the_same_moment(floor: Floor) -> None:
    await asyncio.gather(*(floor.roster.sign_in("Sam", NOW) for _ in range(5)))
    assert [agent.name for agent in await floor.roster.signed_in()] == ["Sam"]


async def test_a_break_has_a_reason_and_an_end(floor: Floor) -> None:
    await floor.sign_in("Sam")
    agent = await floor.roster.take_break("Sam", "lunch", NOW)
    assert (agent.state, agent.break_reason) == ("break", "lunch")
    back = await floor.roster.come_back("Sam", NOW + MINUTE)
    assert (back.state, back.break_reason, back.idle_since) == ("available", None, NOW + MINUTE)
    assert await floor.roster.get("Sam") == back


async def test_nobody_goes_on_a_break_in_the_middle_of_something(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    for step in ("offered", "on_call", "wrap_up"):
        assert await floor.state_of("Sam") == step
        with pytest.raises(IllegalTransition, match=f"Sam cannot go from {step} to break"):
            await floor.roster.take_break("Sam", "lunch", floor.now)
        if step == "offered":
            await floor.line.accept(handoff_id, "Sam", floor.now)
        else:
            await floor.roster.call_ended("Sam", floor.now)


async def test_who_gives_advice_is_asked_for_nobody_else_meanwhile(floor: Floor) -> None:
    await floor.sign_in("Sam")
    assert (await floor.roster.advise("Sam", NOW)).state == "on_call"
    handoff_id = await floor.join("c1")
    assert await floor.asked() == []
    with pytest.raises(IllegalTransition):
        await floor.roster.advise("Sam", NOW)
    assert (await floor.roster.leave_call("Sam", NOW)).state == "available"
    assert await floor.asked() == [(handoff_id, "Sam")]


async def test_what_cannot_follow_is_refused(floor: Floor) -> None:
    await floor.sign_in("Sam")
    for step in (floor.roster.come_back, floor.roster.leave_call, floor.roster.ready):
        with pytest.raises(IllegalTransition):
            await step("Sam", NOW)
    assert await floor.state_of("Sam") == "available"


async def test_an_unknown_agent_is_refused(floor: Floor) -> None:
    for asking in (
        floor.roster.get("Nobody"),
        floor.roster.sign_out("Nobody", NOW),
        floor.roster.come_back("Nobody", NOW),
    ):
        with pytest.raises(UnknownAgent, match="There is no agent Nobody"):
            await asking


async def test_who_leaves_while_being_asked_leaves_the_caller_at_their_place(floor: Floor) -> None:
    await floor.sign_in("Sam")
    first = await floor.join("c1")
    assert await floor.asked() == [(first, "Sam")]
    floor.later(5)
    second = await floor.join("c2")
    released = await floor.roster.sign_out("Sam", floor.now)
    assert (released.offered, released.first_in_line) == ((first,), ())
    assert released.calls == {first: "c1"}
    assert [caller.handoff_id for caller in await floor.line.waiting()] == [first, second]
    assert await floor.history(first) == [("offered", None), ("offered", "Sam"), ("offered", None)]
    await floor.sign_in("Kim")
    assert await floor.asked() == [(first, "Kim")]


async def test_who_is_lost_on_a_call_leaves_the_caller_first_in_line(floor: Floor) -> None:
    await floor.sign_in("Sam")
    lost = await floor.join("c1")
    await floor.dispatch()
    await floor.line.accept(lost, "Sam", floor.now)
    vip = await floor.join("c2", priority=2)
    safety = await floor.join("c3", priority=1)
    released = await floor.roster.sign_out("Sam", floor.later(60))
    assert (released.first_in_line, released.calls) == ((lost,), {lost: "c1"})
    line = await floor.line.waiting()
    assert [caller.handoff_id for caller in line] == [safety, lost, vip]
    assert line[1].preferred_agent == "Sam"
    assert (await floor.handoffs.get(lost)).agent_name is None
    await floor.sign_in("Kim", "Ada")
    assert await floor.asked() == [(safety, "Kim"), (lost, "Ada")]


async def test_who_is_lost_in_wrap_up_leaves_it_closed(floor: Floor) -> None:
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    await floor.line.accept(handoff_id, "Sam", floor.now)
    await Calls(floor.db).end("c1", "caller_hung_up", floor.now)
    await floor.roster.call_ended("Sam", floor.now)
    released = await floor.roster.sign_out("Sam", floor.now)
    assert released.closed == (handoff_id,)
    handoff = await floor.handoffs.get(handoff_id)
    assert (handoff.state, handoff.notes) == ("closed", LOST_IN_WRAP_UP)


async def test_a_server_that_starts_again_has_no_agents(floor: Floor) -> None:
    await floor.roster.sign_in("Sam", NOW, server="one")
    await floor.roster.sign_in("Kim", NOW, server="two")
    released = await floor.roster.server_started("one", NOW)
    assert [gone.agent_name for gone in released] == ["Sam"]
    assert [agent.name for agent in await floor.roster.signed_in()] == ["Kim"]


async def test_who_turns_up_at_another_server_is_taken_from_the_first(floor: Floor) -> None:
    await floor.roster.sign_in("Sam", NOW, server="one")
    handoff_id = await floor.join("c1", server="one")
    assert await floor.asked() == [(handoff_id, "Sam")]
    agent = await floor.roster.sign_in("Sam", NOW, server="two")
    assert (agent.state, agent.server) == ("available", "two")
    (caller,) = await floor.line.waiting()
    assert caller.offered_to is None
