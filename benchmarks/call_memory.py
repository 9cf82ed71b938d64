"""How much memory a call costs the server: resident size against the number of live calls."""

from __future__ import annotations

import asyncio

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.bench_line import bench_line
from voice_gateway.caller.scripted import HangUp, Pause, Say, Script, ScriptedCaller
from voice_gateway.speech.caller_voice import CallerVoice
from warmline.private_line import PrivateLine

CALLS = (0, 2, 4, 8)
SETTLE_S = 20.0
LIVE_S = 40.0
MIB = 1024 * 1024


async def resident_with(line: PrivateLine, calls: int) -> float:
    """Measure the server while calls are going on that have all spoken.

    Args:
        line: Where to call.
        calls: How many at once.

    Returns:
        MiB.
    """
    script = Script(Say("what time do you close on saturday"), Pause(LIVE_S), HangUp())
    going_on = [
        asyncio.create_task(line.call(ScriptedCaller(script, CallerVoice()))) for _ in range(calls)
    ]
    await asyncio.sleep(SETTLE_S)
    resident = psutil.Process(line.supervisor.child("server").pid).memory_info().rss / MIB
    for report in await asyncio.gather(*going_on):
        assert report.ok, report
    return resident


async def main() -> None:
    """Bring a line up, measure, and print."""
    async with bench_line() as line:
        await resident_with(line, 1)
        sizes = [await resident_with(line, calls) for calls in CALLS]
    table = Table(title="Memory of the server")
    table.add_column("live calls", justify="right")
    table.add_column("resident, MiB", justify="right")
    for calls, size in zip(CALLS, sizes, strict=True):
        table.add_row(str(calls), f"{size:.1f}")
    console = Console(width=100)
    console.print(table)
    console.print(f"per call (least squares): {np.polyfit(CALLS, sizes, 1)[0]:.1f} MiB")


if __name__ == "__main__":
    asyncio.run(main())
