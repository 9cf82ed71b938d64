"""Words made of words that are written down."""

from __future__ import annotations

import pytest

from speech_model.lexicon.derivation import derived

WRITTEN = {
    "lamp": (("L", "AE", "M", "P"),),
    "dog": (("D", "AO", "G"),),
    "boss": (("B", "AO", "S"), ("B", "AA", "S")),
    "who": (("HH", "UW"),),
    "that": (("DH", "AE", "T"),),
    "did": (("D", "IH", "D"),),
    "james": (("JH", "EY", "M", "Z"),),
}


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("lamp's", "L AE M P S"),
        ("dog's", "D AO G Z"),
        ("boss's", "B AO S IH Z"),
        ("lamps'", "L AE M P S"),
        ("james'", "JH EY M Z"),
        ("who'd", "HH UW D"),
        ("that'd", "DH AE T IH D"),
        ("who'll", "HH UW L"),
        ("that'll", "DH AE T AH L"),
        ("who've", "HH UW V"),
        ("boss've", "B AO S AH V"),
        ("who're", "HH UW ER"),
        ("didn't", "D IH D AH N T"),
    ],
)
def test_endings_sound_as_in_english(word: str, phones: str) -> None:
    assert derived(word, WRITTEN)[0] == tuple(phones.split())


def test_all_ways_of_the_stem_are_kept() -> None:
    assert len(derived("boss's", WRITTEN)) == 2


@pytest.mark.parametrize("word", ["lamp", "cat's", "'s", "lamps", ""])
def test_other_words_are_not_derived(word: str) -> None:
    assert derived(word, WRITTEN) == ()
