"""Whole days with the real decisions: nobody lost or out of order, and waits as theory says."""

from __future__ import annotations

import functools
from collections import Counter
from statistics import fmean

import pytest

from contact_center.routing.rules import RoutingRules

from .erlang_a import erlang_a
from .simulated_day import (
    Caller,
    SimulatedDay,
    alike,
    mixed_caller,
    mixed_day,
    mixed_staff,
    steady_load,
)

HOURS = 8


@functools.cache
def day_with_everything() -> SimulatedDay:
    """Fifty agents, three queues, breaks, declines, dead desks, and more callers than usual."""
    day = SimulatedDay(mixed_staff(), mixed_day(1.2), RoutingRules(), 4, mixed_caller)
    return day.run(HOURS)


def with_priority(priority: int) -> list[Caller]:
    return [c for c in day_with_everything().callers.values() if c.waiting.priority == priority]


def test_no_decision_of_the_day_breaks_a_rule() -> None:
    day = day_with_everything()
    assert day.problems == []
    assert day.offers > 3000


def test_every_caller_is_answered_or_hangs_up_or_waits_at_the_end() -> None:
    day = day_with_everything()
    endings = Counter(caller.ended for caller in day.callers.values())
    assert sum(endings.values()) == len(day.callers) > 3000
    assert endings["answered"] > 0.85 * len(day.callers)
    for caller in day.callers.values():
        assert caller.ended != "answered" or caller.asked
        # Whose agent's desk died was first in line: they are with somebody else, or about to be.
        assert not caller.returns or caller.ended == "answered"


def test_the_day_has_what_makes_a_day_hard() -> None:
    callers = day_with_everything().callers.values()
    assert any(caller.returns for caller in callers)
    assert any(len(set(caller.asked)) > 1 and not caller.returns for caller in callers)
    assert any(caller.ended == "abandoned" for caller in callers)


def test_vips_wait_less_than_the_others() -> None:
    vips, others = with_priority(2), with_priority(3)
    assert fmean(c.waited_s for c in vips) < fmean(c.waited_s for c in others)


def test_of_four_callers_three_wait_no_longer_than_they_were_told() -> None:
    kept = [
        caller.waited_s <= caller.told_s
        for caller in day_with_everything().callers.values()
        if caller.told_s is not None and caller.ended == "answered"
    ]
    assert len(kept) > 100
    assert 0.62 <= fmean(kept) <= 0.9


@pytest.mark.parametrize(
    ("agents", "load", "hours"), [(50, 1.2, 12), (10, 1.1, 40)], ids=["fifty_agents", "ten_agents"]
)
def test_waits_are_those_of_erlang_a(agents: int, load: float, hours: float) -> None:
    habits = steady_load(agents, load, handling_s=240, patience_s=120)
    day = SimulatedDay(alike(agents), habits, RoutingRules(), 1).run(hours)
    callers = day.callers.values()
    # The load that came, which is a little more or less than the one that was ordered.
    foretold = erlang_a(agents, len(callers) / (hours * 3600), day.mean_handling_s, 120)
    assert day.problems == []
    assert day.mean_handling_s == pytest.approx(240, rel=0.05)
    assert fmean(c.waited_s for c in callers) == pytest.approx(foretold.mean_wait_s, rel=0.1)
    gave_up = fmean(caller.ended == "abandoned" for caller in callers)
    assert gave_up == pytest.approx(foretold.abandoned, rel=0.1)


def test_the_same_seed_is_the_same_day() -> None:
    habits = steady_load(5, 1.0, 240, 120)
    one, other = (SimulatedDay(alike(5), habits, RoutingRules(), 1).run(2) for _ in range(2))
    assert one.callers == other.callers
