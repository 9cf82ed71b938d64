"""What else the caller may have said."""

from __future__ import annotations

from typing import Any

import pytest
from channels.hearings import MOST_OTHERS, other_readings, same_numbers, swapped


def test_the_likeliest_others_are_asked() -> None:
    readings = [f"reading {number}" for number in range(6)]
    assert other_readings({"asr": {"alternatives": readings}}) == tuple(readings[:MOST_OTHERS])


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"asr": None},
        {"asr": {}},
        {"asr": {"alternatives": "text"}},
        {"asr": {"alternatives": 3}},
    ],
)
def test_without_others_there_are_none(metadata: dict[str, Any]) -> None:
    assert other_readings(metadata) == ()


def test_the_reading_that_is_not_taken_stays_among_the_others() -> None:
    metadata = {"barge_in": True, "asr": {"confidence": 0.4, "alternatives": ["cancel", "camel"]}}
    assert swapped(metadata, "cancel", "candle") == {
        "barge_in": True,
        "asr": {"confidence": 0.4, "alternatives": ["candle", "camel"]},
    }


@pytest.mark.parametrize(
    ("text", "other", "may"),
    [
        ("the first part of four two zero", "the first part a two zero", False),
        ("the first part of four two zero", "the first part is four two zero", True),
        ("where is my border", "where is my order", True),
        ("where is my order", "where is my order four", True),
    ],
)
def test_a_number_is_not_swapped_for_another(text: str, other: str, may: bool) -> None:
    assert same_numbers(text, other) is may
