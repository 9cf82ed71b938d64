"""A soak is held against the numbers to reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.growth import Growth
from benchmarks.soak import SoakFigures, checks, cpu_growth, warm_up_s
from warmline.swarm.gauges import Gauges
from warmline.swarm.report import SwarmFigures

CALLERS = SwarmFigures(
    calls=200, refused=0, failed=0, answers=1500, delay_p50_s=0.3, delay_p95_s=0.9, underruns=0,
    most_at_once=10, cores=0.5, resident_mib=300.0, busy_mib=300.0, growth_mib_per_minute=0.0,
    complaints=(),
)  # fmt: skip
STEADY = Growth(mean=200.0, per_hour=1.0, low=-3.0, high=5.0)
LEAKING = Growth(mean=200.0, per_hour=10.0, low=8.0, high=12.0)
GOOD = SoakFigures(CALLERS, {"server": STEADY, "assistant": STEADY}, STEADY, STEADY)


def missed(told: SoakFigures) -> list[str]:
    return [check.title for check in checks(told) if check.reached is False]


def test_a_good_soak_misses_nothing() -> None:
    assert missed(GOOD) == []


@pytest.mark.parametrize(
    ("told", "title"),
    [
        (replace(GOOD, swarm=replace(CALLERS, delay_p95_s=1.01)), "delay, p95"),
        (replace(GOOD, swarm=replace(CALLERS, underruns=1)), "bot's voice torn"),
        (replace(GOOD, swarm=replace(CALLERS, refused=1)), "calls refused"),
        (replace(GOOD, swarm=replace(CALLERS, failed=1)), "calls failed"),
        (replace(GOOD, memory={"server": LEAKING}), "memory of the server"),
        (replace(GOOD, cpu=LEAKING), "server's processor time a call minute"),
        (replace(GOOD, decoding=LEAKING), "decoding, along one call"),
    ],
)
def test_each_number_can_be_missed(told: SoakFigures, title: str) -> None:
    assert missed(told) == [title]


def test_what_is_too_short_to_tell_is_neither_reached_nor_missed() -> None:
    told = SoakFigures(replace(CALLERS, delay_p95_s=None), {"server": None}, None, None)
    assert [check.title for check in checks(told) if check.reached is None] == [
        "delay, p95",
        "memory of the server",
        "server's processor time a call minute",
        "decoding, along one call",
    ]


def test_growth_is_told_with_its_interval() -> None:
    [told] = [check.found for check in checks(GOOD) if check.title == "decoding, along one call"]
    assert told == "+0.5 % an hour (-1.5 to +2.5)"


def test_caches_have_ten_minutes_or_a_quarter_of_the_time_to_fill() -> None:
    assert warm_up_s(60) == 600
    assert warm_up_s(8) == 120


class TestProcessorTime:
    @staticmethod
    def readings(cores_a_call: float, more_each_hour: float = 0.0) -> list[Gauges]:
        """Calls come and go while the server takes so much for each of them."""
        found, cpu_s = [], 0.0
        for second in range(20 * 60):
            calls = 5 + second // 100 % 3
            found.append(Gauges(float(second), calls, 200.0, cpu_s))
            cpu_s += calls * (cores_a_call + more_each_hour * second / 3600)
        return found

    def test_it_is_told_for_a_minute_of_a_call_however_many_there_are(self) -> None:
        grows = cpu_growth(self.readings(0.1), 120.0, 1200.0)
        assert grows is not None
        assert grows.mean == pytest.approx(6.0)
        assert grows.per_hour == pytest.approx(0.0, abs=1e-6)

    def test_calls_that_cost_more_and_more_show(self) -> None:
        grows = cpu_growth(self.readings(0.1, more_each_hour=0.05), 120.0, 1200.0)
        assert grows is not None
        assert grows.per_hour == pytest.approx(3.0, rel=0.01)
        assert not grows.none

    def test_a_time_without_calls_tells_nothing(self) -> None:
        idle = [Gauges(float(second), 0, 200.0, 0.0) for second in range(1200)]
        assert cpu_growth(idle, 0.0, 1200.0) is None
