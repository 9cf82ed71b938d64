"""Callers who wait, and the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contact_center.routing.rules import RoutingRules

SAFETY = 1
VIP = 2
IN_TURN = 3

PlaceInLine = tuple[int, datetime, int, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hand-off that nobody has taken.

    Args:
        handoff_id: Names the hand-off.
        call_id: The call.
        since: Since when the caller waits for this agent.
        priority: 1 for a safety complaint, 2 for a VIP, 3 for the others.
        queue: Who should take it.
        skills: What the agent should be able to deal with.
        language: What the agent must speak.
        preferred_agent: Who knows the matter already.
        returned: Whether the caller was with an agent already, who was lost or passed them on.
        server: The server that holds the call; empty where there is one.
        refused: When each agent who did not take it was last asked in vain.
        offered_to: Who is being asked.
        offered_until: How long that agent has.
    """

    handoff_id: str
    call_id: str
    since: datetime
    priority: int = IN_TURN
    queue: str = "support"
    skills: frozenset[str] = frozenset()
    language: str = "en"
    preferred_agent: str | None = None
    returned: bool = False
    server: str = ""
    refused: Mapping[str, datetime] = field(default_factory=dict)
    offered_to: str | None = None
    offered_until: datetime | None = None

    def waited_s(self, now: datetime) -> float:
        """Seconds that the caller has waited.

        Args:
            now: The present instant.
        """
        return (now - self.since).total_seconds()


def place(waiting: Waiting, rules: RoutingRules) -> PlaceInLine:
    """Say where a caller stands; the smaller goes first.

    A safety complaint goes before everybody, then whoever was with an agent already, then the
    others by when they came, where a VIP came `vip_ahead_s` earlier than by the clock. As nothing
    in it depends on the present, nobody overtakes anybody while they wait.

    Args:
        waiting: The caller.
        rules: The figures.

    Returns:
        What lines are sorted by.
    """
    came = waiting.since
    if waiting.priority == SAFETY:
        step = 0 if waiting.returned else 1
    elif waiting.returned:
        step = 2
    else:
        step = 3
        if waiting.priority == VIP:
            came -= timedelta(seconds=rules.vip_ahead_s)
    return step, came, waiting.priority, waiting.handoff_id


def in_order(line: Iterable[Waiting], rules: RoutingRules) -> list[Waiting]:
    """Sort callers as they are to be taken.

    Args:
        line: The callers.
        rules: The figures.

    Returns:
        Who is to be taken first, first.
    """
    return sorted(line, key=lambda waiting: place(waiting, rules))
