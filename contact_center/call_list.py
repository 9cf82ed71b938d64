"""Calls that were, found again: the list with its filters, and all that is kept of one call."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, exists, func, select

from contact_center.calls import Call, Calls, TurnRecord
from contact_center.customers import Tier
from contact_center.database import Database
from contact_center.handoff_packet import HandoffReason
from contact_center.handoffs import Handoff, Handoffs
from contact_center.models import CallRow, CustomerRow, HandoffChangeRow, HandoffRow, TicketRow
from contact_center.tickets import Ticket, Tickets

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are wanted; what is None does not matter.

    Args:
        first_day: From this day on.
        last_day: Up to this day, itself included.
        agent: Calls that this agent took.
        number_ending: The last digits of the caller's number.
        reason: Why the bot handed the call over.
        disposition: How the agent closed it.
    """

    first_day: date | None = None
    last_day: date | None = None
    agent: str | None = None
    number_ending: str | None = None
    reason: HandoffReason | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One line of the list; what belongs to a hand-off is of the call's latest.

    Args:
        call_id: The call.
        started_at: When it was answered.
        ended_at: When it ended; None while it is open.
        end_reason: How it ended.
        caller_number: As E.164; None when it was withheld.
        customer_name: Whose number it is, if that is one person.
        tier: How they are served.
        agent_name: Who took it; None when the bot kept it, or nobody did.
        reason: Why the bot handed it over; None when it did not.
        disposition: How the agent closed it.
    """

    call_id: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    caller_number: str | None
    customer_name: str | None
    tier: Tier | None
    agent_name: str | None = None
    reason: HandoffReason | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of the list.

    Args:
        calls: The calls, newest first.
        total: How many calls there are on all pages.
        page: Which page it is, from 1.
        pages: How many pages there are, at least one.
    """

    calls: tuple[ListedCall, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class KeptCall:
    """All that is kept of one call.

    Args:
        call: The call.
        turns: What was said, in order.
        handoffs: Its hand-offs, oldest first.
        tickets: What is or was owed to the caller because of it.
    """

    call: Call
    turns: tuple[TurnRecord, ...]
    handoffs: tuple[Handoff, ...]
    tickets: tuple[Ticket, ...]


class CallList:
    """Finds calls.

    Args:
        db: Where they are stored.
        zone: In which a day begins at midnight.
    """

    def __init__(self, db: Database, zone: tzinfo = UTC) -> None:
        self._db = db
        self._zone = zone

    async def find(self, wanted: CallFilter, page: int = 1, per_page: int = PER_PAGE) -> CallPage:
        """List calls.

        Args:
            wanted: Which.
            page: Which page, from 1; the last one when there are fewer.
            per_page: How many calls a page has.

        Returns:
            The page.
        """
        conditions = self._conditions(wanted)
        query = (
            select(CallRow, CustomerRow.name, CustomerRow.tier)
            .outerjoin(CustomerRow, CustomerRow.id == CallRow.customer_id)
            .where(*conditions)
            .order_by(CallRow.started_at.desc(), CallRow.id.desc())
        )
        async with self._db.reading() as session:
            total = await session.scalar(
                select(func.count()).select_from(CallRow).where(*conditions)
            )
            pages = max(1, math.ceil((total or 0) / per_page))
            page = min(max(1, page), pages)
            query = query.offset((page - 1) * per_page).limit(per_page)
            rows = (await session.execute(query)).all()
            handoffs = await session.execute(_latest_last([row.id for row, _, _ in rows]))
            latest = {call_id: rest for call_id, *rest in handoffs.all()}
        calls = (
            ListedCall(
                row.id,
                row.started_at,
                row.ended_at,
                row.end_reason,
                row.caller_number,
                name,
                cast("Tier | None", tier),
                *latest.get(row.id, ()),
            )
            for row, name, tier in rows
        )
        return CallPage(tuple(calls), total or 0, page, pages)

    async def agents(self) -> tuple[str, ...]:
        """Read who has ever taken a call.

        Returns:
            The names in order.
        """
        query = select(HandoffRow.agent_name).where(HandoffRow.agent_name.is_not(None)).distinct()
        async with self._db.reading() as session:
            return tuple(sorted(name for name in await session.scalars(query) if name))

    async def dispositions(self) -> tuple[str, ...]:
        """Read how calls have been closed.

        Returns:
            The dispositions in order.
        """
        query = select(HandoffRow.disposition).where(HandoffRow.disposition.is_not(None)).distinct()
        async with self._db.reading() as session:
            return tuple(sorted(each for each in await session.scalars(query) if each))

    async def open(self, call_id: str) -> KeptCall | None:
        """Read all that is kept of one call.

        Args:
            call_id: The call.

        Returns:
            The call; None when there is none with this id.
        """
        calls = Calls(self._db)
        call = await calls.get(call_id)
        if call is None:
            return None
        async with self._db.reading() as session:
            handoffs = await session.scalars(
                select(HandoffRow.id)
                .where(HandoffRow.call_id == call_id)
                .order_by(HandoffRow.offered_at, HandoffRow.id)
            )
            tickets = await session.scalars(
                select(TicketRow.id).where(TicketRow.call_id == call_id).order_by(TicketRow.id)
            )
            handoff_ids, ticket_ids = handoffs.all(), tickets.all()
        found = [await Tickets(self._db).get(each) for each in ticket_ids]
        return KeptCall(
            call,
            tuple(await calls.transcript(call_id)),
            tuple([await Handoffs(self._db).get(each) for each in handoff_ids]),
            tuple(ticket for ticket in found if ticket is not None),
        )

    def _conditions(self, wanted: CallFilter) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if wanted.first_day is not None:
            conditions.append(CallRow.started_at >= self._midnight(wanted.first_day))
        if wanted.last_day is not None:
            after = wanted.last_day + timedelta(days=1)
            conditions.append(CallRow.started_at < self._midnight(after))
        if wanted.number_ending:
            conditions.append(CallRow.caller_number.endswith(wanted.number_ending, autoescape=True))
        handed_over: list[ColumnElement[bool]] = []
        if wanted.agent is not None:
            # Who passed a call on took it too.
            handed_over.append(
                exists().where(
                    HandoffChangeRow.handoff_id == HandoffRow.id,
                    HandoffChangeRow.state == "accepted",
                    HandoffChangeRow.agent_name == wanted.agent,
                )
            )
        if wanted.reason is not None:
            handed_over.append(HandoffRow.packet["reason"].as_string() == wanted.reason)
        if wanted.disposition is not None:
            handed_over.append(HandoffRow.disposition == wanted.disposition)
        if handed_over:
            conditions.append(exists().where(HandoffRow.call_id == CallRow.id, *handed_over))
        return conditions

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self._zone)


def _latest_last(call_ids: Iterable[str]) -> Select[Any]:
    return (
        select(
            HandoffRow.call_id,
            HandoffRow.agent_name,
            HandoffRow.packet["reason"].as_string(),
            HandoffRow.disposition,
        )
        .where(HandoffRow.call_id.in_(call_ids))
        .order_by(HandoffRow.offered_at, HandoffRow.id)
    )
