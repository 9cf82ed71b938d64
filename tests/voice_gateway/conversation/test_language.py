"""Which words keep the floor, which do not, and that the English resource is whole."""

from __future__ import annotations

import re

import pytest
from simulation import ENGLISH

from voice_gateway.languages import load_language


@pytest.mark.parametrize("text", ["", "mm hmm", "okay", "uh huh okay", "um", "right yeah"])
def test_listening_noises_are_back_channels(text: str) -> None:
    assert ENGLISH.is_back_channel(text)


@pytest.mark.parametrize("text", ["no", "okay but where is it", "i want a person", "mm stop"])
def test_words_with_a_meaning_are_not(text: str) -> None:
    assert not ENGLISH.is_back_channel(text)


def test_an_answer_is_told_by_how_it_begins() -> None:
    assert ENGLISH.is_affirmation("yes that is right")
    assert ENGLISH.is_affirmation("yes")
    assert not ENGLISH.is_affirmation("yesterday")
    assert ENGLISH.is_denial("no it is not")
    assert not ENGLISH.is_denial("nothing")


def test_every_phrase_without_a_place_holder_can_be_synthesised_ahead() -> None:
    assert not any("{" in phrase for phrase in ENGLISH.phrases.all())
    assert len(ENGLISH.phrases.all()) > 15


@pytest.mark.parametrize("name", sorted(vars(ENGLISH.phrases)))
def test_every_phrase_has_variations_of_at_most_two_sentences(name: str) -> None:
    variations = getattr(ENGLISH.phrases, name)
    assert len(set(variations)) >= 2
    assert all(len(re.findall(r"[.?!](?:\s|$)", phrase)) <= 2 for phrase in variations)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds"),
        (30, "about half a minute"),
        (60, "about a minute"),
        (120, "about two minutes"),
        (320, "a little over five minutes"),
        (600, "about ten minutes"),
        (1e9, "more than half an hour"),
    ],
)
def test_waiting_times_are_told_as_people_do(seconds: float, words: str) -> None:
    assert ENGLISH.wait_in_words(seconds) == words


def test_waiting_times_are_in_order() -> None:
    limits = [wait.up_to for wait in ENGLISH.waits]
    assert limits == sorted(limits)


def test_an_unknown_language_says_which_file_is_missing() -> None:
    with pytest.raises(LookupError, match=r"voice_gateway/languages/tlh\.toml"):
        load_language("tlh")
