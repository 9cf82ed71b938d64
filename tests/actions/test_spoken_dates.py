"""Days and times as callers say them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.spoken_dates import time_of_day, when
from tests.actions.conftest import words

TODAY = date(2026, 11, 23)  # a Monday
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
    "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth"
)
UNITS = words(". one two three four five six seven eight nine ten eleven twelve")


def ordinal(number: int) -> str:
    if number <= 20:
        return ORDINALS[number - 1]
    if number == 30:
        return "thirtieth"
    return f"{'twenty' if number < 30 else 'thirty'} {ORDINALS[number % 10 - 1]}"


class TestAnyDay:
    @given(days, st.integers(0, 364))
    def test_is_understood_by_month_and_ordinal(self, today: date, ahead: int) -> None:
        day = today + timedelta(ahead)
        said = f"are you open {day:%B} {ordinal(day.day)}"
        assert when(said, today).day == day

    @given(days, st.integers(0, 364))
    def test_is_understood_by_ordinal_and_month(self, today: date, ahead: int) -> None:
        day = today + timedelta(ahead)
        assert when(f"on the {ordinal(day.day)} of {day:%B}", today).day == day

    @given(days, st.integers(0, 6))
    def test_of_the_week_is_the_next_one(self, today: date, ahead: int) -> None:
        day = today + timedelta(ahead)
        assert when(f"what about {day:%A}", today).day == day

    @given(days, st.integers(1, 12))
    def test_does_not_hide_the_time(self, today: date, hour: int) -> None:
        asked = when(f"tomorrow at {UNITS[hour]} p m", today)
        assert asked.day == today + timedelta(1)
        assert asked.time == time(hour % 12 + 12)

    @given(st.text(max_size=80), days)
    def test_no_text_is_too_strange_to_read(self, text: str, today: date) -> None:
        when(text, today)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", date(2026, 11, 23)),
        ("tonight", date(2026, 11, 23)),
        ("tomorrow", date(2026, 11, 24)),
        ("the day after tomorrow", date(2026, 11, 25)),
        ("on sundays", date(2026, 11, 29)),
        ("next monday", date(2026, 11, 30)),
        ("december twenty fourth", date(2026, 12, 24)),
        ("december 24", date(2026, 12, 24)),
        ("the fourth of july", date(2027, 7, 4)),
        ("on the twenty fourth", date(2026, 11, 24)),
        ("christmas eve", date(2026, 12, 24)),
        ("christmas day", date(2026, 12, 25)),
        ("new year's eve", date(2026, 12, 31)),
        ("new years day", date(2027, 1, 1)),
        ("thanksgiving", date(2026, 11, 26)),
        ("labor day", date(2027, 9, 6)),
        ("memorial day", date(2027, 5, 31)),
    ],
)
def test_ways_to_say_a_day(said: str, day: date) -> None:
    assert when(f"are you open {said}", TODAY).day == day


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("six", time(18)),
        ("eight", time(8)),
        ("six in the morning", time(6)),
        ("half past five", time(17, 30)),
        ("quarter to nine", time(8, 45)),
        ("twenty past six", time(18, 20)),
        ("nine thirty", time(9, 30)),
        ("seven oh five p m", time(19, 5)),
        ("eight p.m.", time(20)),
        ("8pm", time(20)),
        ("18:30", time(18, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("twelve thirty", time(12, 30)),
    ],
)
def test_ways_to_say_a_time(said: str, moment: time) -> None:
    assert time_of_day(f"are you open at {said}") == moment


@pytest.mark.parametrize(
    "said",
    [
        "when do you open",
        "the first one",
        "one of these days",
        "may i ask",
        "for two days",
        "hours",
    ],
)
def test_no_time_is_found_where_none_was_said(said: str) -> None:
    assert time_of_day(said) is None


def test_a_holiday_keeps_its_name() -> None:
    asked = when("are you open on christmas eve at six", TODAY)
    assert (asked.name, asked.time) == ("Christmas Eve", time(18))


@pytest.mark.parametrize("text", ["what about the downtown one", "no that one", "the other one"])
def test_some_one_is_no_time_of_day(text: str) -> None:
    assert time_of_day(text) is None
