"""Admission takes as many calls as the machine carries, and does not flap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.admission import BACK_OFF, CALM, CALM_S, LIMITS, NO_LIMITS, Admission, Load

EASE = Load()
MEASURES = sorted(EASE.strain(LIMITS))


def load_of(measure: str, share: float) -> Load:
    return replace(EASE, **{measure: share * getattr(LIMITS, measure)})


STRAIN = load_of("loop", 1.5)
BETWEEN = load_of("hearing", (1 + CALM) / 2)

loads = st.builds(load_of, st.sampled_from(MEASURES), st.floats(0.0, 5.0))
measured = st.lists(st.tuples(loads, st.integers(0, 40)), max_size=60)


def weighed(admission: Admission, *loads: Load, calls: int, at: float = 0.0) -> float:
    """One measurement a second; says when the next one is due."""
    for load in loads:
        admission.weigh(load, calls, at)
        at += 1.0
    return at


def calm_seconds(periods: int) -> list[Load]:
    return [EASE] * (periods * round(CALM_S) + 1)


class TestAlways:
    @given(measured, st.integers(0, 40), st.integers(0, 60))
    def test_no_more_than_the_most_calls_are_taken(
        self, history: list[tuple[Load, int]], most: int, calls: int
    ) -> None:
        admission = Admission(most)
        for second, (load, going_on) in enumerate(history):
            admission.weigh(load, going_on, float(second))
        assert admission.why_not(most + calls) == "max_calls"
        assert min(1, most) <= admission.carried <= most

    @given(measured)
    def test_a_server_without_calls_takes_one(self, history: list[tuple[Load, int]]) -> None:
        admission = Admission(8)
        for second, (load, calls) in enumerate(history):
            admission.weigh(load, calls, float(second))
            assert admission.why_not(0) is None

    @given(measured, st.integers(1, 60))
    def test_whoever_could_be_taken_could_be_taken_with_fewer_calls(
        self, history: list[tuple[Load, int]], calls: int
    ) -> None:
        admission = Admission(50)
        for second, (load, going_on) in enumerate(history):
            admission.weigh(load, going_on, float(second))
        if admission.why_not(calls) is None:
            assert admission.why_not(calls - 1) is None

    @given(measured)
    def test_the_decision_changes_at_most_once_a_calm_period(
        self, history: list[tuple[Load, int]]
    ) -> None:
        admission = Admission(50)
        opened_at = []
        for second, (load, calls) in enumerate(history):
            closed = admission.strained_by is not None
            admission.weigh(load, calls, float(second))
            if closed and admission.strained_by is None:
                opened_at.append(second)
                begins = second - round(CALM_S)
                calm = (each.strain(LIMITS).values() for each, _ in history[begins : second + 1])
                assert all(max(strain) <= CALM for strain in calm)
        assert all(later - sooner > CALM_S for sooner, later in pairwise(opened_at))

    @given(measured)
    def test_without_limits_calls_are_only_counted(self, history: list[tuple[Load, int]]) -> None:
        admission = Admission(8, NO_LIMITS)
        for second, (load, calls) in enumerate(history):
            admission.weigh(load, calls, float(second))
        assert [admission.why_not(calls) for calls in (7, 8)] == [None, "max_calls"]


class TestStrain:
    @pytest.mark.parametrize("measure", MEASURES)
    def test_each_measure_at_its_limit_speaks_against_another_call(self, measure: str) -> None:
        admission = Admission(32)
        weighed(admission, load_of(measure, 0.99), calls=5)
        assert admission.why_not(5) is None
        weighed(admission, load_of(measure, 1.0), calls=5)
        assert admission.why_not(5) == measure

    def test_between_calm_and_strain_all_stays_as_it_is(self) -> None:
        taking, refusing = Admission(32), Admission(32)
        at = weighed(refusing, STRAIN, calls=5)
        weighed(taking, *[BETWEEN] * 60, calls=5)
        weighed(refusing, *[BETWEEN] * 60, calls=5, at=at)
        assert taking.why_not(5) is None
        assert refusing.why_not(5) == "loop"

    def test_a_moment_between_begins_the_calm_anew(self) -> None:
        admission = Admission(32)
        at = weighed(admission, STRAIN, EASE, EASE, EASE, BETWEEN, EASE, EASE, EASE, calls=5)
        assert admission.why_not(3) == "loop"
        weighed(admission, EASE, calls=5, at=at)
        assert admission.why_not(3) is None


class TestWhatTheMachineCarries:
    def test_after_strain_nine_tenths_of_what_was_too_much_are_carried(self) -> None:
        admission = Admission(32)
        weighed(admission, STRAIN, *calm_seconds(1), calls=20)
        assert admission.carried == pytest.approx(BACK_OFF * 20)
        assert admission.why_not(17) is None
        assert admission.why_not(18) == "carried"

    def test_a_long_strain_says_no_more_than_a_short_one(self) -> None:
        short, long = Admission(32), Admission(32)
        weighed(short, STRAIN, calls=20)
        weighed(long, *[STRAIN] * 60, calls=20)
        assert short.carried == long.carried

    def test_calm_raises_it_step_by_step_to_the_most_calls(self) -> None:
        admission = Admission(32)
        at = weighed(admission, STRAIN, *calm_seconds(1), calls=20)
        at = weighed(admission, EASE, EASE, EASE, calls=18, at=at)
        assert admission.carried == 19
        weighed(admission, *calm_seconds(20), calls=18, at=at)
        assert admission.carried == 32

    def test_a_machine_that_others_keep_busy_says_nothing_about_calls(self) -> None:
        admission = Admission(32)
        weighed(admission, STRAIN, *calm_seconds(1), calls=0)
        assert admission.carried == 32
