"""Ranking by three words in a row."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.speech.readings import HeardWord, Reading, ranked
from voice_gateway.speech.trigram import Trigram

SAID = ["can you hold on please", "hold on please", "what can you do", "are you open on sunday"]
WORDS = sorted({word for phrase in SAID for word in phrase.split()} | {"giraffe"})


def reading(text: str, score: float) -> Reading:
    return Reading(tuple(HeardWord(word, 0.0, 0.1) for word in text.split()), score)


def test_words_that_callers_say_in_a_row_gain() -> None:
    trigram = Trigram(SAID)
    assert trigram.gain("can you hold on please") > trigram.gain("on you hold on please")


def test_the_better_sentence_wins_where_the_sound_hardly_tells() -> None:
    heard = [reading("on you hold on please", 100.2), reading("can you hold on please", 100.0)]
    best, other = ranked(heard, Trigram(SAID))
    assert best.text == "can you hold on please"
    assert best.score > other.score


def test_what_the_sound_tells_plainly_stays() -> None:
    heard = [reading("on you hold on please", 120.0), reading("can you hold on please", 100.0)]
    assert ranked(heard, Trigram(SAID))[0].text == "on you hold on please"


def test_without_phrases_nothing_gains() -> None:
    assert Trigram([]).gain("can you hold on please") == 0.0


@pytest.mark.parametrize("text", ["", "giraffe", "giraffe giraffe giraffe"])
def test_words_nobody_said_are_no_error(text: str) -> None:
    assert math.isfinite(Trigram(SAID).gain(text))


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_the_order_of_readings_never_loses_one(words: list[str]) -> None:
    heard = [reading(" ".join(words[:count]), float(count)) for count in range(len(words) + 1)]
    order = ranked(heard, Trigram(SAID))
    assert sorted(each.text for each in order) == sorted(each.text for each in heard)
    assert [each.score for each in order] == sorted((each.score for each in order), reverse=True)
