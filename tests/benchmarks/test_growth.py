"""Growth is told from swings, and what swings is not called growth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.growth import growth

MINUTES = 50
AT_S = np.arange(0.0, MINUTES * 60, 10.0)
HOUR = AT_S / 3600


def swinging(seed: int, memory: float = 0.9) -> NDArray[np.float64]:
    """About 200, each value much like the one before."""
    random = np.random.default_rng(seed)
    values = [random.normal() / np.sqrt(1 - memory**2)]
    for _ in AT_S[1:]:
        values.append(memory * values[-1] + random.normal())
    return 200 + np.array(values)


def test_a_straight_line_is_found_exactly() -> None:
    found = growth(list(AT_S), list(100 + 12 * HOUR))
    assert found is not None
    assert found.per_hour == pytest.approx(12)
    assert (found.low, found.high) == pytest.approx((12, 12))
    assert found.share == pytest.approx(12 / found.mean)
    assert not found.none


def test_the_interval_holds_the_truth_although_neighbours_are_alike() -> None:
    held = 0
    for seed in range(200):
        found = growth(list(AT_S), list(swinging(seed) + 5 * HOUR))
        assert found is not None
        held += found.low <= 5 <= found.high
    assert held >= 180


def test_what_only_swings_does_not_grow_and_a_leak_does() -> None:
    no_growth, leaks = 0, 0
    for seed in range(50):
        flat = growth(list(AT_S), list(swinging(seed)))
        leaking = growth(list(AT_S), list(swinging(seed) + 20 * HOUR))
        assert flat is not None
        assert leaking is not None
        no_growth += flat.none
        leaks += not leaking.none
    assert no_growth >= 47
    assert leaks >= 47


def test_a_hundredth_an_hour_is_negligible_and_so_is_shrinking() -> None:
    for per_hour, none in ((1.5, True), (2.5, False), (-20.0, True)):
        found = growth(list(AT_S), list(200 + per_hour * HOUR))
        assert found is not None
        assert found.none is none


def test_a_few_minutes_tell_nothing() -> None:
    assert growth([], []) is None
    assert growth([0.0, 300.0], [1.0, 2.0]) is None
    assert growth(list(np.arange(0.0, 361.0)), [1.0] * 361) is not None
