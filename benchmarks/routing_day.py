"""Days at the desk with fifty agents, played with the real routing decisions.

First a load that theory can foretell, against Erlang A; then a working day with everything that
happens on one: three queues, skills, two languages, priorities, breaks, declined and unanswered
offers, desks that die.
"""

from __future__ import annotations

import time
from statistics import fmean, quantiles, stdev

from rich.console import Console
from rich.table import Table

from contact_center.routing.rules import RoutingRules
from tests.contact_center.routing.erlang_a import erlang_a
from tests.contact_center.routing.simulated_day import (
    Caller,
    SimulatedDay,
    alike,
    mixed_caller,
    mixed_day,
    mixed_staff,
    steady_load,
)

AGENTS = 50
HANDLING_S = 240.0
PATIENCE_S = 120.0
LOADS = (0.95, 1.0, 1.1, 1.2)
DAYS = 6
DAY_HOURS = 16.0
WORKING_HOURS = 10.0
BUSY = (0.9, 1.0, 1.2)


def against_erlang_a(console: Console) -> bool:
    """Compare mean waits and abandonment with what theory foretells.

    Args:
        console: Where the table goes.

    Returns:
        Whether all are within 10 %.
    """
    table = Table(title=f"{AGENTS} agents alike against Erlang A, {DAYS} days of {DAY_HOURS:.0f} h")
    for column in ("load", "calls", "wait s", "±", "foretold", "off", "gave up", "foretold", "off"):
        table.add_column(column, justify="right")
    good = True
    for load in LOADS:
        habits = steady_load(AGENTS, load, HANDLING_S, PATIENCE_S)
        played = [
            SimulatedDay(alike(AGENTS), habits, RoutingRules(), seed).run(DAY_HOURS)
            for seed in range(DAYS)
        ]
        days = [list(day.callers.values()) for day in played]
        waits = [fmean(caller.waited_s for caller in day) for day in days]
        callers = [caller for day in days for caller in day]
        wait = fmean(caller.waited_s for caller in callers)
        # Theory is asked about the load that came, not about the one that was ordered.
        foretold = erlang_a(
            AGENTS,
            len(callers) / (DAYS * DAY_HOURS * 3600),
            fmean(day.mean_handling_s for day in played),
            PATIENCE_S,
        )
        gave_up = fmean(caller.ended == "abandoned" for caller in callers)
        off = wait / foretold.mean_wait_s - 1, gave_up / foretold.abandoned - 1
        good = good and all(abs(part) <= 0.1 for part in off)
        table.add_row(
            f"{load:.2f}",
            str(len(callers)),
            f"{wait:.2f}",
            f"{stdev(waits) / len(waits) ** 0.5:.2f}",
            f"{foretold.mean_wait_s:.2f}",
            f"{off[0]:+.1%}",
            f"{gave_up:.2%}",
            f"{foretold.abandoned:.2%}",
            f"{off[1]:+.1%}",
        )
    console.print(table)
    return good


def working_days(console: Console) -> bool:
    """Play working days and tell who waited how long.

    Args:
        console: Where the tables go.

    Returns:
        Whether no decision broke a rule.
    """
    table = Table(title=f"{AGENTS} agents, a working day of {WORKING_HOURS:.0f} h")
    for column in ("callers", "who", "calls", "answered", "gave up", "left", "mean s", "p95 s"):
        table.add_column(column, justify="left" if column == "who" else "right")
    problems = 0
    for busy in BUSY:
        began = time.perf_counter()
        day = SimulatedDay(mixed_staff(), mixed_day(busy), RoutingRules(), 1, mixed_caller)
        callers = list(day.run(WORKING_HOURS).callers.values())
        took_s = time.perf_counter() - began
        problems += len(day.problems)
        for priority, who in ((1, "safety"), (2, "VIP"), (3, "others")):
            of_these = [caller for caller in callers if caller.waiting.priority == priority]
            table.add_row(f"x {busy:.1f}" if priority == 1 else "", who, *_row(of_these))
        told = [c for c in callers if c.told_s is not None and c.ended == "answered"]
        kept = fmean(caller.waited_s <= (caller.told_s or 0.0) for caller in told)
        again = sum(len(caller.asked) > 1 for caller in callers)
        console.print(
            f"x {busy:.1f}: {day.offers} offers, {again} callers offered more than once, "
            f"{sum(c.returns for c in callers)} first in line after a dead desk, "
            f"{len(day.problems)} rules broken; of {len(told)} told, {kept:.0%} waited no longer; "
            f"{took_s:.1f} s to play"
        )
    console.print(table)
    return not problems


def _row(callers: list[Caller]) -> list[str]:
    waits = [caller.waited_s for caller in callers]
    endings = [caller.ended for caller in callers]
    return [
        str(len(callers)),
        *(str(endings.count(ending)) for ending in ("answered", "abandoned", "in line")),
        f"{fmean(waits):.1f}",
        f"{quantiles(waits, n=20)[-1]:.1f}",
    ]


def main() -> None:
    """Play all days; exits with 1 when one is not as it should be."""
    console = Console()
    good = [against_erlang_a(console), working_days(console)]
    if not all(good):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
