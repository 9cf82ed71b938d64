"""Telephone numbers."""

from __future__ import annotations

import pytest

from contact_center.phone_numbers import e164, ending


@pytest.mark.parametrize(
    "written", ["+15550100042", "555-010-0042", "(555) 010 0042", "1 555 010 0042"]
)
def test_every_writing_has_one_form(written: str) -> None:
    assert e164(written) == "+15550100042"


def test_the_country_is_assumed_only_where_it_is_missing() -> None:
    assert e164("020 7946 0958", "GB") == "+442079460958"
    assert e164("+44 20 7946 0958", "US") == "+442079460958"


@pytest.mark.parametrize("written", [None, "", "anonymous", "12", "sip:someone"])
def test_what_is_no_number_is_none(written: str | None) -> None:
    assert e164(written) is None


def test_only_the_ending_is_said() -> None:
    assert ending("+15550100042") == ("4", "2")
