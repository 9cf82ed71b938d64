"""How long a caller will wait for a person: estimated from how it went lately, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, quantiles

from sqlalchemy import select

from contact_center.database import Database
from contact_center.models import HandoffChangeRow, HandoffRow

LATELY = timedelta(hours=4)
"""What is longer ago says little about now."""
SAMPLES = 20
"""The latest hand-offs of that time, at most, are what an estimate rests on."""
FEWEST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Workload:
    """How busy the agents are.

    Args:
        agents: How many are at their desks.
        busy: How many of them are on a call.
        ahead: How many callers wait who will be taken first.
        answered_in: Seconds from offer to acceptance, of the latest hand-offs.
        handled_in: Seconds from acceptance to the end, of the latest hand-offs.
    """

    agents: int
    busy: int
    ahead: int
    answered_in: tuple[float, ...] = ()
    handled_in: tuple[float, ...] = ()


def estimate(workload: Workload) -> float | None:
    """Estimate the wait of one more caller.

    Args:
        workload: How busy the agents are.

    Returns:
        Seconds, such that three of four callers wait no longer; None when nobody is there, or too
        little is known to be honest about it.
    """
    free = workload.agents - workload.busy
    if workload.agents < 1 or len(workload.answered_in) < FEWEST_SAMPLES:
        return None
    # Waits told too short are what callers mind, hence not the middle but the third quarter.
    usual = quantiles(workload.answered_in, n=4, method="inclusive")[2]
    if workload.ahead < free:
        return usual
    if len(workload.handled_in) < FEWEST_SAMPLES:
        return None
    calls_to_end = workload.ahead - free + 1
    return max(usual, calls_to_end * fmean(workload.handled_in) / workload.agents)


async def workload(db: Database, agents: Collection[str], priority: int, now: datetime) -> Workload:
    """Look up how busy the agents are.

    Args:
        db: Where hand-offs are stored.
        agents: The names of those at their desks.
        priority: The priority of the caller who is to wait; a lower number comes first.
        now: The present instant.

    Returns:
        What an estimate needs.
    """
    since = now - LATELY
    handoffs = select(
        HandoffRow.id, HandoffRow.state, HandoffRow.priority, HandoffRow.agent_name
    ).where(HandoffRow.offered_at >= since)
    changes = (
        select(HandoffChangeRow.handoff_id, HandoffChangeRow.state, HandoffChangeRow.at)
        .join(HandoffRow, HandoffRow.id == HandoffChangeRow.handoff_id)
        .where(HandoffRow.offered_at >= since)
        .order_by(HandoffChangeRow.id)
    )
    async with db.reading() as session:
        rows = (await session.execute(handoffs)).all()
        steps = (await session.execute(changes)).all()
    offered: dict[str, datetime] = {}
    accepted: dict[str, datetime] = {}
    answered: list[float] = []
    handled: list[float] = []
    for handoff_id, state, at in steps:
        match state:
            case "offered":
                # The caller waits from the first; later ones say which agent was asked.
                offered.setdefault(handoff_id, at)
            case "accepted" if handoff_id in offered:
                accepted[handoff_id] = at
                answered.append((at - offered.pop(handoff_id)).total_seconds())
            case "closed" if handoff_id in accepted:
                handled.append((at - accepted[handoff_id]).total_seconds())
    on_calls = {row.agent_name for row in rows if row.state == "accepted"}
    return Workload(
        agents=len(agents),
        busy=len(on_calls & set(agents)),
        ahead=sum(row.state == "offered" and row.priority <= priority for row in rows),
        answered_in=tuple(answered[-SAMPLES:]),
        handled_in=tuple(handled[-SAMPLES:]),
    )


async def expected_wait(
    db: Database, agents: Collection[str], priority: int, now: datetime
) -> float | None:
    """Estimate how long a caller who is to be handed over now will wait.

    Args:
        db: Where hand-offs are stored.
        agents: The names of those at their desks.
        priority: The caller's; a lower number comes first.
        now: The present instant.

    Returns:
        Seconds; None when nobody is there or too little is known.
    """
    if not agents:
        return None
    return estimate(await workload(db, agents, priority, now))
