"""How much silence ends a turn, judged by the words so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation import ENGLISH

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.endpoint import EndOfTurn
from voice_gateway.conversation.timing import Timing

RULE = EndOfTurn(ENGLISH, Timing())
FREE, YES_NO, SIX_DIGITS = Expect("free"), Expect("yes_no"), Expect("digits", length=6)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("yes", YES_NO),
        ("no thank you", YES_NO),
        ("four eight two nine one three", SIX_DIGITS),
        ("• • • • • •", SIX_DIGITS),
        ("double four eight two nine one", SIX_DIGITS),
        ("it's four eight two nine one three", SIX_DIGITS),
        ("forty eight twenty nine one three", SIX_DIGITS),
        ("b four eight two nine one three", Expect("code", length=7)),
        ("the second one", Expect("choice", ("the first one", "the second one"))),
    ],
)
def test_a_complete_answer_needs_250_ms(heard: str, expected: Expect) -> None:
    assert RULE.silence_needed(heard, expected) == 0.25


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("four eight two", SIX_DIGITS),
        ("my order number is four eight two", FREE),
        ("my order number is", FREE),
        ("i ordered a lamp and", FREE),
        ("double", SIX_DIGITS),
        ("uh let me see", SIX_DIGITS),
    ],
)
def test_a_caller_in_the_middle_of_something_gets_1500_ms(heard: str, expected: Expect) -> None:
    assert RULE.silence_needed(heard, expected) == 1.5


@pytest.mark.parametrize("heard", ["", "where is my order", "can you repeat that"])
def test_everything_else_gets_700_ms(heard: str) -> None:
    assert RULE.silence_needed(heard, FREE) == 0.7


@pytest.mark.parametrize(
    ("heard", "symbols"),
    [
        ("", 0),
        ("four eight two", 3),
        ("four double eight", 3),
        ("triple seven", 3),
        ("forty two", 2),
        ("forty", 2),
        ("twenty oh", 3),
        ("b as in bravo four", 1),
        ("four eight no five", 1),
    ],
)
def test_digits_and_letters_at_the_end_are_counted(heard: str, symbols: int) -> None:
    assert RULE.symbols(heard) == symbols


WORDS = st.lists(st.sampled_from([*ENGLISH.digits, "double", "and", "order", "yes", "b"]))


@given(WORDS.map(" ".join), st.sampled_from([FREE, YES_NO, SIX_DIGITS]))
def test_no_silence_in_a_turn_lasts_longer_than_2500_ms(heard: str, expected: Expect) -> None:
    assert 0.25 <= RULE.silence_needed(heard, expected) <= 2.5


def test_words_that_the_assistant_takes_as_complete_need_250_ms() -> None:
    assert RULE.silence_needed("where is my order", FREE) == 0.7
    assert RULE.silence_needed("where is my order", FREE, whole=True) == 0.25


@pytest.mark.parametrize("heard", ["i want to talk about", "my order number is four eight two"])
def test_whoever_is_in_the_middle_of_something_is_given_time_all_the_same(heard: str) -> None:
    assert RULE.silence_needed(heard, FREE, whole=True) == 1.5
