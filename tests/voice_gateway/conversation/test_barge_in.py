"""Who is heard over the bot and wants the turn, and who does not."""

from __future__ import annotations

import pytest
from simulation import ENGLISH

from voice_gateway.conversation.barge_in import BargeIn
from voice_gateway.conversation.transcript import Transcript


def barge_in(*levels_db: float | None) -> BargeIn:
    judge = BargeIn(ENGLISH)
    for level in levels_db:
        judge.learn(Transcript("where is my order", level_db=level))
    return judge


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("", False),
        ("mm hmm", False),
        ("yeah okay right", False),
        ("no", False),
        ("where is", False),
        ("no the other", True),
        ("okay but where is it", True),
    ],
)
def test_who_still_speaks_wants_the_turn_after_three_words(text: str, wants: bool) -> None:
    assert barge_in().so_far(text) is wants


@pytest.mark.parametrize(
    ("text", "confidence", "wants"),
    [
        ("stop", 0.9, True),
        ("stop", 0.4, False),
        ("okay", 0.9, False),
        ("a hole", 0.5, False),
        ("where is my order", 0.2, True),
        ("", 0.0, False),
    ],
)
def test_of_few_words_those_count_that_were_surely_heard(
    text: str, confidence: float, wants: bool
) -> None:
    assert barge_in().in_full(Transcript(text, confidence=confidence)) is wants


@pytest.mark.parametrize(("level_db", "far"), [(-26.0, False), (-37.0, False), (-39.0, True)])
def test_who_is_12_db_quieter_than_the_caller_is_somebody_else(level_db: float, far: bool) -> None:
    assert barge_in(-20.0, -26.0, None, -60.0).is_far(level_db) is far


def test_nobody_is_far_before_the_caller_was_heard_or_where_the_level_is_not_known() -> None:
    assert not barge_in().is_far(-80.0)
    assert not barge_in(-26.0).is_far(None)
