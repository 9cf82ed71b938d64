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
        ("yes please", YES_NO),
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
        ("it's on the receipt", SIX_DIGITS),
        ("i am", FREE),
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


def test_words_that_the_assistant_takes_as_complete_need_300_ms() -> None:
    assert RULE.silence_needed("where is my order", FREE) == 0.7
    assert RULE.silence_needed("where is my order", FREE, whole=True) == 0.3


def test_where_a_number_is_awaited_other_words_may_be_misheard_and_need_700_ms() -> None:
    assert RULE.silence_needed("where is my order", SIX_DIGITS, whole=True) == 0.7


def test_a_number_that_nobody_asked_for_is_complete_if_the_assistant_knows_it_to_be() -> None:
    heard = "my order number is four eight two nine one three"
    assert RULE.silence_needed(heard, FREE) == 1.5
    assert RULE.silence_needed(heard, FREE, whole=True) == 0.3


def test_an_awaited_number_is_complete_by_its_length_alone() -> None:
    heard = "the number is four eight two"
    assert RULE.silence_needed(heard, SIX_DIGITS, whole=True) == 1.5


@pytest.mark.parametrize(
    ("heard", "expected"), [("yes", YES_NO), ("no", YES_NO), ("hello", FREE), ("thanks", FREE)]
)
@pytest.mark.parametrize("whole", [True, False])
def test_words_with_which_more_mostly_begins_need_600_ms(
    heard: str, expected: Expect, whole: bool
) -> None:
    assert RULE.silence_needed(heard, expected, whole=whole) == 0.6


@pytest.mark.parametrize("heard", ["let me see", "uh one moment", "i'm sorry hold on"])
@pytest.mark.parametrize("expected", [FREE, SIX_DIGITS, YES_NO])
def test_who_is_looking_for_something_gets_2200_ms(heard: str, expected: Expect) -> None:
    assert RULE.silence_needed(heard, expected, whole=True) == 2.2
