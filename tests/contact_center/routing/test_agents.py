"""An agent's states: what may follow what, and since when somebody is idle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.routing.agents import (
    NEXT_STATES,
    NO_ANSWER,
    Agent,
    AgentState,
    IllegalTransition,
    finish,
    hang_up,
    leave,
    miss,
    move,
    pass_on,
    ring,
    take,
    unring,
)

from ..conftest import NOW

MINUTE = timedelta(minutes=1)
SAM = Agent("Sam", "available", NOW, NOW)


def test_a_call_goes_through_offer_conversation_and_wrap_up() -> None:
    agent = ring(SAM, NOW + MINUTE)
    assert (agent.state, agent.is_free) == ("offered", False)
    agent = take(agent, NOW + MINUTE)
    assert (agent.state, agent.calls, agent.is_free) == ("on_call", 1, False)
    agent = hang_up(agent, NOW + 3 * MINUTE)
    assert (agent.state, agent.calls, agent.is_free) == ("wrap_up", 1, False)
    agent = finish(agent, NOW + 4 * MINUTE)
    assert (agent.state, agent.calls, agent.is_free) == ("available", 0, True)
    assert agent.idle_since == agent.since == NOW + 4 * MINUTE


def test_an_offer_that_was_declined_does_not_cost_the_place() -> None:
    agent = unring(ring(SAM, NOW + MINUTE), NOW + 2 * MINUTE)
    assert (agent.state, agent.since, agent.idle_since) == ("available", NOW + 2 * MINUTE, NOW)


def test_an_offer_that_is_not_answered_ends_in_a_break() -> None:
    agent = miss(ring(SAM, NOW), NOW + MINUTE)
    assert (agent.state, agent.break_reason) == ("break", NO_ANSWER)
    assert not agent.is_there
    back = move(agent, "available", NOW + 2 * MINUTE)
    assert (back.break_reason, back.idle_since) == (None, NOW + 2 * MINUTE)


def test_a_break_with_a_reason_is_not_gone_and_starts_idle_time_anew() -> None:
    agent = move(SAM, "break", NOW, "lunch")
    assert (agent.is_there, agent.works, agent.break_reason) == (True, False, "lunch")
    assert move(agent, "available", NOW + MINUTE).idle_since == NOW + MINUTE


def test_a_call_that_is_passed_on_leaves_a_wrap_up_with_nothing_to_close() -> None:
    agent = pass_on(take(ring(SAM, NOW), NOW), NOW)
    assert (agent.state, agent.calls) == ("wrap_up", 0)


def test_after_the_wrap_up_comes_the_break_that_was_asked_for() -> None:
    agent = finish(hang_up(take(ring(SAM, NOW), NOW), NOW), NOW, "break", "lunch")
    assert (agent.state, agent.break_reason) == ("break", "lunch")


def test_whoever_may_have_two_conversations_is_asked_for_a_second() -> None:
    one = take(ring(replace(SAM, capacity=2), NOW), NOW)
    assert one.is_free
    assert miss(ring(one, NOW), NOW).state == "on_call"
    two = take(ring(one, NOW), NOW)
    assert (two.calls, two.is_free) == (2, False)
    left = finish(hang_up(two, NOW), NOW)
    assert (left.state, left.calls) == ("on_call", 1)
    assert hang_up(left, NOW).state == "wrap_up"


def test_whoever_leaves_has_nothing_left() -> None:
    agent = leave(take(ring(SAM, NOW), NOW), NOW)
    assert (agent.state, agent.calls) == ("offline", 0)
    assert leave(agent, NOW + MINUTE) == agent


STATES: tuple[AgentState, ...] = get_args(AgentState)


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
def test_what_the_table_does_not_have_is_refused_in_words(old: AgentState, new: AgentState) -> None:
    agent = replace(SAM, state=old)
    if new in NEXT_STATES[old]:
        assert move(agent, new, NOW).state == new
    else:
        with pytest.raises(IllegalTransition, match=f"Sam cannot go from {old} to {new}"):
            move(agent, new, NOW)


@pytest.mark.parametrize("state", sorted({*STATES} - {"available"}))
def test_nobody_is_asked_who_cannot_take_a_call(state: AgentState) -> None:
    with pytest.raises(IllegalTransition):
        ring(replace(SAM, state=state, calls=1), NOW)


@pytest.mark.parametrize("state", sorted({*STATES} - {"offered"}))
@pytest.mark.parametrize("step", [take, unring, miss])
def test_only_an_offer_can_be_answered(state: AgentState, step: object) -> None:
    assert callable(step)
    with pytest.raises(IllegalTransition):
        step(replace(SAM, state=state), NOW)


STEPS = [ring, take, unring, miss, hang_up, pass_on, finish, leave]


@given(st.integers(1, 3), st.lists(st.sampled_from(STEPS), max_size=30))
def test_nobody_ever_has_more_than_they_may(capacity: int, steps: list[object]) -> None:
    agent = replace(SAM, capacity=capacity)
    for number, step in enumerate(steps):
        assert callable(step)
        try:
            agent = step(agent, NOW + number * MINUTE)
        except IllegalTransition:
            continue
        assert 0 <= agent.calls + (agent.state == "offered") <= capacity
        assert agent.calls == 0 or agent.state not in ("available", "break", "offline")
