"""The line of callers who wait for a person: each is offered to one agent at a time.

Several servers may work on one database. One of them at a time decides who is asked, so that the
order holds; what an agent or a caller does meanwhile is left out of that decision and never waits
for it. A reservation ends when an agent answers, or when somebody decides after it has run out: a
click that comes a moment late still counts as long as nobody else was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import Update, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database, changed_rows, insert_unless_there
from contact_center.handoff_packet import HandoffPacket, PassedOn, Routing
from contact_center.handoffs import Handoff, Handoffs, UnknownHandoff, WithdrawOutcome
from contact_center.models import (
    AgentRow,
    CallRow,
    HandoffChangeRow,
    HandoffRow,
    QueuedHandoffRow,
)
from contact_center.packet_builder import emotion_of, transcript_of
from contact_center.privacy import redact
from contact_center.routing import agents
from contact_center.routing.matching import Offer, assign, look_again_at, offered
from contact_center.routing.rules import RoutingRules
from contact_center.routing.stored import (
    SIGNED_IN,
    Released,
    UnknownAgent,
    agent_of,
    close_handoff,
    held_by,
    keep_state,
    lock_agent,
    note,
    put_first,
    release,
    waiting_in,
)
from contact_center.routing.wait_estimate import LATELY, Recent, Standing, standing
from contact_center.routing.waiting import Waiting, in_order

log = structlog.get_logger(__name__)

DISPATCH_LOCK = 0x6C696E65  # any number but that of the migrations, the same on every server
SAMPLES = 50
"""The latest hand-offs, at most, on which an estimate rests."""

AcceptAnswer = Literal["accepted", "taken", "expired", "not_offered", "gone"]
"""What an agent hears who accepts: "taken" by somebody else, "expired" and back in line, never
"offered" to this agent, or the caller is "gone"."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An offer that nobody answered.

    Args:
        handoff_id: The hand-off.
        call_id: Its call.
        agent_name: Who was asked.
    """

    handoff_id: str
    call_id: str
    agent_name: str


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What was decided.

    Args:
        offers: New offers.
        missed: Offers that ran out.
        freed: Agents who were being asked for a caller that is gone.
        lost: Agents of whom there was no sign of life, and what they left behind.
        look_again_at: When to decide again if nothing else happens; None when time changes nothing.
    """

    offers: tuple[Offer, ...] = ()
    missed: tuple[Missed, ...] = ()
    freed: tuple[str, ...] = ()
    lost: tuple[Released, ...] = ()
    look_again_at: datetime | None = None


class Line:
    """Keeps the line.

    Args:
        db: Where it is stored.
        rules: The figures.
    """

    def __init__(self, db: Database, rules: RoutingRules | None = None) -> None:
        self._db = db
        self.rules = rules or RoutingRules()

    async def join(self, packet: HandoffPacket) -> Handoff:
        """Store a packet and let its caller wait.

        A hand-off that was stored without this joins the line with the next decision.

        Args:
            packet: The packet; joining again changes nothing.

        Returns:
            The hand-off.
        """
        handoff = await Handoffs(self._db).open(packet)
        async with self._db.session() as session:
            await self._queue(session, packet.handoff_id, packet.routing, packet.created_at)
        return handoff

    async def dispatch(self, now: datetime) -> Dispatched:
        """End what has run out, and ask agents for those who wait.

        To be called whenever somebody joins the line, an agent becomes free, or `look_again_at`
        has come; and every few seconds, for what another server did.

        Args:
            now: The present instant.

        Returns:
            What was decided; it is stored already.
        """
        async with self._db.session() as session:
            if not self._db.is_sqlite:
                await session.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": DISPATCH_LOCK}
                )
            await self._adopt(session)
            staff = {
                row.name: row
                for row in await session.scalars(SIGNED_IN.with_for_update(skip_locked=True))
            }
            lost = await self._sign_out_lost(session, staff, now)
            line = await waiting_in(session, lock=True)
            rows = {row.handoff_id: row for row, _ in line}
            missed = _end_offers(session, line, staff, now)
            freed = _free_forgotten(list(rows.values()), staff, now)
            waiting = [_as_stored(rows[caller.handoff_id], caller, now) for _, caller in line]
            offers = assign(waiting, [agent_of(row) for row in staff.values()], now, self.rules)
            callers = {caller.handoff_id: caller for caller in waiting}
            for offer in offers:
                row, agent_row = rows[offer.handoff_id], staff[offer.agent_name]
                row.offered_to, row.offered_until = offer.agent_name, offer.until
                keep_state(agent_row, agents.ring(agent_of(agent_row), now))
                note(session, offer.handoff_id, "offered", now, offer.agent_name)
                callers[offer.handoff_id] = offered(callers[offer.handoff_id], offer)
        return Dispatched(
            tuple(offers),
            tuple(missed),
            tuple(freed),
            tuple(lost),
            look_again_at(callers.values(), now, self.rules),
        )

    async def accept(self, handoff_id: str, agent_name: str, now: datetime) -> AcceptAnswer:
        """Take a hand-off that one is being asked for.

        Args:
            handoff_id: Its id.
            agent_name: Who takes it.
            now: The present instant.

        Returns:
            "accepted" for the one who gets it, and otherwise why not.

        Raises:
            UnknownHandoff: There is none with this id.
        """
        async with self._db.session() as session:
            agent_row = await self._end_offer_to(session, handoff_id, agent_name)
            if agent_row is None:
                return await _why_not(session, handoff_id, agent_name)
            agent = agent_of(agent_row)
            on_the_line = select(CallRow.id).where(CallRow.ended_at.is_(None))
            taken = await changed_rows(
                session,
                update(HandoffRow)
                .where(
                    HandoffRow.id == handoff_id,
                    HandoffRow.state == "offered",
                    HandoffRow.call_id.in_(on_the_line),
                )
                .values(state="accepted", agent_name=agent_name),
            )
            if not taken:
                keep_state(agent_row, agents.unring(agent, now))
                return "gone"
            keep_state(agent_row, agents.take(agent, now))
            note(session, handoff_id, "accepted", now, agent_name)
            return "accepted"

    async def decline(self, handoff_id: str, agent_name: str, now: datetime) -> bool:
        """Turn down a hand-off that one is being asked for; the next agent will be asked.

        Args:
            handoff_id: Its id.
            agent_name: Who declines.
            now: The present instant.

        Returns:
            False when this agent was not being asked any more.
        """
        async with self._db.session() as session:
            agent_row = await self._end_offer_to(session, handoff_id, agent_name)
            if agent_row is None:
                return False
            keep_state(agent_row, agents.unring(agent_of(agent_row), now))
            note(session, handoff_id, "declined", now, agent_name)
            return True

    async def withdraw(self, handoff_id: str, outcome: WithdrawOutcome, now: datetime) -> bool:
        """Take a caller out of the line.

        Args:
            handoff_id: Their hand-off.
            outcome: Why: nobody came, the caller left, or nobody is there at this hour.
            now: The present instant.

        Returns:
            False when they no longer waited, for instance because an agent was quicker.
        """
        asked = select(QueuedHandoffRow.offered_to).where(QueuedHandoffRow.handoff_id == handoff_id)
        while True:
            async with self._db.session() as session:
                name = await session.scalar(asked)
                agent_row = None if name is None else await lock_agent(session, name)
                if await session.scalar(asked.with_for_update()) != name:
                    continue  # somebody else was asked meanwhile; they are to be locked first
                withdrawn = await changed_rows(
                    session,
                    update(HandoffRow)
                    .where(HandoffRow.id == handoff_id, HandoffRow.state == "offered")
                    .values(state=outcome),
                )
                if name is not None and agent_row is not None:
                    await session.execute(_ending_offer(handoff_id, name))
                    if agent_row.state == "offered":
                        keep_state(agent_row, agents.unring(agent_of(agent_row), now))
                if withdrawn:
                    note(session, handoff_id, outcome, now)
                return bool(withdrawn)

    async def close(
        self,
        handoff_id: str,
        agent_name: str,
        disposition: str,
        notes: str,
        now: datetime,
        *,
        then: Literal["available", "break"] = "available",
        reason: str | None = None,
    ) -> bool:
        """End the wrap-up of a hand-off.

        Args:
            handoff_id: Its id.
            agent_name: Who holds it.
            disposition: How it came out, such as "resolved".
            notes: What the agent wrote; stored without what must not be known.
            now: The present instant.
            then: What the agent does next.
            reason: Why, of a break.

        Returns:
            False when that agent does not hold it.

        Raises:
            UnknownAgent: Nobody of this name has ever signed in.
        """
        async with self._db.session() as session:
            row = await lock_agent(session, agent_name)
            notes = redact(notes, contacts=False)
            closed = await close_handoff(session, handoff_id, agent_name, disposition, notes, now)
            if closed and row.calls:
                keep_state(row, agents.finish(agent_of(row), now, then, reason))
        return closed

    async def pass_on(
        self,
        handoff_id: str,
        agent_name: str,
        now: datetime,
        *,
        queue: str | None = None,
        skills: frozenset[str] | None = None,
        note: str = "",
    ) -> bool:
        """Hand a caller on to another agent; they are first in line there.

        The packet is brought up to date, so that the next agent reads what was said with this one.

        Args:
            handoff_id: The hand-off.
            agent_name: Who has it now; they are in wrap-up until `Roster.ready`.
            now: The present instant.
            queue: Who should take it; the same queue when None.
            skills: What that agent should be able to deal with. When None, as before, and nothing
                in particular in another queue.
            note: What the next agent should know.

        Returns:
            False when that agent does not have it.

        Raises:
            UnknownAgent: Nobody of this name has ever signed in.
            UnknownHandoff: There is none with this id.
        """
        packet = (await Handoffs(self._db).get(handoff_id)).packet
        turns = await Calls(self._db).transcript(packet.call.call_id)
        if skills is None:
            same_queue = queue in (None, packet.routing.queue)
            skills = frozenset(packet.routing.skills) if same_queue else frozenset()
        packet = _passed_on(packet, turns, agent_name, now, queue, skills, note)
        async with self._db.session() as session:
            row = await lock_agent(session, agent_name)
            passed = await put_first(
                session, handoff_id, agent_name, now, queue=queue, skills=sorted(skills)
            )
            if passed:
                # The history is kept apart from the packet.
                content = packet.model_dump(mode="json", exclude={"state_history"})
                await changed_rows(
                    session,
                    update(HandoffRow).where(HandoffRow.id == handoff_id).values(packet=content),
                )
            if passed and row.calls:
                keep_state(row, agents.pass_on(agent_of(row), now))
        return passed

    async def leave_to(self, handoff_id: str, agent_name: str, other: str, now: datetime) -> bool:
        """Leave a caller to a colleague who is on the call already.

        Args:
            handoff_id: The hand-off.
            agent_name: Who has it now; they are in wrap-up until `Roster.ready`.
            other: Who has it from now on; they are on the call by `Roster.advise`.
            now: The present instant.

        Returns:
            False when that agent does not have it.

        Raises:
            UnknownAgent: Nobody of one of these names has ever signed in.
        """
        async with self._db.session() as session:
            # In one order, or two agents who leave to each other would wait for each other.
            rows = {name: await lock_agent(session, name) for name in sorted({agent_name, other})}
            left = await changed_rows(
                session,
                update(HandoffRow).where(*held_by(handoff_id, agent_name)).values(agent_name=other),
            )
            if left:
                keep_state(rows[agent_name], agents.pass_on(agent_of(rows[agent_name]), now))
                note(session, handoff_id, "accepted", now, other)
        return bool(left)

    async def waiting(self) -> list[Waiting]:
        """Read the line.

        Returns:
            Who is to be taken first, first; those who are being offered are at their places.
        """
        async with self._db.reading() as session:
            return in_order((caller for _, caller in await waiting_in(session)), self.rules)

    async def standing(self, handoff_id: str, now: datetime) -> Standing | None:
        """Say where a caller stands and how long it will take.

        Args:
            handoff_id: Their hand-off.
            now: The present instant.

        Returns:
            Their place; None when they do not wait in line.
        """
        line = await self.waiting()
        caller = next((caller for caller in line if caller.handoff_id == handoff_id), None)
        return None if caller is None else await self._standing(caller, line, now)

    async def standing_of(self, caller: Waiting, now: datetime) -> Standing:
        """Say where a caller would stand who is about to join.

        Args:
            caller: The caller.
            now: The present instant.

        Returns:
            Their place.
        """
        return await self._standing(caller, await self.waiting(), now)

    async def recent(self, queue: str, now: datetime) -> Recent:
        """Look up how it went lately in a queue.

        Args:
            queue: The queue.
            now: The present instant.

        Returns:
            What an estimate needs.
        """
        steps = (
            select(
                HandoffChangeRow.handoff_id,
                HandoffChangeRow.state,
                HandoffChangeRow.agent_name,
                HandoffChangeRow.at,
            )
            .join(HandoffRow, HandoffRow.id == HandoffChangeRow.handoff_id)
            .join(QueuedHandoffRow, QueuedHandoffRow.handoff_id == HandoffRow.id)
            .where(HandoffRow.offered_at >= now - LATELY, QueuedHandoffRow.queue == queue)
            .order_by(HandoffChangeRow.id)
        )
        async with self._db.reading() as session:
            rows = (await session.execute(steps)).all()
        return _recent([(row[0], row[1], row[2], row[3]) for row in rows], now)

    async def _standing(self, caller: Waiting, line: list[Waiting], now: datetime) -> Standing:
        async with self._db.reading() as session:
            staff = [agent_of(row) for row in await session.scalars(SIGNED_IN)]
        recent = await self.recent(caller.queue, now)
        return standing(caller, line, staff, recent, now, self.rules)

    # -- steps of a decision -------------------------------------------------------------------

    async def _adopt(self, session: AsyncSession) -> None:
        """Let those join who wait but are not in line yet."""
        query = (
            select(HandoffRow.id, HandoffRow.packet, HandoffRow.offered_at)
            .outerjoin(QueuedHandoffRow, QueuedHandoffRow.handoff_id == HandoffRow.id)
            .where(HandoffRow.state == "offered", QueuedHandoffRow.handoff_id.is_(None))
        )
        for handoff_id, packet, offered_at in (await session.execute(query)).all():
            routing = HandoffPacket.model_validate(packet).routing
            await self._queue(session, handoff_id, routing, offered_at)

    async def _queue(
        self, session: AsyncSession, handoff_id: str, routing: Routing, since: datetime
    ) -> None:
        values = {
            "handoff_id": handoff_id,
            # What an assistant makes up must not keep the line from being read.
            "queue": routing.queue[:60],
            "skills": sorted(set(routing.skills)),
            "language": (routing.language or self.rules.language)[:16],
            "preferred_agent": routing.preferred_agent and routing.preferred_agent[:100],
            "since": since,
            "returned": False,
        }
        await insert_unless_there(session, QueuedHandoffRow, values, "handoff_id")

    async def _sign_out_lost(
        self, session: AsyncSession, staff: dict[str, AgentRow], now: datetime
    ) -> list[Released]:
        limit = now - timedelta(seconds=self.rules.lost_after_s)
        lost = []
        for name in [name for name, row in staff.items() if row.seen_at < limit]:
            log.warning("agent_not_seen", agent=name)
            lost.append(await release(session, staff.pop(name), now))
        return lost

    async def _end_offer_to(
        self, session: AsyncSession, handoff_id: str, agent_name: str
    ) -> AgentRow | None:
        """End the offer of a hand-off to an agent; None when there is no such offer."""
        try:
            row = await lock_agent(session, agent_name)
        except UnknownAgent:
            return None
        if row.state != "offered":
            return None
        ended = await changed_rows(session, _ending_offer(handoff_id, agent_name))
        return row if ended else None


def _end_offers(
    session: AsyncSession,
    line: list[tuple[QueuedHandoffRow, Waiting]],
    staff: dict[str, AgentRow],
    now: datetime,
) -> list[Missed]:
    missed = []
    for row, caller in line:
        name = row.offered_to
        if name is None or row.offered_until is None or row.offered_until > now:
            continue
        agent_row = staff.get(name)
        if agent_row is not None and agent_row.state == "offered":
            keep_state(agent_row, agents.miss(agent_of(agent_row), now))
        row.offered_to = row.offered_until = None
        note(session, row.handoff_id, "timed_out", now, name)
        missed.append(Missed(row.handoff_id, caller.call_id, name))
    return missed


def _free_forgotten(
    rows: list[QueuedHandoffRow], staff: dict[str, AgentRow], now: datetime
) -> list[str]:
    """Free the agents who are asked for somebody who is not in line any more."""
    asked = {row.offered_to for row in rows}
    freed = []
    for name, row in staff.items():
        if row.state == "offered" and name not in asked:
            keep_state(row, agents.unring(agent_of(row), now))
            freed.append(name)
    return freed


def _passed_on(
    packet: HandoffPacket,
    turns: list[TurnRecord],
    agent_name: str,
    now: datetime,
    queue: str | None,
    skills: frozenset[str],
    note: str,
) -> HandoffPacket:
    routing = packet.routing.model_copy(
        update={
            "queue": queue or packet.routing.queue,
            "skills": tuple(sorted(skills)),
            "preferred_agent": None,
        }
    )
    passed_on = PassedOn(
        from_agent=agent_name, queue=routing.queue, note=redact(note, contacts=False), at=now
    )
    return packet.model_copy(
        update={
            "routing": routing,
            "transcript": transcript_of(turns),
            "emotion": emotion_of(turns),
            "passed_on": (*packet.passed_on, passed_on),
        }
    )


def _as_stored(row: QueuedHandoffRow, caller: Waiting, now: datetime) -> Waiting:
    """Bring a caller up to date with what was just done to their row."""
    if caller.offered_to is None or row.offered_to is not None:
        return caller
    return replace(
        caller,
        offered_to=None,
        offered_until=None,
        refused={**caller.refused, caller.offered_to: now},
    )


def _ending_offer(handoff_id: str, agent_name: str) -> Update:
    return (
        update(QueuedHandoffRow)
        .where(QueuedHandoffRow.handoff_id == handoff_id, QueuedHandoffRow.offered_to == agent_name)
        .values(offered_to=None, offered_until=None)
    )


async def _why_not(session: AsyncSession, handoff_id: str, agent_name: str) -> AcceptAnswer:
    state = await session.scalar(select(HandoffRow.state).where(HandoffRow.id == handoff_id))
    if state is None:
        raise UnknownHandoff(handoff_id)
    if state == "accepted":
        return "taken"
    if state != "offered":
        return "gone"
    of_agent = select(func.max(HandoffChangeRow.id)).where(
        HandoffChangeRow.handoff_id == handoff_id, HandoffChangeRow.agent_name == agent_name
    )
    last = await session.scalar(
        select(HandoffChangeRow.state).where(HandoffChangeRow.id == of_agent.scalar_subquery())
    )
    return "expired" if last in ("timed_out", "offered") else "not_offered"


def _recent(steps: list[tuple[str, str, str | None, datetime]], now: datetime) -> Recent:
    waits: dict[str, datetime] = {}
    asked: dict[tuple[str, str | None], datetime] = {}
    accepted: dict[str, datetime] = {}
    answered_in: list[float] = []
    handled_in: list[float] = []
    waited_s, gave_up = 0.0, 0
    for handoff_id, state, agent_name, at in steps:
        if state == "offered":
            waits.setdefault(handoff_id, at)
            if agent_name is not None:
                asked[handoff_id, agent_name] = at
            continue
        if state == "accepted":
            accepted[handoff_id] = at
            began = asked.get((handoff_id, agent_name))
            if began is not None:
                answered_in.append((at - began).total_seconds())
        elif state == "closed" and handoff_id in accepted:
            handled_in.append((at - accepted.pop(handoff_id)).total_seconds())
        left = state in ("abandoned", "after_hours") or (state == "timed_out" and not agent_name)
        gave_up += left
        if (left or state == "accepted") and handoff_id in waits:
            waited_s += (at - waits.pop(handoff_id)).total_seconds()
    waited_s += sum((now - since).total_seconds() for since in waits.values())
    return Recent(
        answered_in=tuple(answered_in[-SAMPLES:]),
        handled_in=tuple(handled_in[-SAMPLES:]),
        gave_up_per_s=gave_up / waited_s if waited_s > 0 else 0.0,
    )
