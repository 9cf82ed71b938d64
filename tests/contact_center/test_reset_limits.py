"""How often a code may be asked for, and how long to wait between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contact_center.reset_limits import (
    LONGEST_TRY_WAIT_S,
    LONGEST_WAIT,
    CodeHistory,
    ResetLimits,
    judge,
    try_wait_s,
)
from contact_center.settings import ContactCenterSettings

from .conftest import NOW

LIMITS = ResetLimits()


def ago(*seconds: float) -> list[object]:
    return [NOW - timedelta(seconds=each) for each in sorted(seconds, reverse=True)]


def verdict(**history: object) -> str:
    return judge(CodeHistory(**history), LIMITS, NOW)  # type: ignore[arg-type]


def test_the_first_code_is_sent() -> None:
    assert verdict() == "allowed"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (ago(19), "too_soon"),
        (ago(20), "allowed"),
        (ago(100, 39), "too_soon"),
        (ago(100, 40), "allowed"),
        (ago(500, 300, 200), "call"),
    ],
)
def test_in_a_call_the_wait_doubles_until_the_call_has_had_its_codes(
    call: list[object], expected: str
) -> None:
    assert verdict(call=call) == expected


def test_a_call_that_was_cut_off_may_be_made_again_at_once() -> None:
    assert verdict(caller=ago(5), account=ago(5)) == "allowed"
    assert verdict(caller=ago(60, 5), account=ago(60, 5)) == "allowed"


@pytest.mark.parametrize("whose", ["caller", "account"])
def test_further_calls_wait_longer_and_longer(whose: str) -> None:
    assert verdict(**{whose: ago(500, 400, 19)}) == whose
    assert verdict(**{whose: ago(500, 400, 20)}) == "allowed"
    assert verdict(**{whose: ago(500, 400, 300, 39)}) == whose
    assert verdict(**{whose: ago(500, 400, 300, 40)}) == "allowed"


@pytest.mark.parametrize(("whose", "most"), [("caller", 8), ("account", 5)])
def test_a_day_has_only_so_many(whose: str, most: int) -> None:
    hours = [3600.0 * hour for hour in range(1, most + 1)]
    assert verdict(**{whose: ago(*hours)}) == whose
    assert verdict(**{whose: ago(*hours[:-1])}) == "allowed"


def test_everybody_together_has_a_limit() -> None:
    assert verdict(overall=299) == "allowed"
    assert verdict(overall=300) == "overall"


def test_what_the_call_decides_is_said_before_what_the_account_does() -> None:
    assert verdict(call=ago(1), account=ago(*range(1, 9)), overall=1000) == "too_soon"


def test_no_wait_is_longer_than_ten_minutes() -> None:
    limits = ResetLimits(per_caller=1000)
    many = ago(*(LONGEST_WAIT.total_seconds() + each for each in range(100)))
    assert judge(CodeHistory(caller=many), limits, NOW) == "allowed"  # type: ignore[arg-type]


def test_wrong_tries_make_the_next_answer_come_later() -> None:
    waits = [try_wait_s(wrong) for wrong in range(6)]
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[1] < waits[2] < waits[3] < LONGEST_TRY_WAIT_S
    assert try_wait_s(1_000_000) == LONGEST_TRY_WAIT_S


def test_an_operator_sets_them() -> None:
    settings = ContactCenterSettings(
        reset_codes_per_call=2,
        reset_codes_per_caller=3,
        reset_codes_per_account=4,
        reset_codes_overall=5,
        reset_first_wait_s=6,
    )
    assert ResetLimits.of(settings) == ResetLimits(
        per_call=2,
        per_caller=3,
        per_account=4,
        overall=5,
        first_wait=timedelta(seconds=6),
    )
