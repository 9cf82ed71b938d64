"""Values in spoken sentences."""

from __future__ import annotations

from datetime import date, time

import pytest

from actions.wording import (
    listed,
    spoken_amount,
    spoken_by,
    spoken_day,
    spoken_number,
    spoken_part,
    spoken_time,
)
from contact_center.orders import Part

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


def test_the_last_day_of_a_promise() -> None:
    assert [spoken_by(date(2026, 11, day), TODAY) for day in (23, 24, 27)] == [
        "by today",
        "by tomorrow",
        "by Friday",
    ]


def test_amounts() -> None:
    assert [spoken_amount(cents) for cents in (5499, 6000, 105)] == ["$54.99", "$60", "$1.05"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            Part(("a pair of hiking boots",), "in_transit", date(2026, 11, 24), None),
            "the hiking boots should arrive tomorrow",
        ),
        (
            Part(("a tent", "a floor lamp"), "delivered", None, date(2026, 11, 22)),
            "the tent and floor lamp came yesterday",
        ),
        (
            Part(("a tent",), "in_transit", date(2026, 11, 22), None),
            "the tent should have arrived yesterday",
        ),
        (Part(("a tent",), "packing", None, None), "we are still packing the tent"),
        (Part(("a tent",), "in_transit", None, None), "we have shipped the tent"),
        (Part(("a tent",), "delivered", None, None), "we have delivered the tent"),
    ],
)
def test_parts_of_an_order(part: Part, words: str) -> None:
    assert spoken_part(part, TODAY) == words
