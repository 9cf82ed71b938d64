"""Tickets: what was promised to a caller, and by when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.complaints import ComplaintLevel, deadlines
from contact_center.database import Database
from contact_center.models import HandoffRow, TicketRow
from contact_center.opening_hours import OpeningHours
from contact_center.phone_numbers import ending
from contact_center.settings import ContactCenterSettings
from contact_center.wording import clock_words, day_words, digit_words, number_words

TicketKind = Literal["callback", "complaint", "follow_up"]
TicketState = Literal["open", "closed"]

NO_OPENING_KNOWN = timedelta(days=1)
SOON = timedelta(minutes=59)
LEAST_SERIOUS: ComplaintLevel = 3


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
    owner: str | None = None


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
        level, issue = await self._handed_over(handoff_id)
        promised_at = await self._callback_due(level, department, now)
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
                .values(state="closed", closed_at=now)
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

    async def _handed_over(self, handoff_id: str | None) -> tuple[ComplaintLevel | None, str]:
        if handoff_id is None:
            return None, ""
        async with self._db.reading() as session:
            row = await session.get(HandoffRow, handoff_id)
        if row is None:
            return None, ""
        complaint = row.packet.get("complaint") or {}
        return complaint.get("level"), row.packet.get("summary", {}).get("issue", "")

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
        owner=row.owner,
    )


async def _stored(session: AsyncSession, **fields: Any) -> Ticket:
    row = TicketRow(state="open", **fields)
    session.add(row)
    await session.flush()
    return _ticket(row)
