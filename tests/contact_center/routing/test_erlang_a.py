"""The yardstick itself: against a case that can be worked out by hand, and against its limits."""

from __future__ import annotations

import math

import pytest

from .erlang_a import erlang_a


def test_patience_as_long_as_the_service_makes_it_poisson() -> None:
    # Then every caller leaves at the same rate, waiting or not: infinitely many servers.
    agents, load = 12, 10.0
    found = erlang_a(agents, load / 60, 60, 60)
    poisson = [math.exp(-load) * load**j / math.factorial(j) for j in range(100)]
    assert found.waiting == pytest.approx(sum(poisson[agents:]))
    in_line = sum((j - agents) * p for j, p in enumerate(poisson) if j > agents)
    assert found.mean_wait_s == pytest.approx(in_line / load * 60)


def test_with_endless_patience_it_is_erlang_c() -> None:
    # 10 agents and 8 erlangs: the chance to wait is 0.4092 in the published tables.
    found = erlang_a(10, 8 / 180, 180, 1e9)
    assert found.waiting == pytest.approx(0.4092, abs=1e-4)
    assert found.mean_wait_s == pytest.approx(0.4092 * 180 / (10 - 8), rel=1e-3)


def test_without_patience_it_is_erlang_b() -> None:
    # 10 agents and 8 erlangs: 12.17 % are lost in the published tables.
    assert erlang_a(10, 8 / 180, 180, 1e-6).abandoned == pytest.approx(0.1217, abs=1e-4)
