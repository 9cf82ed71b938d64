"""What else the caller may have said."""

from __future__ import annotations

from typing import Any

import pytest
from channels.hearings import MOST_OTHERS, other_readings, swapped


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
