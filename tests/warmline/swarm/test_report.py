"""The figures of a swarm count what callers heard and what went wrong."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from voice_gateway.caller.client import CallReport
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.transports.browser_protocol import Error
from warmline.swarm.gauges import Gauges
from warmline.swarm.report import figures, table
from warmline.swarm.swarm import SwarmResult


def turn(delay: float | None) -> MeasuredTurn:
    return MeasuredTurn(0.5, 1.0, None if delay is None else 1.0 + delay)


def report(*delays: float | None, **told: Any) -> CallReport:
    usual: dict[str, Any] = {
        "call_id": "c1",
        "ended": "caller_hung_up",
        "error": None,
        "failure": None,
        "duration_s": 20.0,
        "turns": tuple(map(turn, delays)),
        "transcript": (),
        "server_delays": {},
        "states": (),
        "underruns": 0,
        "recording": None,
    }
    return CallReport(**{**usual, **told})


def readings(*resident_mib: float, cores: float = 0.5) -> list[Gauges]:
    return [Gauges(float(at), 2, mib, 7.0 + cores * at) for at, mib in enumerate(resident_mib)]


def test_delays_are_those_of_all_answers() -> None:
    told = figures(SwarmResult([report(0.3, 0.5), report(0.4, None)], 0, readings(100.0, 100.0)))
    assert (told.calls, told.answers) == (2, 3)
    assert told.delay_p50_s == pytest.approx(0.4)
    assert told.delay_p95_s == pytest.approx(0.49)
    assert told.ok


def test_what_went_wrong_is_counted_by_what_was_said_about_it() -> None:
    busy = report(call_id=None, error=Error("busy", "all lines are busy"), ended="refused")
    turned_away = report(call_id=None, ended="busy")
    gave_up = report(0.2, failure="waited 60 seconds for an answer", underruns=2)
    told = figures(SwarmResult([busy, busy, turned_away, gave_up], 1, readings(100.0)))
    assert (told.calls, told.refused, told.failed, told.underruns) == (0, 3, 2, 2)
    assert dict(told.complaints) == {
        "all lines are busy": 2,
        "the server hung up: busy": 1,
        "waited 60 seconds for an answer": 1,
        "the server could not be reached": 1,
    }
    assert not told.ok


def test_nobody_called_is_not_well() -> None:
    told = figures(SwarmResult([], 0, readings(100.0)))
    assert told.delay_p50_s is None
    assert not told.ok


def test_the_server_is_told_by_its_processor_time_and_memory() -> None:
    told = figures(SwarmResult([report(0.3)], 0, readings(100.0, 104.0, 108.0, cores=1.25)))
    assert told.cores == pytest.approx(1.25)
    assert told.resident_mib == 108.0
    assert told.most_at_once == 2
    assert told.growth_mib_per_minute is None


def test_the_memory_that_calls_take_is_that_while_most_of_them_were_there() -> None:
    sizes = ((1, 90.0), (3, 120.0), (3, 500.0), (3, 130.0), (0, 125.0))
    told = figures(
        SwarmResult(
            [report(0.3)], 0, [Gauges(at, calls, mib, 0.0) for at, (calls, mib) in enumerate(sizes)]
        )
    )
    assert (told.most_at_once, told.busy_mib, told.resident_mib) == (3, 130.0, 125.0)


def test_growth_is_that_of_the_second_half() -> None:
    warming = [100.0 + 5.0 * at for at in range(30)]
    leaking = [250.0 + 0.1 * at for at in range(30)]
    steady = [250.0] * 30
    for half, growth in ((leaking, 6.0), (steady, 0.0)):
        told = figures(SwarmResult([report(0.3)], 0, readings(*warming, *half)))
        assert told.growth_mib_per_minute == pytest.approx(growth, abs=0.01)


def test_the_table_has_the_figures_and_the_complaints() -> None:
    busy = report(call_id=None, error=Error("busy", "all lines are busy"), ended="refused")
    told = figures(SwarmResult([report(0.3), busy], 0, readings(100.0, 101.0)))
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(table(told, "two callers"))
    text = console.export_text()
    assert "300 ms" in text
    assert "all lines are busy" in text
