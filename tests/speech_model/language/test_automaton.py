"""The automata of word classes: what can be said, and how likely."""

from __future__ import annotations

import math

import pytest

from speech_model.language.automaton import Arc, WordAutomaton

# "new year" three times of four, otherwise "new year's eve".
NEW_YEAR = WordAutomaton(
    (
        (Arc("new", 0.0, 1),),
        (Arc("year", -math.log(0.75), 2), Arc("year's", -math.log(0.25), 3)),
        (),
        (Arc("eve", 0.0, 2),),
    ),
    {2: 0.0},
)


def test_a_phrase_has_its_share() -> None:
    assert NEW_YEAR.probability(["new", "year"]) == pytest.approx(0.75)
    assert NEW_YEAR.probability(["new", "year's", "eve"]) == pytest.approx(0.25)


@pytest.mark.parametrize("phrase", ["", "new", "year", "new year eve", "old year"])
def test_what_is_no_phrase_has_none(phrase: str) -> None:
    assert NEW_YEAR.probability(phrase.split()) == 0.0


@pytest.mark.parametrize(
    ("said", "reach"),
    [("new year", 2), ("new year's eve please", 3), ("new year's", 0), ("a new year", 0), ("", 0)],
)
def test_the_longest_phrase_from_the_first_word_on_is_found(said: str, reach: int) -> None:
    assert NEW_YEAR.longest(said.split()) == reach


def test_its_words_and_sizes_are_told() -> None:
    assert NEW_YEAR.words() == {"new", "year", "year's", "eve"}
    assert (NEW_YEAR.states, NEW_YEAR.size) == (4, 4)


def test_a_step_is_found_by_its_word() -> None:
    assert NEW_YEAR.step(1, "year's") == Arc("year's", -math.log(0.25), 3)
    assert NEW_YEAR.step(1, "old") is None
