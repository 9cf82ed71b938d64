"""How many calls one machine holds: delay, torn sound, processor and memory against live calls.

`python -m benchmarks.load [CALLS ...]`: a swarm of each size, one after the other, on one line. The
callers are on the same machine and take their share of it.
"""

from __future__ import annotations

import argparse
import asyncio

from rich.console import Console
from rich.table import Table

from benchmarks.bench_line import bench_line
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.speech.caller_voice import CallerVoice
from warmline.swarm.gauges import ServerGauges
from warmline.swarm.report import SwarmFigures, figures
from warmline.swarm.swarm import SwarmOptions, swarm

CALLS = (1, 5, 10, 20, 40)
MINUTES = 1.5


def show(measured: dict[int, SwarmFigures]) -> None:
    """Print a row for each size."""
    table = Table(title="Callers at once, 8 kHz; delays from the last word to the answer, ms")
    columns = ("callers", "calls", "refused", "failed", "answers", "p50", "p95", "torn", "cores")
    for column in (*columns, "MiB"):
        table.add_column(column, justify="right")
    for calls, told in measured.items():
        delays = [
            "-" if delay is None else f"{1000 * delay:.0f}"
            for delay in (told.delay_p50_s, told.delay_p95_s)
        ]
        counts = (calls, told.calls, told.refused, told.failed, told.answers)
        table.add_row(
            *map(str, counts), *delays, str(told.underruns), f"{told.cores:.2f}",
            f"{told.resident_mib:.0f}",
        )  # fmt: skip
    Console(width=110).print(table)
    for calls, told in measured.items():
        for complaint, times in told.complaints:
            print(f"  {calls} callers: {complaint} ({times} times)")


async def measure(sizes: tuple[int, ...], minutes: float) -> dict[int, SwarmFigures]:
    """Bring a line up and let swarms call it.

    Args:
        sizes: How many callers at once, one swarm after the other.
        minutes: For how long each.

    Returns:
        The figures by size.
    """
    measured = {}
    async with bench_line(max_calls=max(sizes)) as line:
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
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("calls", nargs="*", type=int, help="how many callers at once")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for how long each")
    told = parser.parse_args()
    show(await measure(tuple(told.calls) or CALLS, told.minutes))


if __name__ == "__main__":
    asyncio.run(main())
