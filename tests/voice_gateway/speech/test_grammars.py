from __future__ import annotations

from itertools import pairwise

import pytest

from voice_gateway.speech.grammars import DIGITS, phrases, prefers_narrowed, symbols
from voice_gateway.speech.model import SpeechModel


@pytest.mark.parametrize("grammar", ["digits", "code", "yes_no"])
def test_the_shipped_model_has_every_word_of_the_grammars(model: SpeechModel, grammar: str) -> None:
    wanted, missing = phrases(grammar, (), model.has_word)
    assert missing == []
    assert wanted is not None
    assert wanted[-1] == "[unk]"


def test_any_digit_may_follow_any_digit() -> None:
    told, _ = phrases("digits", (), lambda _: True)
    pairs = {pair for phrase in told or () for pair in pairwise(phrase.split())}
    assert {(one, other) for one in DIGITS for other in DIGITS} <= pairs


def test_a_number_may_follow_a_no_where_one_was_read_back() -> None:
    plain, _ = phrases("yes_no", (), lambda _: True)
    read_back, _ = phrases("yes_no", (), lambda _: True, 6)
    more = set(read_back or ()) - set(plain or ())
    assert more
    assert all(phrase.startswith("no it's ") and symbols(phrase) for phrase in more)


def test_free_speech_has_no_phrases(model: SpeechModel) -> None:
    assert phrases("free", (), model.has_word) == (None, [])


def test_choices_with_unknown_words_are_left_out_and_named(model: SpeechModel) -> None:
    wanted, missing = phrases("choice", ("Text message", "blibbl mail"), model.has_word)
    assert wanted == ["text message", "[unk]"]
    assert missing == ["blibbl"]


def test_no_usable_phrase_means_free_speech() -> None:
    assert phrases("choice", ("blibbl",), lambda _: False) == (None, ["blibbl"])


def test_another_spelling_of_the_model_is_used() -> None:
    wanted, missing = phrases("code", (), lambda word: word != "xray")
    assert wanted is not None
    assert "x as in x-ray" in wanted
    assert missing == []


def test_unknown_grammars_and_empty_choices_are_refused() -> None:
    with pytest.raises(ValueError, match="no grammar 'numbers'"):
        phrases("numbers", (), lambda _: True)
    with pytest.raises(ValueError, match="needs choices"):
        phrases("choice", (), lambda _: True)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("four eight two nine one three", "482913"),
        ("double five oh triple one", "550111"),
        ("b four eight", "B48"),
        ("b as in bravo four", "B4"),
        ("b for echo four", "E4"),
        ("bravo four", "B4"),
        ("double b", "BB"),
        ("b for", None),
        ("my number is four", None),
        ("it's four eight", "48"),
        ("no it's four eight", "48"),
        ("it's", None),
        ("double", None),
        ("", None),
    ],
)
def test_spelled_symbols(said: str, meant: str | None) -> None:
    assert symbols(said) == meant


@pytest.mark.parametrize(
    ("grammar", "free", "narrowed", "length", "believed"),
    [
        ("digits", "eight zero six two three the", "eight zero six two three seven", 6, True),
        ("digits", "eight zero six two three seven", "eight zero six two three one", 6, False),
        ("digits", "four four nine eight", "four nine eight", 4, False),
        ("digits", "four four nine", "four four", None, False),
        ("digits", "one and the other one", "one five one", None, False),
        ("digits", "one five the one", "one five five one", None, True),
        ("digits", "i want to talk to a person", "one two [unk]", 6, False),
        ("digits", "i want to talk to a person", "one two two two eight five", 6, False),
        ("digits", "hello", "", 6, False),
        ("code", "u four uniform one eight", "u for uniform one eight", 3, True),
        ("yes_no", "guess", "yes", None, True),
        ("yes_no", "yes my laptop broke", "yes [unk]", None, False),
        ("yes_no", "i want my money back", "no no", None, False),
        (
            "yes_no",
            "know which one nine six eight seven seven",
            "no it's one nine two eight seven seven",
            6,
            True,
        ),
        ("yes_no", "no i want to talk to a person", "no it's one two two two eight five", 6, False),
        ("yes_no", "yes", "yes", 6, True),
        ("choice", "next message", "text message", None, True),
    ],
)
def test_which_decoding_is_believed(
    grammar: str, free: str, narrowed: str, length: int | None, believed: bool
) -> None:
    chosen = prefers_narrowed(grammar, free=free, narrowed=narrowed, length=length)
    assert chosen is believed
