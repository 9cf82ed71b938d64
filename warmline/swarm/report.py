"""The figures of a swarm: delays, what went wrong, and what the server took for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.table import Table

from voice_gateway.caller.client import CallReport
from warmline.swarm.swarm import SwarmResult

_ENOUGH_READINGS: Final = 10


@dataclass(frozen=True, slots=True)
class SwarmFigures:
    """A swarm in numbers.

    Args:
        calls: Calls that came to a good end.
        refused: Calls that the server would not take.
        failed: Calls that were answered and did not come to a good end, and unreachable ones.
        answers: How many answers were heard.
        delay_p50_s: From the caller's last word to the first sound of the answer; None without
            answers.
        delay_p95_s: The same, for the slowest twentieth.
        underruns: How often the bot's voice was torn.
        most_at_once: Calls that were going on at the same moment.
        cores: Processor time of the server for each second.
        resident_mib: The server's memory at the end.
        busy_mib: The median of the server's memory while the most calls were going on.
        growth_mib_per_minute: The slope of its memory over the second half, by least squares;
            None when it was too short to tell.
        complaints: Why calls failed or were refused, and how often.
    """

    calls: int
    refused: int
    failed: int
    answers: int
    delay_p50_s: float | None
    delay_p95_s: float | None
    underruns: int
    most_at_once: int
    cores: float
    resident_mib: float
    busy_mib: float
    growth_mib_per_minute: float | None
    complaints: tuple[tuple[str, int], ...]

    @property
    def ok(self) -> bool:
        """Whether every call was taken and came to a good end, and there was one."""
        return self.calls > 0 and not self.refused and not self.failed


def figures(result: SwarmResult) -> SwarmFigures:
    """Count what came of a swarm.

    Args:
        result: As it ended; it has a reading.

    Returns:
        Its figures.
    """
    reports = result.reports
    refused = [report for report in reports if report.call_id is None]
    failed = [report for report in reports if report.call_id is not None and not report.ok]
    delays = [delay for report in reports for delay in report.response_delays]
    p50, p95 = np.percentile(delays, [50, 95]) if delays else (None, None)
    first, last = result.readings[0], result.readings[-1]
    most_at_once = max(reading.calls for reading in result.readings)
    busy = [reading.resident_mib for reading in result.readings if reading.calls == most_at_once]
    complaints = Counter(map(_complaint, [*refused, *failed]))
    if result.unreachable:
        complaints["the server could not be reached"] += result.unreachable
    return SwarmFigures(
        calls=len(reports) - len(refused) - len(failed),
        refused=len(refused),
        failed=len(failed) + result.unreachable,
        answers=len(delays),
        delay_p50_s=None if p50 is None else float(p50),
        delay_p95_s=None if p95 is None else float(p95),
        underruns=sum(report.underruns for report in reports),
        most_at_once=most_at_once,
        cores=(last.cpu_s - first.cpu_s) / (last.at - first.at) if last.at > first.at else 0.0,
        resident_mib=last.resident_mib,
        busy_mib=float(np.median(busy)),
        growth_mib_per_minute=_growth(result),
        complaints=tuple(complaints.most_common()),
    )


def table(told: SwarmFigures, title: str) -> Table:
    """Show the figures.

    Args:
        told: The figures.
        title: What was measured.

    Returns:
        A table of two columns.
    """

    def seconds(value: float | None) -> str:
        return "no answer was heard" if value is None else f"{1000 * value:.0f} ms"

    shown = Table(title=title, show_header=False)
    shown.add_column(justify="left")
    shown.add_column(justify="right")
    growth = told.growth_mib_per_minute
    rows = {
        "calls to a good end": str(told.calls),
        "refused": str(told.refused),
        "failed": str(told.failed),
        "most at once": str(told.most_at_once),
        "answers heard": str(told.answers),
        "last word to answer, p50": seconds(told.delay_p50_s),
        "last word to answer, p95": seconds(told.delay_p95_s),
        "bot's voice torn": f"{told.underruns} times",
        "processor": f"{told.cores:.2f} cores",
        "memory at the end": f"{told.resident_mib:.0f} MiB",
        "memory grows by": "too short to tell" if growth is None else f"{growth:+.2f} MiB a minute",
    }
    for name, value in rows.items():
        shown.add_row(name, value)
    for complaint, times in told.complaints:
        shown.add_row(f"  {complaint}", f"{times} times", style="red")
    return shown


def _complaint(report: CallReport) -> str:
    said_why = report.failure or (report.error.message if report.error else None)
    return said_why or f"the server hung up: {report.ended}"


def _growth(result: SwarmResult) -> float | None:
    """Over the second half: in the first one, caches fill and threads are started."""
    half = result.readings[len(result.readings) // 2 :]
    if len(half) < _ENOUGH_READINGS:
        return None
    minutes = [reading.at / 60 for reading in half]
    return float(np.polyfit(minutes, [reading.resident_mib for reading in half], 1)[0])
