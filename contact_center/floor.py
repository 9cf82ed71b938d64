"""The floor at one moment: queues, agents, live calls, and what a supervisor is warned of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal, cast

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.calls import TurnRecord
from contact_center.customers import Tier
from contact_center.database import Database
from contact_center.floor_figures import (
    ABANDONMENT_OVER,
    Alert,
    QueueTile,
    UnansweredComplaint,
    Wait,
    high_abandonment,
    long_waits,
    tile,
    unanswered_complaints,
)
from contact_center.handoff_packet import EmotionDirection, HandoffReason
from contact_center.models import (
    AgentRow,
    CallRow,
    CustomerRow,
    HandoffChangeRow,
    HandoffRow,
    QueuedHandoffRow,
    TicketRow,
    TurnRow,
)
from contact_center.packet_builder import emotion_of
from contact_center.routing.agents import Agent
from contact_center.routing.line import Line
from contact_center.routing.rules import RoutingRules
from contact_center.routing.stored import agent_of, waiting_in
from contact_center.routing.wait_estimate import Recent, standing
from contact_center.routing.waiting import SAFETY, Waiting, in_order

RECENT_HOLDS_FOR = timedelta(seconds=15)
"""How it went lately changes slowly, and is the most to read."""

Phase = Literal["bot", "waiting", "asked", "agent"]


@dataclass(frozen=True, slots=True)
class LiveCall:
    """One call that is going on.

    Args:
        call_id: The call.
        server: The server that holds it; empty where there is one.
        started_at: When it was answered.
        phase: With the bot; waiting for an agent; an agent is being asked; or with an agent.
        since: Since when it waits, or is with the agent; None with the bot.
        agent_name: Who is asked, or speaks with the caller.
        queue: Where it waits or waited.
        reason: Why the bot handed it over.
        priority: 1 for a safety complaint, 2 for a VIP, 3 for the others; None with the bot.
        caller_number: As E.164; None when it was withheld.
        customer_name: Whose number it is, if that is one person.
        tier: How they are served.
        upset: How upset the caller sounded last, from 0 to 1.
        mood: Where that is going.
    """

    call_id: str
    server: str
    started_at: datetime
    phase: Phase
    since: datetime | None
    agent_name: str | None
    queue: str | None
    reason: HandoffReason | None
    priority: int | None
    caller_number: str | None
    customer_name: str | None
    tier: Tier | None
    upset: float | None
    mood: EmotionDirection


@dataclass(frozen=True, slots=True)
class AgentOnFloor:
    """One agent who is signed in.

    Args:
        agent: The agent.
        calls: The calls that they are on, or are asked to take.
    """

    agent: Agent
    calls: tuple[LiveCall, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that a supervisor sees, read at one moment.

    Args:
        at: When.
        tiles: The queues, by name.
        agents: Who is signed in, by name.
        calls: The live calls, the longest first.
        alerts: What to see to, the most pressing first.
    """

    at: datetime
    tiles: tuple[QueueTile, ...]
    agents: tuple[AgentOnFloor, ...]
    calls: tuple[LiveCall, ...]
    alerts: tuple[Alert, ...]


class Floor:
    """Looks at the floor.

    Args:
        db: Where everything is stored.
        rules: By which callers and agents are brought together.
        zone: In which a day begins at midnight.
    """

    def __init__(self, db: Database, rules: RoutingRules | None = None, zone: tzinfo = UTC) -> None:
        self._db = db
        self._rules = rules or RoutingRules()
        self._line = Line(db, self._rules)
        self._zone = zone
        self._recent: dict[str, tuple[datetime, Recent]] = {}

    async def look(self, now: datetime) -> View:
        """See how things stand.

        Args:
            now: The present instant.

        Returns:
            Queues, agents, calls and alerts.
        """
        midnight = datetime.combine(now.astimezone(self._zone).date(), time.min, self._zone)
        async with self._db.reading() as session:
            line = in_order((caller for _, caller in await waiting_in(session)), self._rules)
            agents = await _signed_in(session)
            waits = await _waits(session, min(midnight, now - ABANDONMENT_OVER))
            calls = await _live_calls(session)
            tickets = await _unanswered_tickets(session)
        today = [wait for wait in waits if wait.began >= midnight]
        queues = {queue for agent in agents for queue in agent.queues}
        queues |= {caller.queue for caller in line} | {wait.queue for wait in today}
        return View(
            at=now,
            tiles=tuple(
                [
                    tile(
                        queue,
                        line,
                        today,
                        agents,
                        await self._expected_s(queue, line, agents, now),
                        now,
                    )
                    for queue in sorted(queues)
                ]
            ),
            agents=tuple(
                AgentOnFloor(agent, tuple(c for c in calls if c.agent_name == agent.name))
                for agent in agents
            ),
            calls=calls,
            alerts=(
                *unanswered_complaints(line, tickets),
                *long_waits(line, agents, now),
                *high_abandonment(waits, now),
            ),
        )

    async def _expected_s(
        self, queue: str, line: list[Waiting], agents: list[Agent], now: datetime
    ) -> float | None:
        held = self._recent.get(queue)
        if held is None or not held[0] <= now < held[0] + RECENT_HOLDS_FOR:
            held = self._recent[queue] = now, await self._line.recent(queue, now)
        joining = Waiting("", "", now, queue=queue, language=self._rules.language)
        return standing(joining, line, agents, held[1], now, self._rules).expected_s


async def _signed_in(session: AsyncSession) -> list[Agent]:
    query = select(AgentRow).where(AgentRow.state != "offline").order_by(AgentRow.name)
    return [agent_of(row) for row in await session.scalars(query)]


async def _waits(session: AsyncSession, since: datetime) -> list[Wait]:
    # A refusal is noted with the agent who refused, the end of the wait without one.
    left = and_(
        HandoffChangeRow.state.in_(("abandoned", "timed_out")),
        HandoffChangeRow.agent_name.is_(None),
    )
    query = (
        select(
            HandoffRow.call_id,
            QueuedHandoffRow.queue,
            HandoffRow.offered_at,
            func.min(case((HandoffChangeRow.state == "accepted", HandoffChangeRow.at))),
            func.min(case((left, HandoffChangeRow.at))),
        )
        .join(QueuedHandoffRow, QueuedHandoffRow.handoff_id == HandoffRow.id)
        .join(HandoffChangeRow, HandoffChangeRow.handoff_id == HandoffRow.id)
        .where(HandoffRow.offered_at >= since, HandoffRow.state != "after_hours")
        .group_by(HandoffRow.id, QueuedHandoffRow.queue)
    )
    return [Wait(*row) for row in (await session.execute(query)).all()]


async def _live_calls(session: AsyncSession) -> tuple[LiveCall, ...]:
    query = (
        select(CallRow, CustomerRow.name, CustomerRow.tier)
        .outerjoin(CustomerRow, CustomerRow.id == CallRow.customer_id)
        .where(CallRow.ended_at.is_(None))
        .order_by(CallRow.started_at, CallRow.id)
    )
    rows = (await session.execute(query)).all()
    handed_over = await _handed_over(session)
    moods = await _scored_turns(session)
    calls = []
    for row, name, tier in rows:
        phase, since, agent_name, queue, reason, priority = handed_over.get(
            row.id, ("bot", None, None, None, None, None)
        )
        emotion = emotion_of(moods[row.id])
        calls.append(
            LiveCall(
                call_id=row.id,
                server=row.server,
                started_at=row.started_at,
                phase=phase,
                since=since,
                agent_name=agent_name,
                queue=queue,
                reason=reason,
                priority=priority,
                caller_number=row.caller_number,
                customer_name=name,
                tier=cast("Tier | None", tier),
                upset=emotion.latest,
                mood=emotion.direction,
            )
        )
    return tuple(calls)


_HandedOver = tuple[
    Phase, datetime | None, str | None, str | None, HandoffReason | None, int | None
]


async def _handed_over(session: AsyncSession) -> dict[str, _HandedOver]:
    """Read where each live call stands that was handed over."""
    accepted_at = (
        select(func.max(HandoffChangeRow.at))
        .where(HandoffChangeRow.handoff_id == HandoffRow.id, HandoffChangeRow.state == "accepted")
        .scalar_subquery()
    )
    query = (
        select(
            HandoffRow.call_id,
            HandoffRow.state,
            HandoffRow.agent_name,
            HandoffRow.priority,
            HandoffRow.offered_at,
            HandoffRow.packet["reason"].as_string(),
            QueuedHandoffRow.queue,
            QueuedHandoffRow.since,
            QueuedHandoffRow.offered_to,
            accepted_at,
        )
        .join(CallRow, CallRow.id == HandoffRow.call_id)
        .outerjoin(QueuedHandoffRow, QueuedHandoffRow.handoff_id == HandoffRow.id)
        .where(HandoffRow.state.in_(("offered", "accepted")), CallRow.ended_at.is_(None))
        .order_by(HandoffRow.offered_at, HandoffRow.id)
    )
    found: dict[str, _HandedOver] = {}
    for row in (await session.execute(query)).all():
        call_id, state, agent_name, priority, offered_at, reason, queue, since, asked, taken = row
        phase: Phase = "agent" if state == "accepted" else "asked" if asked else "waiting"
        found[call_id] = (
            phase,
            taken if phase == "agent" else since or offered_at,
            agent_name or asked,
            queue,
            cast("HandoffReason | None", reason),
            priority,
        )
    return found


async def _scored_turns(session: AsyncSession) -> dict[str, list[TurnRecord]]:
    """Read how the callers on the line sounded, turn by turn."""
    query = (
        select(TurnRow.call_id, TurnRow.turn_id, TurnRow.started_at, TurnRow.affect)
        .join(CallRow, CallRow.id == TurnRow.call_id)
        .where(CallRow.ended_at.is_(None), TurnRow.speaker == "caller", TurnRow.affect.is_not(None))
        .order_by(TurnRow.started_at, TurnRow.id)
    )
    turns: dict[str, list[TurnRecord]] = defaultdict(list)
    for call_id, turn_id, at, affect in (await session.execute(query)).all():
        turns[call_id].append(
            TurnRecord(
                call_id=call_id,
                turn_id=turn_id,
                speaker="caller",
                text="",
                started_at=at,
                affect=affect,
            )
        )
    return turns


async def _unanswered_tickets(session: AsyncSession) -> list[UnansweredComplaint]:
    """Read the safety complaints on file that no person has answered."""
    query = select(TicketRow.call_id, TicketRow.respond_by, TicketRow.id, TicketRow.owner).where(
        TicketRow.state == "open",
        TicketRow.complaint_level == SAFETY,
        TicketRow.responded_at.is_(None),
    )
    return [UnansweredComplaint(*row) for row in (await session.execute(query)).all()]
