"""Ratios between two lines, round by round."""

from __future__ import annotations

import pytest

from benchmarks.peers.comparison import Figure, compare, together

DELAY = Figure("delay, ms", "delay_s", "p50", 1000.0)
HELD = Figure("calls held", "held", "mean", more_is_better=True)


def test_a_figure_is_made_of_all_values_of_its_name() -> None:
    assert DELAY.of({"delay_s": [0.2, 0.4, 0.3], "other": [9.0]}) == pytest.approx(300)


def test_without_values_there_is_no_figure() -> None:
    assert DELAY.of({"delay_s": []}) is None
    assert DELAY.of({}) is None


def test_rounds_are_put_together_value_by_value() -> None:
    rounds = [{"a": [1.0], "b": [2.0]}, {"a": [3.0, 4.0]}]
    assert together(rounds) == {"a": [1.0, 3.0, 4.0], "b": [2.0]}


def test_each_round_has_a_ratio_of_its_own() -> None:
    compared = compare(
        DELAY, [{"delay_s": [0.3]}, {"delay_s": [0.5]}], [{"delay_s": [0.6]}, {"delay_s": [0.5]}]
    )
    assert compared.ratio is not None
    assert compared.ratio.mean == pytest.approx(0.75)
    assert compared.ratio.low == pytest.approx(0.5)
    assert compared.ratio.high == pytest.approx(1.0)
    assert compared.ratio.rounds == 2
    assert compared.ours == pytest.approx(400)
    assert compared.ahead


def test_a_round_in_which_theirs_is_zero_or_missing_has_no_ratio() -> None:
    ours = [{"delay_s": [0.3]}, {"delay_s": [0.3]}, {"delay_s": [0.3]}]
    compared = compare(DELAY, ours, [{"delay_s": [0.0]}, {}, {"delay_s": [0.6]}])
    assert compared.ratio is not None
    assert compared.ratio.rounds == 1


def test_two_zeros_are_compared_without_a_ratio() -> None:
    compared = compare(DELAY, [{"delay_s": [0.0]}], [{"delay_s": [0.0]}])
    assert compared.ratio is None
    assert compared.ahead


def test_where_more_is_better_the_larger_one_is_ahead() -> None:
    assert compare(HELD, [{"held": [20.0]}], [{"held": [10.0]}]).ahead
    assert not compare(HELD, [{"held": [5.0]}], [{"held": [10.0]}]).ahead


def test_nobody_is_ahead_where_a_figure_is_missing() -> None:
    assert compare(HELD, [{"held": [20.0]}], [{}]).ahead is None
