"""Whether a line that has been busy for an hour is as well as at the beginning.

`python -m benchmarks.soak [--calls N] [--minutes M]`: callers keep a line busy while the memory of
its processes is watched; before that, one ear hears a long call. The figures are left in
`var/benchmarks/soak.json`, memory against time in `soak.svg`. Exits with 1 when a number to reach
is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks import decode_work
from benchmarks.bench_line import bench_line
from benchmarks.graphs import GraphsError, MemoryCurve, memory_graph, require_matplotlib
from benchmarks.growth import Growth, growth
from benchmarks.memory_watch import Series, watch
from benchmarks.results import FOLDER, keep
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.speech.caller_voice import CallerVoice
from warmline.swarm.gauges import Gauges, ServerGauges
from warmline.swarm.report import SwarmFigures, figures
from warmline.swarm.swarm import SwarmOptions, SwarmResult, swarm

CALLS: Final = 10
MINUTES: Final = 60.0
P95_LIMIT_S: Final = 1.0
_WARM_UP_MINUTES: Final = 10.0
_FEWEST_MINUTES: Final = 0.5


@dataclass(frozen=True, slots=True)
class SoakFigures:
    """A soak in numbers; a growth is None when there was too little to tell it from.

    Args:
        swarm: What callers met with.
        memory: The growth of each process's memory after the warm-up, in MiB.
        cpu: The growth of the server's processor time for a minute of one call, in seconds, after
            the warm-up.
        decoding: The growth of the time that hearing a minute takes within one long call.
    """

    swarm: SwarmFigures
    memory: Mapping[str, Growth | None]
    cpu: Growth | None
    decoding: Growth | None


@dataclass(frozen=True, slots=True)
class Check:
    """A number to reach.

    Args:
        title: What it is about.
        found: What was measured, in words.
        wanted: What it must be, in words.
        reached: Whether it is so; None when there was too little to tell.
    """

    title: str
    found: str
    wanted: str
    reached: bool | None


def warm_up_s(minutes: float) -> float:
    """Say how long caches fill and threads are started: ten minutes, or a quarter of a short soak.

    Args:
        minutes: How long the soak is.

    Returns:
        Seconds.
    """
    return 60 * min(_WARM_UP_MINUTES, minutes / 4)


def cpu_growth(readings: Sequence[Gauges], from_s: float, until_s: float) -> Growth | None:
    """Tell whether the server takes more and more processor time for a minute of a call.

    Args:
        readings: The server, about once a second.
        from_s: From when on, in seconds.
        until_s: Until when.

    Returns:
        The growth; None when there are too few minutes with calls.
    """
    minutes = itertools.groupby(
        (reading for reading in readings if from_s <= reading.at < until_s),
        lambda reading: int((reading.at - from_s) // 60),
    )
    at_s, taken = [], []
    for minute, group in minutes:
        inside = list(group)
        call_minutes = sum(
            earlier.calls * (later.at - earlier.at) / 60
            for earlier, later in itertools.pairwise(inside)
        )
        if call_minutes > _FEWEST_MINUTES:
            at_s.append(60.0 * minute)
            taken.append((inside[-1].cpu_s - inside[0].cpu_s) / call_minutes)
    return growth(at_s, taken)


def checks(told: SoakFigures) -> list[Check]:
    """Hold the figures against the numbers to reach.

    Args:
        told: The figures.

    Returns:
        One check for each.
    """
    callers = told.swarm
    p95 = callers.delay_p95_s
    found = [
        Check(
            "delay, p95", "-" if p95 is None else f"{1000 * p95:.0f} ms",
            f"at most {1000 * P95_LIMIT_S:.0f} ms", None if p95 is None else p95 <= P95_LIMIT_S,
        ),
        Check("bot's voice torn", str(callers.underruns), "0", callers.underruns == 0),
        Check("calls refused", str(callers.refused), "0", callers.refused == 0),
        Check("calls failed", str(callers.failed), "0", callers.failed == 0),
    ]  # fmt: skip
    found += [_steady(f"memory of the {name}", each) for name, each in told.memory.items()]
    return [
        *found,
        _steady("server's processor time a call minute", told.cpu),
        _steady("decoding, along one call", told.decoding),
    ]


def _steady(title: str, grows: Growth | None) -> Check:
    wanted = "no growth"
    if grows is None:
        return Check(title, "too short to tell", wanted, None)
    low, high = 100 * grows.low / grows.mean, 100 * grows.high / grows.mean
    found = f"{100 * grows.share:+.1f} % an hour ({low:+.1f} to {high:+.1f})"
    return Check(title, found, wanted, grows.none)


def show(told: SoakFigures, title: str) -> None:
    """Print the numbers to reach, and what callers complained about."""
    table = Table(title=title)
    for column in ("", "found", "wanted", ""):
        table.add_column(column)
    marks = {True: "[green]reached[/]", False: "[red]missed[/]", None: "not told"}
    for check in checks(told):
        table.add_row(check.title, check.found, check.wanted, marks[check.reached])
    Console(width=110).print(table)
    for complaint, times in told.swarm.complaints:
        print(f"  {complaint} ({times} times)")


async def soak(calls: int, minutes: float) -> tuple[SwarmResult, dict[str, Series]]:
    """Bring a line up and keep it busy.

    Args:
        calls: How many callers at once.
        minutes: For how long.

    Returns:
        What came of it, and the memory of each process.
    """
    memory: dict[str, Series] = {}
    # Who rings again at once meets the end of the call before.
    async with bench_line(max_calls=2 * calls) as line:
        gauges = ServerGauges(line.settings.public_url)
        watching = asyncio.create_task(watch(line, memory))
        result = await swarm(
            line.call_url,
            lambda: line.token(caller=DEMO_CUSTOMER.phone),
            gauges,
            CallerVoice(),
            SwarmOptions(calls, minutes),
            _Progress(),
        )
        watching.cancel()
        await gauges.close()
    # While the last calls end, the line is not as busy as before.
    return result, {name: series.part(0.0, 60 * minutes) for name, series in memory.items()}


class _Progress:
    """A line of text each minute."""

    def __init__(self) -> None:
        self._minute = 0

    def __call__(self, result: SwarmResult) -> None:
        now = result.readings[-1]
        if now.at // 60 > self._minute:
            self._minute = int(now.at // 60)
            ended, mib = len(result.reports), now.resident_mib
            print(f"  minute {self._minute}: {ended} calls ended, {mib:.0f} MiB", flush=True)


def main() -> None:
    """Measure, print, and leave the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help="how many callers at once")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for how long")
    parser.add_argument(
        "--call-minutes", type=int, default=decode_work.MINUTES,
        help="how long the one call is along which decoding is measured",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=FOLDER, help="where to leave the figures")
    asked = parser.parse_args()
    try:
        require_matplotlib()
    except GraphsError as error:
        sys.exit(str(error))
    decoding = decode_work.decode_work(asked.call_minutes)
    result, memory = asyncio.run(soak(asked.calls, asked.minutes))
    from_s, until_s = warm_up_s(asked.minutes), 60 * asked.minutes
    told = SoakFigures(
        figures(result),
        {name: growth(*astuple(series.part(from_s, until_s))) for name, series in memory.items()},
        cpu_growth(result.readings, from_s, until_s),
        decode_work.growth_of(decoding),
    )
    show(told, f"{asked.calls} callers, {asked.minutes:g} minutes")
    about: dict[str, Any] = {
        "calls": asked.calls,
        "minutes": asked.minutes,
        "warm_up_s": from_s,
        **asdict(told),
        "checks": [asdict(check) for check in checks(told)],
        "memory_readings": {name: asdict(series) for name, series in memory.items()},
        "decoding_s": decoding,
    }

    def graph() -> str:
        return memory_graph(
            {
                name: MemoryCurve(
                    [at / 60 for at in series.at_s], series.mib, from_s / 60, told.memory[name]
                )
                for name, series in memory.items()
            }
        )

    for path in keep(asked.out, "soak", about, graph):
        print(path)
    sys.exit(0 if all(check.reached is not False for check in checks(told)) else 1)


if __name__ == "__main__":
    main()
