"""Complaint levels and what the company owes at each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ComplaintLevel = Literal[1, 2, 3]


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What is owed to a complaint of one level.

    Args:
        name: The kind of complaint.
        respond_within: Until a person answers it.
        resolve_within: Until it is settled.
    """

    name: str
    respond_within: timedelta
    resolve_within: timedelta


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The instants that follow from a service level.

    Args:
        respond_by: Until when a person must have answered.
        resolve_by: Until when it must be settled.
    """

    respond_by: datetime
    resolve_by: datetime


# By the clock, not by opening hours: a danger does not wait for Monday.
LEVELS: dict[ComplaintLevel, ServiceLevel] = {
    1: ServiceLevel("safety", timedelta(minutes=15), timedelta(hours=2)),
    2: ServiceLevel("service quality", timedelta(minutes=30), timedelta(hours=24)),
    3: ServiceLevel("other", timedelta(hours=1), timedelta(hours=48)),
}

LEAST_SERIOUS: ComplaintLevel = 3
"""What a complaint is when nobody has weighed it."""


def deadlines(level: ComplaintLevel, now: datetime) -> Deadlines:
    """Work out until when a complaint must be answered and settled.

    Args:
        level: 1 safety, 2 service quality, 3 other.
        now: When it was made.

    Returns:
        Both instants.
    """
    owed = LEVELS[level]
    return Deadlines(now + owed.respond_within, now + owed.resolve_within)
