"""Waits double with each death in a row, and a child that ran well starts from the beginning."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warmline.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff()
    assert [backoff.wait(deaths) for deaths in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


@given(st.integers(min_value=1, max_value=10**9))
def test_no_wait_exceeds_the_longest(deaths: int) -> None:
    assert 1 <= Backoff().wait(deaths) <= 30


def test_a_death_soon_after_the_last_one_counts_further() -> None:
    assert Backoff().deaths_in_a_row(3, ready_for=59.9) == 4


def test_a_child_that_was_ready_for_a_minute_has_its_deaths_forgotten() -> None:
    assert Backoff().deaths_in_a_row(3, ready_for=60) == 1
