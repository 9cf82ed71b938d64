"""How upset a caller seems, and that one word alone never says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation import ENGLISH

from voice_gateway.conversation.affect import AffectMeter


def meter() -> AffectMeter:
    return AffectMeter(ENGLISH)


@pytest.mark.parametrize("text", ["where is my order", "four eight two", "", "thank you so much"])
def test_calm_words_score_nothing(text: str) -> None:
    assert meter().judge(text).score == 0


@pytest.mark.parametrize("cue", sorted(ENGLISH.affect_cues))
def test_one_cue_alone_is_never_strong(cue: str) -> None:
    assert 0 < meter().judge(cue).score <= 0.5


def test_several_cues_add_up_and_are_named() -> None:
    affect = meter().judge("this is unacceptable and nobody is helping me")
    assert affect.score >= 0.8
    assert set(affect.cues) == {"unacceptable", "nobody is helping"}


def test_a_cue_inside_another_word_does_not_count() -> None:
    assert meter().judge("i live in hellertown").score == 0


def test_who_repeats_the_request_is_more_upset_than_who_says_it_once() -> None:
    once, again = meter(), meter()
    again.judge("where is my order please")
    assert again.judge("where is my order now please").score > once.judge("where is my order").score


def test_a_repeated_short_answer_is_no_sign() -> None:
    caller = meter()
    caller.judge("yes")
    assert caller.judge("yes").score == 0


def test_interrupting_adds_a_little() -> None:
    assert 0 < meter().judge("where is my order", barge_in=True).score < 0.3


def test_anger_is_carried_into_the_next_angry_turn_and_a_calm_turn_ends_it() -> None:
    caller = meter()
    first = caller.judge("this is ridiculous").score
    assert caller.judge("it is terrible").score > first
    assert caller.judge("four eight two").score == 0


TURN = st.lists(st.sampled_from([*ENGLISH.affect_cues, "my", "order", "is", "late"]), max_size=12)


@given(st.lists(st.tuples(TURN.map(" ".join), st.booleans()), max_size=10))
def test_scores_stay_between_0_and_1(turns: list[tuple[str, bool]]) -> None:
    caller = meter()
    assert all(0 <= caller.judge(text, barge_in=barge).score <= 1 for text, barge in turns)
