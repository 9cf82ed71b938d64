"""How many calls one machine holds: delay, torn sound, processor and memory against live calls.

`python -m benchmarks.load [CALLS ...]`: a swarm of each size, one after the other, on one line. The
callers are on the same machine and take their share of it. The figures are left in
`var/benchmarks/load.json`, delay against calls in `load.svg`.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.bench_line import bench_line
from benchmarks.graphs import DelayPoint, delay_graph
from benchmarks.results import FOLDER, keep
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.speech.caller_voice import CallerVoice
from warmline.swarm.gauges import ServerGauges
from warmline.swarm.report import SwarmFigures, figures
from warmline.swarm.swarm import SwarmOptions, swarm

CALLS = (1, 5, 10, 20, 40)
MINUTES = 1.5
P95_LIMIT_MS = 1000.0


def show(measured: Mapping[int, SwarmFigures]) -> None:
    """Print a row for each size."""
    table = Table(title="Callers at once, 8 kHz; delays from the last word to the answer, ms")
    columns = ("callers", "at once", "calls", "refused", "failed", "answers", "p50", "p95", "torn")
    for column in (*columns, "cores", "MiB", "MiB a call"):
        table.add_column(column, justify="right")
    for callers, told in measured.items():
        delays = [
            "-" if delay is None else f"{1000 * delay:.0f}"
            for delay in (told.delay_p50_s, told.delay_p95_s)
        ]
        counts = (
            callers, told.most_at_once, told.calls, told.refused, told.failed, told.answers
        )  # fmt: skip
        each = mib_a_call(measured, callers)
        table.add_row(
            *map(str, counts), *delays, str(told.underruns), f"{told.cores:.2f}",
            f"{told.busy_mib:.0f}", "-" if each is None else f"{each:.1f}",
        )  # fmt: skip
    Console(width=110).print(table)
    for callers, told in measured.items():
        for complaint, times in told.complaints:
            print(f"  {callers} callers: {complaint} ({times} times)")


def mib_a_call(measured: Mapping[int, SwarmFigures], callers: int) -> float | None:
    """Tell what one more call takes of the server's memory.

    Args:
        measured: The figures by size, one caller among them.
        callers: How many at once.

    Returns:
        What the calls beyond the first one take, for each of them; None when it cannot be told.
    """
    one, many = measured.get(1), measured[callers]
    if one is None or many.most_at_once <= one.most_at_once:
        return None
    return (many.busy_mib - one.busy_mib) / (many.most_at_once - one.most_at_once)


def graph(measured: Mapping[int, SwarmFigures]) -> str:
    """Draw delay against callers at once.

    Args:
        measured: The figures by size.

    Returns:
        An SVG picture.

    Raises:
        GraphsError: It cannot be drawn.
    """
    points = [
        DelayPoint(callers, 1000 * told.delay_p50_s, 1000 * told.delay_p95_s)
        for callers, told in sorted(measured.items())
        if told.delay_p50_s is not None and told.delay_p95_s is not None
    ]
    return delay_graph(points, P95_LIMIT_MS)


async def measure(
    sizes: tuple[int, ...], minutes: float, admission: str
) -> dict[int, SwarmFigures]:
    """Bring a line up and let swarms call it.

    Args:
        sizes: How many callers at once, one swarm after the other.
        minutes: For how long each.
        admission: What decides about another call: `load` or `count`.

    Returns:
        The figures by size.
    """
    measured = {}
    # Who rings again at once meets the end of the call before.
    async with bench_line(max_calls=2 * max(sizes), admission=admission) as line:
        gauges = ServerGauges(line.settings.public_url)
        for calls in sizes:
            result = await swarm(
                line.call_url,
                lambda: line.token(caller=DEMO_CUSTOMER.phone),
                gauges,
                CallerVoice(),
                SwarmOptions(calls, minutes),
            )
            measured[calls] = figures(result)
            print(f"  {calls} callers: {measured[calls].answers} answers", flush=True)
        await gauges.close()
    return measured


async def main() -> None:
    """Measure, print, and leave the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("calls", nargs="*", type=int, help="how many callers at once")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for how long each")
    parser.add_argument(
        "--admission", choices=("load", "count"), default="load",
        help="whether callers are turned away before the others are served badly, or never",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=FOLDER, help="where to leave the figures")
    told = parser.parse_args()
    measured = await measure(tuple(told.calls) or CALLS, told.minutes, told.admission)
    show(measured)
    sizes = {
        str(callers): {**asdict(each), "mib_a_call": mib_a_call(measured, callers)}
        for callers, each in measured.items()
    }
    about = {"minutes": told.minutes, "admission": told.admission, "callers": sizes}
    for path in keep(told.out, "load", about, lambda: graph(measured)):
        print(path)


if __name__ == "__main__":
    asyncio.run(main())
