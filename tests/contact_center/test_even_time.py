"""Answers that take the same time whatever was found."""

from __future__ import annotations

import pytest

from contact_center.even_time import EvenTime, rest_s
from contact_center.only_reading import WriteRefused, only_reading


@pytest.mark.parametrize(
    ("spent", "least", "answered_after"),
    [
        (0.0, 0.0, 0.5),
        (0.1, 0.0, 0.5),
        (0.5, 0.0, 0.5),
        (0.6, 0.0, 1.0),
        (1.7, 0.0, 2.0),
        (0.1, 2.0, 2.5),
        (2.6, 2.0, 3.0),
    ],
)
def test_answers_come_at_whole_steps_only(
    spent: float, least: float, answered_after: float
) -> None:
    assert spent + rest_s(spent, 0.5, least) == pytest.approx(answered_after)


def test_without_a_step_only_what_is_asked_for_is_waited() -> None:
    assert rest_s(0.1, 0.0) == 0.0
    assert rest_s(0.1, 0.0, 2.0) == pytest.approx(1.9)


class Watch:
    """A clock that goes on only when something works or sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("work", [0.01, 0.2, 0.499])
async def test_different_work_ends_at_the_same_time(work: float) -> None:
    watch = Watch()
    async with EvenTime(0.5, clock=watch, sleep=watch.sleep).padded():
        watch.now += work
    assert watch.now == pytest.approx(100.5)


async def test_failing_takes_as_long_as_succeeding() -> None:
    watch = Watch()
    with pytest.raises(LookupError):
        async with EvenTime(0.5, clock=watch, sleep=watch.sleep).padded():
            raise LookupError
    assert watch.now == pytest.approx(100.5)


async def test_the_work_may_ask_for_more_time() -> None:
    watch = Watch()
    async with EvenTime(0.5, clock=watch, sleep=watch.sleep).padded() as padding:
        padding.least_s = 1.5
    assert watch.now == pytest.approx(102.0)


async def test_where_only_reading_is_allowed_the_work_is_not_even_begun() -> None:
    watch = Watch()
    with only_reading(), pytest.raises(WriteRefused):
        async with EvenTime(0.5, clock=watch, sleep=watch.sleep).padded():
            pytest.fail("the work was begun")
    assert watch.now == 100.0
