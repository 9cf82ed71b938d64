"""What callers are told of their place, their wait and a call-back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.routing.agents import Agent
from contact_center.routing.rules import RoutingRules
from contact_center.routing.wait_estimate import (
    Recent,
    Standing,
    Told,
    expected_s,
    is_news,
    standing,
    told,
)
from contact_center.routing.waiting import Waiting

from ..conftest import NOW

RULES = RoutingRules()
SECOND = timedelta(seconds=1)
RECENT = Recent((4.0, 5.0, 6.0, 7.0, 8.0), (240.0,) * 5)
BUSY = Agent("Sam", "on_call", NOW, NOW, calls=1)
FREE = Agent("Kim", "available", NOW, NOW)


def caller(handoff_id: str, waited_s: float = 0, **known: object) -> Waiting:
    waiting = Waiting(handoff_id, handoff_id, NOW - waited_s * SECOND)
    return replace(waiting, **known)  # type: ignore[arg-type]


def of(
    waiting: Waiting, line: list[Waiting], agents: list[Agent], recent: Recent = RECENT
) -> Standing:
    return standing(waiting, line, agents, recent, NOW, RULES)


def test_with_somebody_free_it_takes_as_long_as_agents_take_to_answer() -> None:
    assert of(caller("me"), [], [BUSY, FREE]) == Standing(1, 2, 0.0, 7.0, True)


def test_with_nobody_free_a_conversation_has_to_end() -> None:
    one = of(caller("me"), [], [BUSY]).expected_s
    # The third quartile of an exponential time is ln 4 times its mean.
    assert one == pytest.approx(7 + 240 * 1.386, rel=0.01)
    two = of(caller("me"), [], [BUSY, replace(BUSY, name="Ada")]).expected_s
    assert two == pytest.approx(7 + 120 * 1.386, rel=0.01)


def test_who_is_ahead_makes_it_longer_and_who_gives_up_shorter() -> None:
    line = [caller(f"h{number}", 10 + number) for number in range(5)]
    alone = of(caller("me"), [], [BUSY])
    behind = of(caller("me"), line, [BUSY])
    impatient = of(caller("me"), line, [BUSY], replace(RECENT, gave_up_per_s=1 / 120))
    waits = [found.expected_s or 0.0 for found in (alone, impatient, behind)]
    assert waits == sorted(waits)
    assert len(set(waits)) == 3
    assert behind.position == 6
    # Six conversations of four minutes, one after the other, and some reserve.
    assert 6 * 240 < waits[2] < 1.4 * 6 * 240


def test_only_who_wants_the_same_agents_makes_it_longer() -> None:
    spanish = replace(BUSY, name="Sol", languages=frozenset({"es"}))
    others = [caller(f"h{number}", 10, language="es") for number in range(5)]
    found = of(caller("me"), others, [BUSY, spanish])
    assert (found.position, found.expected_s) == (1, of(caller("me"), [], [BUSY]).expected_s)


def test_what_will_be_let_go_soon_is_counted_from_then_on() -> None:
    skilled = replace(BUSY, skills=frozenset({"returns"}))
    wish = frozenset({"returns"})
    assert of(caller("me", 20, skills=wish), [], [skilled, FREE]).expected_s == 40.0
    assert of(caller("me", 60, skills=wish), [], [skilled, FREE]).expected_s == 7.0


def test_the_position_does_not_rise_when_wishes_are_let_go() -> None:
    others = [caller(f"h{number}", 300, skills=frozenset({"disputes"})) for number in range(3)]
    for waited_s in (10, 70, 200):
        me = caller("me", waited_s, skills=frozenset({"returns"}))
        assert of(me, [*others, me], [BUSY]).position == 4


@pytest.mark.parametrize(
    ("agents", "recent"),
    [
        ([], RECENT),
        ([replace(BUSY, state="break", calls=0, break_reason="lunch")], RECENT),
        ([FREE], Recent((4.0, 5.0), (240.0,) * 5)),
        ([BUSY], Recent((4.0, 5.0, 6.0), (240.0,) * 2)),
    ],
    ids=["nobody_there", "all_on_a_break", "nothing_known", "no_call_ended_lately"],
)
def test_what_is_not_known_is_not_told(agents: list[Agent], recent: Recent) -> None:
    found = of(caller("me"), [], agents, recent)
    assert found.expected_s is None
    assert told(found, 3, RULES).expected_s is None


SECONDS = st.lists(st.floats(0, 3600), min_size=3, max_size=20).map(tuple)


@given(SECONDS, SECONDS, st.floats(0, 1), st.integers(1, 50), st.integers(0, 30))
def test_more_callers_ahead_never_make_it_shorter(
    answered: tuple[float, ...], handled: tuple[float, ...], gave_up: float, slots: int, ahead: int
) -> None:
    recent = Recent(answered, handled, gave_up)
    shorter = expected_s(recent, slots=slots, to_end=ahead, leaving=max(0, ahead - 1))
    longer = expected_s(recent, slots=slots, to_end=ahead + 1, leaving=ahead)
    assert shorter is not None
    assert longer is not None
    assert 0 <= shorter <= longer + 1e-6


def stands(expected: float | None, waited_s: float = 0, there: bool = True) -> Standing:
    return Standing(3, 2, waited_s, expected, there)


def test_the_wait_is_told_in_whole_minutes_upwards() -> None:
    assert told(stands(61.0), 3, RULES) == Told(3, 120, None)
    assert told(stands(60.0), 3, RULES).expected_s == 60


def test_a_call_back_is_offered_for_a_reason() -> None:
    assert told(stands(300.0), 3, RULES).callback is None
    assert told(stands(301.0), 3, RULES).callback == "long_wait"
    assert told(stands(None, 119), 3, RULES).callback is None
    assert told(stands(None, 120), 3, RULES).callback == "waited_long"
    assert told(stands(None, 0, there=False), 3, RULES).callback == "nobody_there"


def test_a_safety_complaint_is_kept_on_the_line_while_anybody_is_there() -> None:
    assert told(stands(999.0, 999), 1, RULES).callback is None
    assert told(stands(None, 0, there=False), 1, RULES).callback == "nobody_there"


def test_callers_are_told_again_when_it_is_news_but_not_all_the_time() -> None:
    before, moved = Told(3, 120, None), Told(2, 120, None)
    assert is_news(before, moved, 60, RULES)
    assert not is_news(before, moved, 59, RULES)
    assert not is_news(before, before, 600, RULES)
    assert is_news(before, Told(3, 360, "long_wait"), 0, RULES)
