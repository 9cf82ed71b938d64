"""Numbers as callers say them."""

from __future__ import annotations

import pytest

from contact_center.spoken_numbers import candidates, corrected
from warmline.rehearsal.spoken_values import spoken


@pytest.mark.parametrize(
    ("number", "form", "words"),
    [
        ("482913", "", "four eight two, nine one three"),
        ("B482913", "", "b as in bravo, four eight two, nine one three"),
        ("482913", "pairs", "forty eight, twenty nine, thirteen"),
        ("500510", "pairs", "fifty, oh five, ten"),
        ("448913", "double", "double four eight nine one three"),
        ("482913", "first", "four eight two"),
        ("482913", "last", "nine one three"),
    ],
)
def test_a_number_is_said(number: str, form: str, words: str) -> None:
    assert spoken(number, form) == words


@pytest.mark.parametrize("form", ["", "pairs", "double"])
@pytest.mark.parametrize("number", ["482913", "B448013", "905110", "700007"])
def test_what_is_said_can_be_understood(number: str, form: str) -> None:
    assert number in candidates(spoken(number, form).replace(",", ""))


def test_a_wrong_digit_is_said_and_put_right() -> None:
    assert spoken("482913", "wrong", wrong="482513") == "four eight two, five one three"
    fix = spoken("482913", "fix", wrong="482513")
    assert fix == "nine not five"
    assert corrected("482513", f"no {fix}") == ("482913",)
