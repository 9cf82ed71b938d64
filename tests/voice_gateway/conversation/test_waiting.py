"""What a caller on hold is told, and what nobody pretends to know."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from simulation import ENGLISH

from voice_gateway.conversation.events import CallbackReason, WaitEstimated
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.waiting import WaitTeller


def waiting(handoff_wait: float = 600.0) -> WaitTeller:
    teller = WaitTeller(ENGLISH, Timing(handoff_wait=handoff_wait))
    teller.begin(0.0)
    return teller


def names(teller: WaitTeller, found: WaitEstimated, now: float) -> list[str]:
    return [name for name, _ in teller.news(found, now).phrases]


def test_the_first_news_tells_place_and_wait() -> None:
    told = waiting().news(WaitEstimated(180.0, 2), 0.0)
    assert told.phrases == (("place", {"place": "2"}), ("wait", {"wait": "about three minutes"}))
    assert not told.asks


def test_who_has_nobody_before_them_hears_of_no_line() -> None:
    assert names(waiting(), WaitEstimated(60.0, 1), 0.0) == ["wait"]


def test_a_place_is_told_once_until_it_changes() -> None:
    teller = waiting()
    teller.news(WaitEstimated(180.0, 2), 0.0)
    assert names(teller, WaitEstimated(120.0, 2), 60.0) == ["wait_remaining"]
    assert names(teller, WaitEstimated(60.0, 1), 120.0) == ["place_next", "wait"]


def test_who_is_passed_on_is_told_anew() -> None:
    teller = waiting()
    teller.news(WaitEstimated(60.0, 2), 0.0)
    teller.begin(100.0)
    assert names(teller, WaitEstimated(60.0, 2), 110.0) == ["place", "wait"]


def test_a_wait_that_is_not_known_is_not_told() -> None:
    assert names(waiting(), WaitEstimated(None, 3), 0.0) == ["place"]
    assert names(waiting(), WaitEstimated(None), 0.0) == []


def test_a_wait_beyond_the_limit_is_told_as_what_happens_then() -> None:
    told = waiting(handoff_wait=120.0).news(WaitEstimated(600.0), 0.0)
    assert told.phrases == (("wait_too_long", {"wait": "about two minutes"}),)


def test_an_estimate_in_whole_minutes_may_reach_beyond_the_limit_a_little() -> None:
    teller = waiting(handoff_wait=60.0)
    assert names(teller, WaitEstimated(60.0), 2.0) == ["wait"]


def test_shortly_before_the_limit_no_wait_is_told() -> None:
    assert names(waiting(handoff_wait=60.0), WaitEstimated(60.0), 50.0) == []


def test_a_wait_that_was_exceeded_is_admitted_once() -> None:
    teller = waiting()
    teller.news(WaitEstimated(60.0), 0.0)
    said = [teller.comfort(now).phrases[0][0] for now in (20.0, 40.0, 60.0, 80.0)]
    assert said == ["hold_update", "hold_update", "wait_exceeded", "hold_update"]


def test_a_call_back_is_offered_last_and_not_again_for_minutes() -> None:
    teller = waiting()
    told = teller.news(WaitEstimated(420.0, 5, "long_wait"), 0.0)
    assert [name for name, _ in told.phrases] == ["place", "wait", "callback_long_wait"]
    assert told.asks
    assert not teller.news(WaitEstimated(420.0, 4, "long_wait"), 60.0).asks
    assert not teller.comfort(200.0).asks
    assert teller.comfort(240.0).asks


def test_a_call_back_that_is_no_longer_offered_is_not_asked_about() -> None:
    teller = waiting()
    teller.news(WaitEstimated(420.0, 5, "long_wait"), 0.0)
    teller.news(WaitEstimated(120.0, 2), 60.0)
    assert not teller.comfort(300.0).asks


def test_where_nobody_is_there_a_place_in_line_means_nothing() -> None:
    told = names(waiting(), WaitEstimated(None, 1, "nobody_there"), 0.0)
    assert told == ["callback_nobody_there"]


NEWS = st.builds(
    WaitEstimated,
    st.none() | st.sampled_from([30.0, 60.0, 300.0, 1200.0]),
    st.none() | st.integers(1, 9),
    st.sampled_from([None, *get_args(CallbackReason)]),
)


@given(st.lists(st.tuples(st.sampled_from([5.0, 20.0, 90.0]), st.none() | NEWS), max_size=30))
def test_everything_told_is_a_phrase_of_the_language(
    steps: list[tuple[float, WaitEstimated | None]],
) -> None:
    teller, now = waiting(), 0.0
    asked: list[float] = []
    for wait, found in steps:
        now += wait
        told = teller.comfort(now) if found is None else teller.news(found, now)
        for name, words in told.phrases:
            assert all(
                "{" not in phrase.format(**words) for phrase in getattr(ENGLISH.phrases, name)
            )
        if found is None:
            assert told.phrases, "comfort is never nothing"
        if told.asks:
            asked.append(now)
    assert all(later - earlier >= 240.0 for earlier, later in pairwise(asked))
