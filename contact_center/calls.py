"""Calls and what was said in them, stored before anything is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.customers import Customer, Customers, customer_with_contact
from contact_center.database import Database, insert_unless_there
from contact_center.models import CallRow, HandoffChangeRow, HandoffRow, TurnRow
from contact_center.phone_numbers import e164

Speaker = Literal["caller", "bot", "agent"]

# How a call ends when its line or its server was lost, so that the caller may want to go on.
BROKEN_OFF = ("caller_hung_up", "system_error", "draining", "server_lost")


@dataclass(frozen=True, slots=True)
class Call:
    """One telephone call.

    Args:
        call_id: Names the call everywhere.
        caller_number: The caller's number as E.164; None when it was withheld.
        channel: By which transport it came, such as "browser".
        customer: Who has this number, if that is one person.
        started_at: When it was answered.
        ended_at: When it ended; None while it is open.
        end_reason: How it ended, such as "completed" or "caller_hung_up".
        state: The assistant's last dialogue state.
        resumed_by: The later call in which it was taken up again.
    """

    call_id: str
    caller_number: str | None
    channel: str
    customer: Customer | None
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    state: dict[str, Any] | None = None
    resumed_by: str | None = None

    @property
    def customer_id(self) -> int | None:
        """The key of the customer who has the caller's number."""
        return self.customer.id if self.customer else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """What one side said in one turn.

    Args:
        call_id: The call.
        turn_id: Names the turn within the call.
        speaker: Who spoke.
        text: What was said, or was to be said.
        heard: How much of a spoken answer the caller heard; None when that is not known yet.
        complete: Whether it was said to its end.
        started_at: When the turn began.
        confidence: The recogniser's, from 0 to 1, for the caller's turns.
        words: The recognised words with their times and confidence.
        alternatives: Other readings of the same sound, best first.
        barge_in: Whether the caller broke into the bot's speech with it.
        affect: How upset the caller sounded, from 0 to 1.
        agent_name: Which agent spoke, of an agent's turn.
    """

    call_id: str
    turn_id: str
    speaker: Speaker
    text: str
    heard: str | None = None
    complete: bool = True
    started_at: datetime
    confidence: float | None = None
    words: list[dict[str, Any]] | None = None
    alternatives: tuple[str, ...] = ()
    barge_in: bool = False
    affect: float | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class ResumableCall:
    """A call that broke off and may be gone on with.

    Args:
        call_id: The broken call.
        state: The assistant's dialogue state when it broke off; empty when it had none yet.
        ended_at: When it broke off, as far as is known.
        last_caller_text: The last thing the caller said.
    """

    call_id: str
    state: dict[str, Any]
    ended_at: datetime
    last_caller_text: str | None


class UnknownCall(LookupError):
    """No call has this id.

    Args:
        call_id: The id that was asked for.
    """

    def __init__(self, call_id: str) -> None:
        super().__init__(f"There is no call {call_id}.")
        self.call_id = call_id


class UnknownTurn(LookupError):
    """The call has no such turn.

    Args:
        call_id: The call.
        turn_id: The turn that was asked for.
    """

    def __init__(self, call_id: str, turn_id: str) -> None:
        super().__init__(f"Call {call_id} has no turn {turn_id}.")
        self.call_id = call_id
        self.turn_id = turn_id


class Calls:
    """Keeps the record of calls.

    Args:
        db: Where it is stored.
        region: ISO 3166 country of caller numbers signalled without a country code.
    """

    def __init__(self, db: Database, *, region: str = "US") -> None:
        self._db = db
        self._region = region

    async def start(
        self,
        call_id: str,
        caller_number: str | None,
        channel: str,
        now: datetime,
        *,
        server: str = "",
    ) -> Call:
        """Store that a call was answered, and find out whose number it comes from.

        Args:
            call_id: A new id; asking again with the same one changes nothing.
            caller_number: As signalled; None when it was withheld.
            channel: By which transport it came.
            now: The present instant.
            server: The name of the server that holds the line, where there are several.

        Returns:
            The stored call.
        """
        number = e164(caller_number, self._region)
        async with self._db.session() as session:
            customer = await customer_with_contact(session, "phone", number) if number else None
            await insert_unless_there(
                session,
                CallRow,
                {
                    "id": call_id,
                    "caller_number": number,
                    "channel": channel,
                    "server": server,
                    "customer_id": customer.id if customer else None,
                    "started_at": now,
                },
                "id",
            )
        stored = await self.get(call_id)
        assert stored is not None
        return stored

    async def record_turn(self, turn: TurnRecord) -> None:
        """Store a turn; when this returns, it survives the death of the process.

        Args:
            turn: The turn; storing the same one again changes nothing.

        Raises:
            UnknownCall: The turn's call was never started.
            StorageError: It could not be stored.
        """
        values = {
            "call_id": turn.call_id,
            "turn_id": turn.turn_id,
            "speaker": turn.speaker,
            "text": turn.text,
            "heard": turn.heard,
            "complete": turn.complete,
            "started_at": turn.started_at,
            "confidence": turn.confidence,
            "words": turn.words,
            "alternatives": list(turn.alternatives),
            "barge_in": turn.barge_in,
            "affect": turn.affect,
            "agent_name": turn.agent_name,
        }
        try:
            async with self._db.session() as session:
                await insert_unless_there(session, TurnRow, values, "call_id", "turn_id")
        except IntegrityError as error:
            raise UnknownCall(turn.call_id) from error

    async def record_heard(self, call_id: str, turn_id: str, heard: str, complete: bool) -> None:
        """Store how much of a spoken answer the caller heard.

        Args:
            call_id: The call.
            turn_id: The bot's or the agent's turn.
            heard: The part that was played.
            complete: Whether that was all of it.

        Raises:
            UnknownTurn: The turn was never stored.
        """
        async with self._db.session() as session:
            known = await session.scalar(
                update(TurnRow)
                .where(TurnRow.call_id == call_id, TurnRow.turn_id == turn_id)
                .values(heard=heard, complete=complete)
                .returning(TurnRow.id)
            )
        if known is None:
            raise UnknownTurn(call_id, turn_id)

    async def store_state(self, call_id: str, state: Mapping[str, Any], now: datetime) -> None:
        """Store where the assistant's dialogue stands.

        Args:
            call_id: The call.
            state: Intent, slots and active task; never a code.
            now: The present instant.

        Raises:
            UnknownCall: The call was never started.
        """
        await self._update(call_id, state=dict(state), state_at=now)

    async def end(self, call_id: str, reason: str, now: datetime) -> None:
        """Store that a call is over; the first reason given stays.

        Args:
            call_id: The call.
            reason: How it ended.
            now: The present instant.

        Raises:
            UnknownCall: The call was never started.
        """
        async with self._db.session() as session:
            row = await session.get(CallRow, call_id, with_for_update=True)
            if row is None:
                raise UnknownCall(call_id)
            if row.ended_at is None:
                row.ended_at = now
                row.end_reason = reason

    async def get(self, call_id: str) -> Call | None:
        """Read one call.

        Args:
            call_id: The call.

        Returns:
            The call, or None when there is none with this id.
        """
        async with self._db.reading() as session:
            row = await session.get(CallRow, call_id)
        return await self._call(row) if row else None

    async def transcript(self, call_id: str) -> list[TurnRecord]:
        """Read what was said in a call.

        Args:
            call_id: The call.

        Returns:
            Its turns in the order in which they began.
        """
        query = (
            select(TurnRow)
            .where(TurnRow.call_id == call_id)
            .order_by(TurnRow.started_at, TurnRow.id)
        )
        async with self._db.reading() as session:
            return [_turn(row) for row in await session.scalars(query)]

    async def turn(self, call_id: str, turn_id: str) -> TurnRecord | None:
        """Read one turn of a call.

        Args:
            call_id: The call.
            turn_id: The turn.

        Returns:
            The turn, or None when the call has none with this id.
        """
        query = select(TurnRow).where(TurnRow.call_id == call_id, TurnRow.turn_id == turn_id)
        async with self._db.reading() as session:
            row = await session.scalar(query)
        return _turn(row) if row else None

    async def recent_of_customer(
        self, customer_id: int, *, before: datetime, limit: int = 5
    ) -> list[Call]:
        """Read a customer's latest calls.

        Args:
            customer_id: The customer's key.
            before: Only calls that started earlier than this.
            limit: How many at most.

        Returns:
            The calls, newest first.
        """
        query = (
            select(CallRow)
            .where(CallRow.customer_id == customer_id, CallRow.started_at < before)
            .order_by(CallRow.started_at.desc())
            .limit(limit)
        )
        async with self._db.reading() as session:
            rows = (await session.scalars(query)).all()
        return [await self._call(row) for row in rows]

    async def find_resumable(
        self,
        caller_number: str | None,
        now: datetime,
        within: timedelta = timedelta(minutes=30),
    ) -> ResumableCall | None:
        """Find the call that a caller who rings again may want to go on with.

        That is the latest one in which they said something or had begun a task, if it broke off:
        its line or server was lost, or it ended by hanging up or by a failure before its task was
        done and before a person took it over.

        Args:
            caller_number: As signalled; a withheld number has nothing to go on with.
            now: The present instant.
            within: How long ago it may have broken off.

        Returns:
            The call, or None.
        """
        number = e164(caller_number, self._region)
        if number is None:
            return None
        query = (
            select(CallRow)
            .where(CallRow.caller_number == number, CallRow.started_at <= now)
            .where(or_(CallRow.ended_at.is_(None), CallRow.ended_at >= now - within))
            .order_by(CallRow.started_at.desc())
            .limit(5)
        )
        async with self._db.reading() as session:
            for row in await session.scalars(query):
                last = await _last_caller_turn(session, row.id)
                task = (row.state or {}).get("active_task")
                if last is None and task is None:
                    continue  # nothing was said yet: most likely the new call itself
                ended_at = row.ended_at or await _last_sign_of_life(session, row)
                line_lost = row.ended_at is None or row.end_reason == "server_lost"
                broken_off = line_lost or (
                    task is not None
                    and row.end_reason in BROKEN_OFF
                    and not await _person_took_over(session, row.id)
                )
                if not broken_off or row.resumed_by is not None or ended_at < now - within:
                    return None
                return ResumableCall(
                    call_id=row.id,
                    state=row.state or {},
                    ended_at=ended_at,
                    last_caller_text=last.text if last else None,
                )
        return None

    async def mark_resumed(self, old_id: str, new_id: str) -> None:
        """Store that a broken call was taken up in a later one, so that it is offered only once.

        Args:
            old_id: The broken call.
            new_id: The call that goes on with it.

        Raises:
            UnknownCall: One of the calls was never started.
        """
        try:
            await self._update(old_id, resumed_by=new_id)
        except IntegrityError as error:
            raise UnknownCall(new_id) from error

    async def resumed_from(self, call_id: str) -> str | None:
        """Find the broken call that a call goes on with.

        Args:
            call_id: The later call.

        Returns:
            The earlier call's id, or None.
        """
        async with self._db.reading() as session:
            return await session.scalar(select(CallRow.id).where(CallRow.resumed_by == call_id))

    async def close_orphans(self, now: datetime, *, server: str = "") -> int:
        """Close the calls that a dead server left open, with their last sign of life as the end.

        Hand-offs that nobody had taken up yet are withdrawn as abandoned; those with an agent are
        closed.

        Args:
            now: The present instant.
            server: The server that is starting again; calls of others are left alone.

        Returns:
            How many calls were closed.
        """
        query = select(CallRow).where(CallRow.ended_at.is_(None), CallRow.server == server)
        async with self._db.session() as session:
            orphans = (await session.scalars(query.with_for_update())).all()
            for row in orphans:
                row.ended_at = min(await _last_sign_of_life(session, row), now)
                row.end_reason = "server_lost"
            unfinished = select(HandoffRow).where(
                HandoffRow.call_id.in_([row.id for row in orphans]),
                HandoffRow.state.in_(("offered", "accepted")),
            )
            for handoff in await session.scalars(unfinished):
                if handoff.state == "offered":
                    handoff.state = "abandoned"
                else:
                    handoff.state = "closed"
                    handoff.disposition = "line_lost"
                handoff.history.append(
                    HandoffChangeRow(state=handoff.state, at=now, agent_name=handoff.agent_name)
                )
        return len(orphans)

    async def _update(self, call_id: str, **values: Any) -> None:
        async with self._db.session() as session:
            known = await session.scalar(
                update(CallRow).where(CallRow.id == call_id).values(values).returning(CallRow.id)
            )
        if known is None:
            raise UnknownCall(call_id)

    async def _call(self, row: CallRow) -> Call:
        customers = Customers(self._db, region=self._region)
        customer = None if row.customer_id is None else await customers.get(row.customer_id)
        return Call(
            call_id=row.id,
            caller_number=row.caller_number,
            channel=row.channel,
            customer=customer,
            started_at=row.started_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            state=row.state,
            resumed_by=row.resumed_by,
        )


async def _last_caller_turn(session: AsyncSession, call_id: str) -> TurnRow | None:
    query = (
        select(TurnRow)
        .where(TurnRow.call_id == call_id, TurnRow.speaker == "caller")
        .order_by(TurnRow.started_at.desc(), TurnRow.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def _person_took_over(session: AsyncSession, call_id: str) -> bool:
    query = select(HandoffRow.id).where(
        HandoffRow.call_id == call_id, HandoffRow.agent_name.is_not(None)
    )
    return await session.scalar(query.limit(1)) is not None


async def _last_sign_of_life(session: AsyncSession, row: CallRow) -> datetime:
    last_turn = await session.scalar(
        select(func.max(TurnRow.started_at)).where(TurnRow.call_id == row.id)
    )
    return max(at for at in (row.started_at, row.state_at, last_turn) if at is not None)


def _turn(row: TurnRow) -> TurnRecord:
    return TurnRecord(
        call_id=row.call_id,
        turn_id=row.turn_id,
        speaker=cast(Speaker, row.speaker),
        text=row.text,
        heard=row.heard,
        complete=row.complete,
        started_at=row.started_at,
        confidence=row.confidence,
        words=row.words,
        alternatives=tuple(row.alternatives),
        barge_in=row.barge_in,
        affect=row.affect,
        agent_name=row.agent_name,
    )
