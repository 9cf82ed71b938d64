"""Agents and waiting callers as rows, and what roster and line do to both.

Whoever changes agents and callers in one transaction locks the agent first, then the place in line,
then the hand-off, so that no two of them wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import changed_rows
from contact_center.handoff_packet import HandoffState
from contact_center.models import (
    AgentRow,
    CallRow,
    HandoffChangeRow,
    HandoffRow,
    QueuedHandoffRow,
)
from contact_center.routing import agents
from contact_center.routing.agents import Agent, AgentState
from contact_center.routing.waiting import Waiting

SIGNED_IN = select(AgentRow).where(AgentRow.state != "offline").order_by(AgentRow.name)
"""The agents who are signed in, by name."""

LOST_IN_WRAP_UP = "The desk was closed before the wrap-up."


class UnknownAgent(LookupError):
    """No agent of this name has ever signed in.

    Args:
        name: The name that was asked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no agent {name}.")
        self.name = name


@dataclass(frozen=True, slots=True)
class Released:
    """What an agent who is gone has left behind.

    Args:
        agent_name: Who is gone.
        offered: Hand-offs they were being asked for; each is back at its place.
        first_in_line: Hand-offs whose callers they were speaking with.
        closed: Hand-offs whose call was over, and whose wrap-up nobody will do any more.
        calls: The call of each of these hand-offs.
    """

    agent_name: str
    offered: tuple[str, ...] = ()
    first_in_line: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    calls: Mapping[str, str] = field(default_factory=dict)


def agent_of(row: AgentRow) -> Agent:
    """Read an agent from their row.

    Args:
        row: The row.

    Returns:
        The agent.
    """
    return Agent(
        name=row.name,
        state=cast(AgentState, row.state),
        since=row.state_since,
        idle_since=row.idle_since,
        queues=frozenset(row.queues),
        skills=frozenset(row.skills),
        languages=frozenset(row.languages),
        capacity=row.capacity,
        calls=row.calls,
        break_reason=row.break_reason,
        server=row.server,
    )


def keep_state(row: AgentRow, agent: Agent) -> None:
    """Write down what an agent does.

    Args:
        row: The agent's row, locked.
        agent: The agent as they are now.
    """
    row.state = agent.state
    row.state_since = agent.since
    row.idle_since = agent.idle_since
    row.break_reason = agent.break_reason
    row.calls = agent.calls


async def lock_agent(session: AsyncSession, name: str) -> AgentRow:
    """Read an agent whom nobody else may change until the session ends.

    Args:
        session: An open session that writes.
        name: The agent.

    Returns:
        The row, as it is now.

    Raises:
        UnknownAgent: There is none of this name.
    """
    query = select(AgentRow).where(AgentRow.name == name).with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise UnknownAgent(name)
    return row


async def waiting_in(
    session: AsyncSession, *, lock: bool = False
) -> list[tuple[QueuedHandoffRow, Waiting]]:
    """Read who waits.

    Args:
        session: An open session.
        lock: Whether nobody else may change them until the session ends; those who are being
            changed at this moment are left out.

    Returns:
        Rows and what they say.
    """
    query = (
        select(QueuedHandoffRow, HandoffRow.call_id, HandoffRow.priority, CallRow.server)
        .join(HandoffRow, HandoffRow.id == QueuedHandoffRow.handoff_id)
        .join(CallRow, CallRow.id == HandoffRow.call_id)
        .where(HandoffRow.state == "offered", CallRow.ended_at.is_(None))
    )
    if lock:
        # A row that changed while it was being locked comes back with its new values, but what it
        # is joined with does not. Hence first the locks, then all that is read.
        ids = query.with_only_columns(QueuedHandoffRow.handoff_id).with_for_update(
            of=QueuedHandoffRow, skip_locked=True
        )
        locked = (await session.scalars(ids)).all()
        query = query.where(QueuedHandoffRow.handoff_id.in_(locked)).execution_options(
            populate_existing=True
        )
    rows = (await session.execute(query)).all()
    refusals = (
        select(HandoffChangeRow.handoff_id, HandoffChangeRow.agent_name, HandoffChangeRow.at)
        .join(HandoffRow, HandoffRow.id == HandoffChangeRow.handoff_id)
        .where(
            HandoffRow.state == "offered",
            HandoffChangeRow.state.in_(("declined", "timed_out")),
        )
        .order_by(HandoffChangeRow.id)
    )
    refused: dict[str, dict[str, datetime]] = defaultdict(dict)
    for handoff_id, agent_name, at in await session.execute(refusals):
        if agent_name is not None:
            refused[handoff_id][agent_name] = at
    return [
        (
            row,
            Waiting(
                handoff_id=row.handoff_id,
                call_id=call_id,
                since=row.since,
                priority=priority,
                queue=row.queue,
                skills=frozenset(row.skills),
                language=row.language,
                preferred_agent=row.preferred_agent,
                returned=row.returned,
                server=server,
                refused=refused.get(row.handoff_id, {}),
                offered_to=row.offered_to,
                offered_until=row.offered_until,
            ),
        )
        for row, call_id, priority, server in rows
    ]


def note(
    session: AsyncSession,
    handoff_id: str,
    state: HandoffState,
    now: datetime,
    agent_name: str | None = None,
) -> None:
    """Add a step to the history of a hand-off.

    Args:
        session: An open session that writes.
        handoff_id: The hand-off.
        state: The step.
        now: When.
        agent_name: The agent whom it concerns.
    """
    session.add(HandoffChangeRow(handoff_id=handoff_id, state=state, at=now, agent_name=agent_name))


def held_by(handoff_id: str, agent_name: str) -> tuple[ColumnElement[bool], ...]:
    """Say what must be true of a hand-off that an agent holds.

    Args:
        handoff_id: The hand-off.
        agent_name: The agent.

    Returns:
        Conditions on its row.
    """
    return (
        HandoffRow.id == handoff_id,
        HandoffRow.state == "accepted",
        HandoffRow.agent_name == agent_name,
    )


async def put_first(
    session: AsyncSession,
    handoff_id: str,
    agent_name: str,
    now: datetime,
    *,
    preferred_agent: str | None = None,
    queue: str | None = None,
    skills: list[str] | None = None,
) -> bool:
    """Put a caller who was with an agent first in line.

    Args:
        session: An open session that writes, in which the agent is locked.
        handoff_id: The hand-off.
        agent_name: Who had it.
        now: The present instant.
        preferred_agent: Who should have it, if free.
        queue: Who should take it next; as before when None.
        skills: What that agent should be able to deal with; as before when None.

    Returns:
        False when that agent did not have it.
    """
    place: dict[str, object] = {
        "since": now,
        "returned": True,
        "preferred_agent": preferred_agent,
        "offered_to": None,
        "offered_until": None,
    }
    if queue is not None:
        place["queue"] = queue
    if skills is not None:
        place["skills"] = skills
    held = held_by(handoff_id, agent_name)
    await changed_rows(
        session,
        update(QueuedHandoffRow)
        .where(QueuedHandoffRow.handoff_id.in_(select(HandoffRow.id).where(*held)))
        .values(place),
    )
    moved = await changed_rows(
        session, update(HandoffRow).where(*held).values(state="offered", agent_name=None)
    )
    if moved:
        note(session, handoff_id, "offered", now)
    return bool(moved)


async def release(session: AsyncSession, row: AgentRow, now: datetime) -> Released:
    """Sign out an agent and give back what they had.

    Args:
        session: An open session that writes.
        row: The agent's row, locked.
        now: The present instant.

    Returns:
        What they left behind.
    """
    name = row.name
    offered = (
        await session.scalars(
            update(QueuedHandoffRow)
            .where(QueuedHandoffRow.offered_to == name)
            .values(offered_to=None, offered_until=None)
            .returning(QueuedHandoffRow.handoff_id)
        )
    ).all()
    for handoff_id in offered:
        note(session, handoff_id, "offered", now)
    held = (
        await session.execute(
            select(HandoffRow.id, HandoffRow.call_id, CallRow.ended_at)
            .join(CallRow, CallRow.id == HandoffRow.call_id)
            .where(HandoffRow.state == "accepted", HandoffRow.agent_name == name)
            .order_by(HandoffRow.offered_at, HandoffRow.id)
        )
    ).all()
    calls = {handoff_id: call_id for handoff_id, call_id, _ in held}
    asked = select(HandoffRow.id, HandoffRow.call_id).where(HandoffRow.id.in_(offered))
    for handoff_id, call_id in await session.execute(asked):
        calls[handoff_id] = call_id
    first, closed = [], []
    for handoff_id, _, ended_at in held:
        if ended_at is None:
            # Who is back at once, when nobody else is free, gets their caller back.
            if await put_first(session, handoff_id, name, now, preferred_agent=name):
                first.append(handoff_id)
        elif await close_handoff(session, handoff_id, name, "not_resolved", LOST_IN_WRAP_UP, now):
            closed.append(handoff_id)
    keep_state(row, agents.leave(agent_of(row), now))
    return Released(name, tuple(offered), tuple(first), tuple(closed), calls)


async def close_handoff(
    session: AsyncSession,
    handoff_id: str,
    agent_name: str,
    disposition: str,
    notes: str,
    now: datetime,
) -> bool:
    """Close a hand-off that an agent holds.

    Args:
        session: An open session that writes.
        handoff_id: The hand-off.
        agent_name: Who holds it.
        disposition: How it came out.
        notes: What is to be remembered.
        now: The present instant.

    Returns:
        False when that agent does not hold it.
    """
    closed = await changed_rows(
        session,
        update(HandoffRow)
        .where(*held_by(handoff_id, agent_name))
        .values(state="closed", disposition=disposition, notes=notes),
    )
    if closed:
        note(session, handoff_id, "closed", now, agent_name)
    return bool(closed)
