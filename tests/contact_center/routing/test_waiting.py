"""The order in which callers stand in line."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contact_center.routing.rules import RoutingRules
from contact_center.routing.waiting import Waiting, in_order, place

from ..conftest import NOW
from .simulated_day import goes_first

RULES = RoutingRules()
SECOND = timedelta(seconds=1)


def came(handoff_id: str, seconds: float, priority: int = 3, returned: bool = False) -> Waiting:
    return Waiting(
        handoff_id, handoff_id, NOW + seconds * SECOND, priority=priority, returned=returned
    )


def names(*line: Waiting) -> list[str]:
    return [waiting.handoff_id for waiting in in_order(line, RULES)]


def test_safety_comes_first_then_vips_then_who_waits_longest() -> None:
    line = (came("second", 5), came("safety", 90, 1), came("vip", 60, 2), came("first", 0))
    assert names(*line) == ["safety", "vip", "first", "second"]


def test_whoever_has_waited_long_enough_goes_before_a_new_vip() -> None:
    assert names(came("patient", 0), came("vip", 301, 2)) == ["patient", "vip"]
    assert names(came("patient", 0), came("vip", 299, 2)) == ["vip", "patient"]
    assert names(came("patient", 0), came("vip", 300, 2)) == ["vip", "patient"]


def test_nobody_ever_goes_before_a_safety_complaint() -> None:
    day = 24 * 3600
    line = (came("patient", -day), came("vip", -day, 2), came("returned", -day, 3, True))
    assert names(*line, came("safety", 0, 1))[0] == "safety"


def test_whose_agent_was_lost_is_first_in_line() -> None:
    line = (came("vip", 0, 2), came("returned", 500, 3, True), came("safety", 501, 1))
    assert names(*line) == ["safety", "returned", "vip"]
    assert names(came("safety", 0, 1), came("returned", 9, 1, True)) == ["returned", "safety"]


CALLERS = st.builds(
    came,
    st.uuids().map(str),
    st.integers(0, 2000),
    st.sampled_from((1, 2, 3)),
    st.booleans(),
)


@given(st.lists(CALLERS, max_size=12))
def test_the_order_is_the_one_in_the_words_of_the_rules(line: list[Waiting]) -> None:
    ordered = in_order(line, RULES)
    for number, one in enumerate(ordered):
        assert not any(goes_first(other, one, RULES) for other in ordered[number + 1 :])


@given(CALLERS, st.lists(CALLERS, max_size=12))
def test_nobody_starves(patient: Waiting, others: list[Waiting]) -> None:
    # Whoever comes later than the head start of a VIP is behind, unless it is about safety or
    # they were with an agent already.
    later = [
        came(other.handoff_id, 1 + RULES.vip_ahead_s + (other.since - NOW) / SECOND, priority)
        for other in others
        for priority in (2, 3)
    ]
    start: datetime = NOW
    patient = came(patient.handoff_id, (start - NOW) / SECOND, 3)
    assert all(place(patient, RULES) < place(other, RULES) for other in later)
