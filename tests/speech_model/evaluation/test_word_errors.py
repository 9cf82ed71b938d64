from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.evaluation.word_errors import normalised, right_words, word_errors

WORDS = st.lists(st.sampled_from(["one", "two", "three", "please"]), min_size=1, max_size=6)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Press 9 for more entries.", "press nine for more entries"),
        ("...to lock, or unlock", "to lock or unlock"),
        ("A.M.", "am"),
        ("at six p. m.", "at six pm"),
        ("O\u2019clock", "o'clock"),
        ("x-ray Whisky OK", "xray whiskey okay"),
        ("I'm 'sorry'", "i'm sorry"),
        ("", ""),
        ("...", ""),
    ],
)
def test_texts_are_brought_into_one_spelling(written: str, spoken: str) -> None:
    assert normalised(written) == spoken


@given(st.text(alphabet="abmopx .,'-59", max_size=30))
def test_the_one_spelling_stays_as_it_is(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once


def test_errors_are_counted_by_kind() -> None:
    errors = word_errors(
        ["where is my order", "yes please", "no"], ["where is order", "yes peas", "no no"]
    )
    assert (errors.words, errors.left_out, errors.substituted, errors.put_in) == (7, 1, 1, 1)
    assert errors.rate == pytest.approx(3 / 7)
    assert (errors.sentences, errors.wrong_sentences) == (3, 3)


def test_what_was_not_heard_at_all_is_wholly_wrong() -> None:
    errors = word_errors(["four eight two"], [""])
    assert errors.rate == 1.0
    assert errors.left_out == 3


@given(TEXTS)
def test_what_was_heard_as_said_has_no_errors(texts: list[str]) -> None:
    errors = word_errors(texts, texts)
    assert (errors.rate, errors.low, errors.high, errors.wrong_sentences) == (0.0, 0.0, 0.0, 0)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_the_interval_holds_the_rate_of_every_utterance_between_its_extremes(
    pairs: list[tuple[list[str], list[str]]],
) -> None:
    said, heard = ([" ".join(pair[side]) for pair in pairs] for side in (0, 1))
    errors = word_errors(said, heard)
    each = [word_errors([s], [h]).rate for s, h in zip(said, heard, strict=True)]
    assert min(each) - 1e-9 <= errors.low <= errors.high <= max(each) + 1e-9
    assert errors.words == sum(len(pair[0]) for pair in pairs)


def test_more_utterances_make_the_interval_narrower() -> None:
    few = word_errors(["one two", "three"] * 5, ["one two", "two"] * 5)
    many = word_errors(["one two", "three"] * 500, ["one two", "two"] * 500)
    assert few.rate == many.rate
    assert many.high - many.low < (few.high - few.low) / 5


def test_the_interval_repeats() -> None:
    assert word_errors(["one"] * 9, ["two", *["one"] * 8]) == word_errors(
        ["one"] * 9, ["two", *["one"] * 8]
    )


@pytest.mark.parametrize(("said", "heard"), [([], []), (["one"], []), ([""], ["one"])])
def test_nothing_said_has_no_error_rate(said: list[str], heard: list[str]) -> None:
    with pytest.raises(ValueError, match="none said empty"):
        word_errors(said, heard)


def test_each_word_heard_is_right_or_wrong() -> None:
    assert right_words("four eight two", "four a eight two") == [True, False, True, True]
    assert right_words("four eight", "for eight") == [False, True]
    assert right_words("four", "") == []
    assert right_words("", "four") == [False]


@given(WORDS, WORDS)
def test_no_more_words_are_right_than_were_said(said: list[str], heard: list[str]) -> None:
    right = right_words(" ".join(said), " ".join(heard))
    assert len(right) == len(heard)
    assert sum(right) <= len(said)
