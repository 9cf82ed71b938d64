"""Values in spoken sentences."""

from __future__ import annotations

from datetime import date, time

import pytest

from actions.wording import listed, spoken_day, spoken_number, spoken_time

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 22), "yesterday"),
        (TODAY, "today"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 27), "on Friday"),
        (date(2026, 11, 30), "on Monday, November 30"),
        (date(2026, 11, 17), "on November 17"),
    ],
)
def test_days(day: date, words: str) -> None:
    assert spoken_day(day, TODAY) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(8), "8 AM"),
        (time(18, 30), "6:30 PM"),
        (time(12), "noon"),
        (time(0), "midnight"),
        (time(0, 5), "12:05 AM"),
    ],
)
def test_times(moment: time, words: str) -> None:
    assert spoken_time(moment) == words


def test_order_numbers_are_grouped() -> None:
    assert spoken_number("B482913") == "B, 4 8 2, 9 1 3"


def test_lists() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
