"""What the figures of several swarms say together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load import mib_a_call
from warmline.swarm.report import SwarmFigures

ONE = SwarmFigures(
    calls=1, refused=0, failed=0, answers=8, delay_p50_s=0.3, delay_p95_s=0.5, underruns=0,
    most_at_once=1, cores=0.1, resident_mib=190.0, busy_mib=200.0, growth_mib_per_minute=None,
    complaints=(),
)  # fmt: skip
TEN = replace(ONE, most_at_once=10, busy_mib=290.0)


def test_what_a_call_takes_is_told_by_the_calls_beyond_the_first() -> None:
    assert mib_a_call({1: ONE, 10: TEN}, 10) == pytest.approx(10.0)


def test_calls_that_were_refused_take_no_memory() -> None:
    refused = replace(TEN, most_at_once=7)
    assert mib_a_call({1: ONE, 10: refused}, 10) == pytest.approx(15.0)


def test_without_more_than_one_call_nothing_is_told() -> None:
    assert mib_a_call({1: ONE}, 1) is None
    assert mib_a_call({10: TEN}, 10) is None
