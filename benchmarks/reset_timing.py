"""Whether waiting tells if there is an account: resets for existing and missing ones, measured.

`python -m benchmarks.reset_timing [--resets N]` runs the real skills and services over a database
of its own, existing and missing accounts in random order, once as configured and once without the
padding, and prints how long each step took and how far the two kinds lie apart.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from actions.business import Business
from actions.respond import respond
from actions.turn import Turn
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.sealing import Seal
from contact_center.seed import ORDER_LATE, UNKNOWN_ORDER, seed
from contact_center.settings import ContactCenterSettings

EXISTING, MISSING = "existing", "missing"
NUMBERS = {EXISTING: ORDER_LATE, MISSING: UNKNOWN_ORDER}
WARM_UP = 3
NO_LIMIT = 1_000_000
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

Times = dict[str, dict[str, list[float]]]
"""Seconds of each reset, by step and by kind of account."""


async def measure(folder: Path, resets: int, step_s: float) -> Times:
    """Run resets and take the time of every answer that could tell the kinds apart.

    Args:
        folder: Where the database is made.
        resets: How many of each kind.
        step_s: The padding, in seconds; 0 for none.

    Returns:
        The times.
    """
    settings = ContactCenterSettings(
        data_dir=folder,
        reset_answer_s=step_s,
        reset_codes_per_account=NO_LIMIT,
        reset_codes_overall=NO_LIMIT,
        reset_first_wait_s=0,
    )
    db = Database(settings.database_url, seal=Seal([secrets.token_hex(32)]))
    await db.migrate()
    await seed(db, datetime.now(UTC).date())
    business = Business.over(db, settings)
    times: Times = defaultdict(lambda: defaultdict(list))
    kinds = [EXISTING, MISSING] * resets
    random.Random(7).shuffle(kinds)
    for place, kind in enumerate([EXISTING, MISSING] * WARM_UP + kinds):
        taken = await one_reset(db, business, kind, place)
        if place >= 2 * WARM_UP:
            for step, seconds in taken.items():
                times[step][kind].append(seconds)
    await db.close()
    return times


async def one_reset(db: Database, business: Business, kind: str, place: int) -> dict[str, float]:
    """Go through a reset as a caller whose number nobody has, up to the first wrong code."""
    call_id = f"reset-{place}"
    number = f"+1212555{place:04}"
    await Calls(db).start(call_id, number, "browser", business.now())
    said = " ".join(DIGITS[int(each)] for each in NUMBERS[kind])
    slots: dict[str, object] = {"caller_number": number}
    taken: dict[str, float] = {}

    async def says(text: str, intent: str, action: str = "action_answer") -> float:
        turn = Turn(call_id, text, intent, 0.9, slots)
        began = time.perf_counter()
        await respond(action, turn, business)
        spent = time.perf_counter() - began
        slots.update(turn.changes)
        return spent

    await says("i forgot my password", "password_reset", "action_password_reset")
    taken["order number said"] = await says(said, "provide_number")
    if slots.get("awaiting") != "contact_kind":
        taken["order number agreed to"] = await says("yes", "affirm")
    taken["code sent"] = await says("by email", "choose_contact")
    began = time.perf_counter()
    await business.codes.try_code(call_id, "wrong!", business.now())
    taken["wrong code tried"] = time.perf_counter() - began
    return taken


def show(console: Console, title: str, times: Times) -> None:
    """Print medians, spreads and how far the two kinds lie apart."""
    table = Table("step", "account", "n", "median ms", "spread ms", "apart ms", title=title)
    for step, kinds in times.items():
        medians = {kind: statistics.median(taken) for kind, taken in kinds.items()}
        for kind in (EXISTING, MISSING):
            taken = kinds[kind]
            apart = f"{1000 * (medians[EXISTING] - medians[MISSING]):+.2f}"
            table.add_row(
                step if kind == EXISTING else "",
                kind,
                str(len(taken)),
                f"{1000 * medians[kind]:.2f}",
                f"{1000 * spread(taken):.2f}",
                apart if kind == MISSING else "",
            )
    console.print(table)


def spread(taken: Sequence[float]) -> float:
    """The distance between the quartiles, in seconds."""
    if len(taken) < 2:
        return 0.0
    low, _, high = statistics.quantiles(taken, n=4)
    return high - low


def main() -> None:
    """Measure with and without the padding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resets", type=int, default=20, help="of each kind")
    resets = parser.parse_args().resets
    console = Console(width=100)
    padding = ContactCenterSettings().reset_answer_s
    for title, step_s in (("as configured", padding), ("without the padding", 0.0)):
        with tempfile.TemporaryDirectory() as folder:
            show(console, title, asyncio.run(measure(Path(folder), resets, step_s)))


if __name__ == "__main__":
    main()
