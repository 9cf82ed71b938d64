"""Times and days in words."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.wording import clock_words, day_words, digit_words, number_words

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(9), "nine in the morning"),
        (time(12), "noon"),
        (time(0), "midnight"),
        (time(17, 30), "half past five in the evening"),
        (time(12, 20), "twelve twenty in the afternoon"),
        (time(20, 5), "eight oh five in the evening"),
        (time(21, 45), "nine forty-five at night"),
        (time(0, 15), "twelve fifteen in the morning"),
    ],
)
def test_times_are_said_as_people_say_them(at: time, words: str) -> None:
    assert clock_words(at) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (2, "on Friday"),
        (6, "on Tuesday"),
        (7, "on Wednesday, March eleventh"),
        (28, "on Wednesday, April first"),
    ],
)
def test_days_are_said_as_seen_from_today(distance: int, words: str) -> None:
    assert day_words(WEDNESDAY + timedelta(days=distance), WEDNESDAY) == words


def test_digits_are_said_one_by_one() -> None:
    assert digit_words(("4", "2")) == "four two"


def test_numbers_out_of_range_are_refused() -> None:
    assert number_words(59) == "fifty-nine"
    with pytest.raises(ValueError, match="60"):
        number_words(60)


@given(st.times(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_nothing_is_left_in_figures(at: time, today: date, distance: int) -> None:
    words = clock_words(at) + day_words(today + timedelta(days=distance), today)
    assert not any(char.isdigit() for char in words)
