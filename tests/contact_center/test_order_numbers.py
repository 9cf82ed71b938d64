"""Order numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.order_numbers import grouped, is_near, is_order_number, normalise


@pytest.mark.parametrize(
    ("written", "number"),
    [("b 48-2913", "B482913"), ("#482 913", "482913"), (" 482913. ", "482913"), ("", "")],
)
def test_every_writing_has_one_form(written: str, number: str) -> None:
    assert normalise(written) == number


@pytest.mark.parametrize("good", ["482913", "B482913", "b 482 913"])
def test_six_digits_with_or_without_a_letter_are_an_order_number(good: str) -> None:
    assert is_order_number(good)


@pytest.mark.parametrize("bad", ["", "48291", "4829133", "BB482913", "48B2913", "48291\u00b2"])
def test_anything_else_is_not(bad: str) -> None:
    assert not is_order_number(bad)


def test_it_is_read_by_the_letter_and_threes() -> None:
    assert grouped("482913") == ("482", "913")
    assert grouped("b482913") == ("B", "482", "913")


@given(st.text())
def test_normalising_is_final_and_grouping_loses_nothing(text: str) -> None:
    number = normalise(text)
    assert normalise(number) == number
    assert "".join(grouped(text)) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("482919", "482913"),
        ("B482913", "482913"),
        ("482913", "B482913"),
        ("D482913", "B482913"),
    ],
)
def test_one_misheard_symbol_is_near(said: str, number: str) -> None:
    assert is_near(said, number)


@pytest.mark.parametrize(
    ("said", "number"),
    [("482913", "482913"), ("482999", "482913"), ("B482919", "482913"), ("48291", "482913")],
)
def test_none_or_more_than_one_is_not(said: str, number: str) -> None:
    assert not is_near(said, number)
