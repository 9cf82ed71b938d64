"""Phrases in the designer's notation are found in what callers say."""

from __future__ import annotations

import pytest
from policies.phrases import WordList


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("on fire", "It's on fire!"),
        ("lawyer/attorney", "my attorney says so"),
        ("caught (on) fire", "it caught fire"),
        ("caught (on) fire", "it caught on fire"),
        ("got (badly/going to get) hurt", "i got going to get hurt"),
        ("smoke ... out", "smoke is coming out"),
        ("injur*", "several injuries"),
        ("don't", "i don\u2019t"),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    assert WordList([phrase]).occurs_in(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("fire", "you are fired"),
        ("on fire", "fire on"),
        ("smoke ... out", "smoke was all over the place coming out"),
        ("a b", "a"),
    ],
)
def test_a_phrase_is_found_in_whole_words_and_in_order(phrase: str, text: str) -> None:
    assert not WordList([phrase]).occurs_in(text)


def test_harmless_phrases_are_taken_out_first() -> None:
    words = WordList(["fire"], but_not=["fire pit/pits"])
    assert not words.occurs_in("the fire pit is late")
    assert words.occurs_in("the fire pit started a fire")


def test_a_phrase_that_is_denied_does_not_count() -> None:
    words = WordList(["got hurt"], negations=frozenset({"nobody"}))
    assert not words.occurs_in("nobody got hurt")
    assert not words.occurs_in("nobody really got hurt")
    assert words.occurs_in("nobody helped me when i got hurt")
    assert words.occurs_in("nobody got hurt before but now i got hurt")


@pytest.mark.parametrize("phrase", ["", "...", "(on)", "on/ fire", "what?", "(a/) b"])
def test_a_phrase_that_makes_no_sense_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"no word|empty"):
        WordList([phrase])
