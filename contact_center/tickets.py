"""Tickets: what was promised to a caller, and by when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.complaints import LEAST_SERIOUS, ComplaintLevel, Deadlines, deadlines
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import UnknownHandoff
from contact_center.models import HandoffChangeRow, HandoffRow, TicketRow
from contact_center.opening_hours import OpeningHours
from contact_center.order_policy import Within
from contact_center.phone_numbers import ending
from contact_center.privacy import redact
from contact_center.settings import ContactCenterSettings
from contact_center.wording import clock_words, day_words, digit_words, number_words

TicketKind = Literal["callback", "complaint", "follow_up"]
TicketState = Literal["open", "closed"]

NO_OPENING_KNOWN = timedelta(days=1)
SOON = timedelta(minutes=59)
UNPROMISED = Within(2, "working days")
"""When an agent's ticket is due of which no time was told: as most of what the line promises."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something the company owes a caller.

    Args:
        id: The ticket's number.
        kind: What is owed.
        state: Whether it still is.
        subject: What it is about.
        reason: Why a person has to see to it.
        complaint_level: 1 to 3 when it is a complaint.
        call_id: The call in which it was promised.
        handoff_id: The hand-off that nobody took.
        customer_id: Whom it is owed to, if that is known.
        number: Where to call back, as E.164.
        opened_at: When it was promised.
        promised_at: By when it was promised.
        respond_by: By when a person must have answered: a complaint's by its level, any other's as
            it was promised.
        resolve_by: By when it must be settled, by the same rule.
        responded_at: When a person answered; None while nobody has.
        owner: The agent who sees to it; None while nobody in particular does.
    """

    id: int
    kind: TicketKind
    state: TicketState
    subject: str
    reason: str
    complaint_level: ComplaintLevel | None
    call_id: str | None
    handoff_id: str | None
    customer_id: int | None
    number: str | None
    opened_at: datetime
    promised_at: datetime
    respond_by: datetime
    resolve_by: datetime
    responded_at: datetime | None = None
    owner: str | None = None

    @property
    def due_by(self) -> datetime:
        """The time that runs now: until the answer, and after it until all is settled."""
        return self.respond_by if self.responded_at is None else self.resolve_by


class Tickets:
    """Keeps the tickets.

    Args:
        db: Where they are stored.
        settings: How soon a call-back is promised, and whose hours count.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()
        self._hours = OpeningHours(db, self._settings)

    async def open_callback(
        self,
        call_id: str,
        handoff_id: str | None,
        customer_id: int | None,
        number: str | None,
        reason: str,
        now: datetime,
        *,
        department: str = "support",
    ) -> Ticket:
        """Promise that a person will call back.

        The promise is soon while the department is open, otherwise a while after it opens next. A
        safety complaint is answered within its own time, whatever the hour.

        Args:
            call_id: The call; asking again for the same one gives the ticket that is open.
            handoff_id: The hand-off that nobody took; it tells what the call is about.
            customer_id: The customer, if that is known.
            number: Where to call back; None when it is not known.
            reason: Why the call was to be handed over.
            now: The present instant.
            department: Who calls back.

        Returns:
            The ticket with its promise.
        """
        packet = await self._packet(handoff_id)
        complaint = packet.complaint if packet else None
        level = complaint.level if complaint else None
        promised_at = await self._callback_due(level, department, now)
        issue = packet.summary.issue if packet else ""
        about = issue or f"The call was to be handed over ({reason.replace('_', ' ')})."
        async with self._db.session() as session:
            already = await session.scalar(
                select(TicketRow).where(
                    TicketRow.call_id == call_id,
                    TicketRow.kind == "callback",
                    TicketRow.state == "open",
                )
            )
            if already is not None:
                return _ticket(already)
            return await _stored(
                session,
                kind="callback",
                subject=about,
                reason=reason,
                complaint_level=level,
                call_id=call_id,
                handoff_id=handoff_id,
                customer_id=customer_id,
                number=number,
                opened_at=now,
                promised_at=promised_at,
                owed=_owed(packet),
            )

    async def open(
        self,
        *,
        kind: TicketKind,
        subject: str,
        reason: str,
        promised_at: datetime,
        now: datetime,
        call_id: str | None = None,
        handoff_id: str | None = None,
        customer_id: int | None = None,
        number: str | None = None,
        complaint_level: ComplaintLevel | None = None,
        owner: str | None = None,
    ) -> Ticket:
        """Store something that is owed to a caller.

        Args:
            kind: What is owed.
            subject: What it is about.
            reason: Why a person has to see to it.
            promised_at: By when it was promised.
            now: The present instant.
            call_id: The call in which it was promised.
            handoff_id: The hand-off it came from.
            customer_id: The customer, if that is known.
            number: Where to reach them.
            complaint_level: 1 to 3 for a complaint.
            owner: The agent who sees to it, if somebody in particular does.

        Returns:
            The ticket.
        """
        async with self._db.session() as session:
            return await _stored(
                session,
                kind=kind,
                subject=subject,
                reason=reason,
                complaint_level=complaint_level,
                call_id=call_id,
                handoff_id=handoff_id,
                customer_id=customer_id,
                number=number,
                opened_at=now,
                promised_at=promised_at,
                owner=owner,
            )

    async def open_from_call(
        self,
        handoff_id: str,
        agent_name: str,
        kind: TicketKind,
        subject: str,
        now: datetime,
        *,
        promised_at: datetime | None = None,
    ) -> Ticket:
        """Open a ticket for what an agent is on the telephone about; it is that agent's.

        It is linked to the customer, the call and the hand-off. The times of a complaint run since
        it was made, which was before the agent came, and the agent's coming was the answer to it.

        Args:
            handoff_id: The hand-off of the call.
            agent_name: The agent, who becomes its owner.
            kind: What is owed.
            subject: What it is about; what the call is about when empty. Asking again for the same
                kind, subject and promised time gives the ticket that is open.
            now: The present instant.
            promised_at: By when the agent promised it. When None: a call-back as the line promises
                it, a complaint when it must be settled, and anything else in two working days.

        Returns:
            The ticket.

        Raises:
            UnknownHandoff: There is no such hand-off.
        """
        packet = await self._packet(handoff_id)
        if packet is None:
            raise UnknownHandoff(handoff_id)
        level = packet.complaint.level if packet.complaint else None
        if level is None and kind == "complaint":
            level = LEAST_SERIOUS
        subject = redact(subject, contacts=False).strip() or packet.summary.issue
        due = promised_at or await self._due(kind, level, packet, now)
        async with self._db.session() as session:
            # Whoever else opens one for this call at the same time waits here.
            await session.get(HandoffRow, handoff_id, with_for_update=True)
            already = await session.scalar(
                select(TicketRow).where(
                    TicketRow.handoff_id == handoff_id,
                    TicketRow.kind == kind,
                    TicketRow.subject == subject,
                    TicketRow.state == "open",
                    *([] if promised_at is None else [TicketRow.promised_at == promised_at]),
                )
            )
            if already is not None:
                return _ticket(already)
            accepted_at = await session.scalar(
                select(func.min(HandoffChangeRow.at)).where(
                    HandoffChangeRow.handoff_id == handoff_id, HandoffChangeRow.state == "accepted"
                )
            )
            return await _stored(
                session,
                kind=kind,
                subject=subject,
                reason=packet.reason,
                complaint_level=level,
                call_id=packet.call.call_id,
                handoff_id=handoff_id,
                customer_id=packet.customer.customer_id if packet.customer else None,
                number=packet.call.caller_number,
                opened_at=now,
                promised_at=due,
                owed=_owed(packet),
                responded_at=accepted_at or now,
                owner=agent_name,
            )

    async def take_over(self, handoff_id: str, agent_name: str, now: datetime) -> list[Ticket]:
        """Give what is owed in a call to the agent who has just accepted it.

        Their coming answers all open tickets of the call; those that had an owner keep theirs.

        Args:
            handoff_id: The hand-off that was accepted.
            agent_name: The agent.
            now: The present instant.

        Returns:
            The tickets that are now the agent's, the earliest promise first.

        Raises:
            UnknownHandoff: There is no such hand-off.
        """
        async with self._db.session() as session:
            handoff = await session.get(HandoffRow, handoff_id)
            if handoff is None:
                raise UnknownHandoff(handoff_id)
            of_call = (TicketRow.call_id == handoff.call_id, TicketRow.state == "open")
            await session.execute(
                update(TicketRow)
                .where(*of_call, TicketRow.responded_at.is_(None))
                .values(responded_at=now)
            )
            taken = await session.scalars(
                update(TicketRow)
                .where(*of_call, TicketRow.owner.is_(None))
                .values(owner=agent_name)
                .returning(TicketRow)
            )
            return sorted(
                (_ticket(row) for row in taken), key=lambda each: (each.promised_at, each.id)
            )

    async def get(self, ticket_id: int) -> Ticket | None:
        """Read one ticket.

        Args:
            ticket_id: Its number.

        Returns:
            The ticket, or None when there is none with this number.
        """
        async with self._db.reading() as session:
            row = await session.get(TicketRow, ticket_id)
            return _ticket(row) if row else None

    async def open_for_customer(self, customer_id: int) -> list[Ticket]:
        """Read what is still owed to a customer.

        Args:
            customer_id: The customer's key.

        Returns:
            The open tickets, the earliest promise first.
        """
        return await self._open(TicketRow.customer_id == customer_id)

    async def open_complaints(self, customer_id: int) -> list[Ticket]:
        """Read the complaints of a customer that are not settled.

        Args:
            customer_id: The customer's key.

        Returns:
            The open tickets that are complaints or came of one, the most serious first, and of
            equals the earliest promise.
        """
        complaints = [
            ticket
            for ticket in await self._open(TicketRow.customer_id == customer_id)
            if ticket.kind == "complaint" or ticket.complaint_level is not None
        ]
        return sorted(complaints, key=lambda ticket: ticket.complaint_level or LEAST_SERIOUS)

    async def give_to(self, ticket_id: int, owner: str | None) -> bool:
        """Make an agent the owner of an open ticket.

        Args:
            ticket_id: The ticket's number.
            owner: The agent's name; None takes the ticket from its owner.

        Returns:
            False when the ticket was not open.
        """
        async with self._db.session() as session:
            given = await session.scalar(
                update(TicketRow)
                .where(TicketRow.id == ticket_id, TicketRow.state == "open")
                .values(owner=owner)
                .returning(TicketRow.id)
            )
        return given is not None

    async def open_callbacks(self) -> list[Ticket]:
        """Read the calls that are to be returned.

        Returns:
            The open call-back tickets, the earliest promise first.
        """
        return await self._open(TicketRow.kind == "callback")

    async def close(self, ticket_id: int, now: datetime) -> bool:
        """Note that what was promised has been done.

        Args:
            ticket_id: The ticket's number.
            now: The present instant.

        Returns:
            False when the ticket was not open.
        """
        async with self._db.session() as session:
            closed = await session.scalar(
                update(TicketRow)
                .where(TicketRow.id == ticket_id, TicketRow.state == "open")
                .values(
                    state="closed",
                    closed_at=now,
                    responded_at=func.coalesce(TicketRow.responded_at, now),
                )
                .returning(TicketRow.id)
            )
        return closed is not None

    async def _open(self, condition: object) -> list[Ticket]:
        query = (
            select(TicketRow)
            .where(TicketRow.state == "open", condition)  # type: ignore[arg-type]
            .order_by(TicketRow.promised_at, TicketRow.id)
        )
        async with self._db.reading() as session:
            return [_ticket(row) for row in await session.scalars(query)]

    async def _packet(self, handoff_id: str | None) -> HandoffPacket | None:
        if handoff_id is None:
            return None
        async with self._db.reading() as session:
            row = await session.get(HandoffRow, handoff_id)
        return HandoffPacket.model_validate(row.packet) if row else None

    async def _due(
        self,
        kind: TicketKind,
        level: ComplaintLevel | None,
        packet: HandoffPacket,
        now: datetime,
    ) -> datetime:
        if kind == "callback":
            return await self._callback_due(level, "support", now)
        if level is not None:
            return (_owed(packet) or deadlines(level, now)).resolve_by
        return UNPROMISED.after(now.astimezone(self._settings.zone))

    async def _callback_due(
        self, level: ComplaintLevel | None, department: str, now: datetime
    ) -> datetime:
        if level == 1:
            return deadlines(1, now).respond_by
        soon = now + timedelta(minutes=self._settings.callback_within_minutes)
        schedule = await self._hours.schedule(
            department, now.astimezone(self._settings.zone).date()
        )
        # Shortly before closing nobody would be there any more to keep the promise.
        if schedule.is_open(now) and schedule.is_open(soon):
            return soon
        opening = schedule.next_opening(now)
        if opening is None:
            return now + NO_OPENING_KNOWN
        return opening + timedelta(minutes=self._settings.callback_after_opening_minutes)


def callback_promise(ticket: Ticket, now: datetime, time_zone: str) -> str:
    """Put a call-back ticket into words for the caller.

    Args:
        ticket: The ticket.
        now: The present instant.
        time_zone: The IANA zone in which the caller is told the time.

    Returns:
        A sentence, such as "A colleague will call you back tomorrow by nine in the morning, at the
        number ending in four two."
    """
    zone = ZoneInfo(time_zone)
    left = ticket.promised_at - now
    if left <= timedelta(0):
        when = "as soon as possible"
    elif left <= SOON:
        minutes = math.ceil(left / timedelta(minutes=1))
        when = f"within {number_words(minutes)} {'minute' if minutes == 1 else 'minutes'}"
    else:
        due = ticket.promised_at.astimezone(zone)
        day = day_words(due.date(), now.astimezone(zone).date())
        when = f"{day} by {clock_words(due.time())}"
    where = ""
    if ticket.number:
        where = f", at the number ending in {digit_words(ending(ticket.number))}"
    return f"A colleague will call you back {when}{where}."


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(
        id=row.id,
        kind=cast(TicketKind, row.kind),
        state=cast(TicketState, row.state),
        subject=row.subject,
        reason=row.reason,
        complaint_level=cast("ComplaintLevel | None", row.complaint_level),
        call_id=row.call_id,
        handoff_id=row.handoff_id,
        customer_id=row.customer_id,
        number=row.number,
        opened_at=row.opened_at,
        promised_at=row.promised_at,
        respond_by=row.respond_by,
        resolve_by=row.resolve_by,
        responded_at=row.responded_at,
        owner=row.owner,
    )


def _owed(packet: HandoffPacket | None) -> Deadlines | None:
    """The times of the complaint that was handed over, which run since it was made."""
    if packet is None or packet.complaint is None:
        return None
    return Deadlines(packet.complaint.respond_by, packet.complaint.resolve_by)


async def _stored(
    session: AsyncSession,
    *,
    kind: TicketKind,
    complaint_level: ComplaintLevel | None,
    opened_at: datetime,
    promised_at: datetime,
    owed: Deadlines | None = None,
    **fields: Any,
) -> Ticket:
    level = complaint_level or (LEAST_SERIOUS if kind == "complaint" else None)
    if owed is None:
        as_promised = Deadlines(promised_at, promised_at)
        owed = as_promised if level is None else deadlines(level, opened_at)
    row = TicketRow(
        state="open",
        kind=kind,
        complaint_level=complaint_level,
        opened_at=opened_at,
        promised_at=promised_at,
        respond_by=owed.respond_by,
        resolve_by=owed.resolve_by,
        **fields,
    )
    session.add(row)
    await session.flush()
    return _ticket(row)
