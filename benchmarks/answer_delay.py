"""How long a caller waits: from the last word said to the first sound of the answer.

Whole spoken calls over the real WebSocket, one at a time. The caller's side measures what the
caller would hear; the server tells how the time was spent.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bench_line import bench_line
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.caller.client import CallEvent
from voice_gateway.caller.scripted import HangUp, Say, Script, ScriptedCaller
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.transports import browser_protocol
from warmline.private_line import PrivateLine
from warmline.swarm.swarm import SCRIPTS

TURNS = 104


async def measure(line: PrivateLine, turns: int) -> tuple[list[float], dict[str, list[float]]]:
    """Place calls until enough answers have been heard.

    Args:
        line: Where to call.
        turns: How many answers.

    Returns:
        The delays heard by the caller in seconds, and the server's parts of them in milliseconds.
    """
    heard: list[float] = []
    parts: dict[str, list[float]] = defaultdict(list)

    def listen(event: CallEvent, at: float) -> None:
        if isinstance(event, browser_protocol.Delay):
            for part, milliseconds in event.ms.items():
                parts[part].append(milliseconds)

    call = 0
    while len(heard) < turns:
        texts = SCRIPTS[call % len(SCRIPTS)]
        call += 1
        caller = ScriptedCaller(Script(*map(Say, texts), HangUp()), CallerVoice())
        report = await line.call(caller, number=DEMO_CUSTOMER.phone, on_event=listen)
        heard += report.response_delays
        print(f"  call {call}: {len(heard)} of {turns} answers ({report.ended})", flush=True)
        if not report.ok:
            print(f"  {report.failure or report.error}", file=sys.stderr)
    return heard, parts


def show(heard: list[float], parts: dict[str, list[float]]) -> None:
    """Print p50 and p95 of the whole and of its parts, in milliseconds."""
    table = Table(title=f"Caller's last word to first bot audio, {len(heard)} answers, ms")
    for column in ("part", "p50", "p95", "largest", "answers"):
        table.add_column(column, justify="left" if column == "part" else "right")
    rows = {"heard by the caller": [1000 * delay for delay in heard]}
    rows |= {f"server: {part}": values for part, values in parts.items()}
    for name, values in rows.items():
        p50, p95 = np.percentile(values, [50, 95])
        table.add_row(name, f"{p50:.0f}", f"{p95:.0f}", f"{max(values):.0f}", str(len(values)))
    Console(width=100).print(table)


async def main() -> None:
    """Bring a line up, measure, and print."""
    async with bench_line() as line:
        show(*await measure(line, TURNS))


if __name__ == "__main__":
    asyncio.run(main())
