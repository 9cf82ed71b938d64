"""Messages to customers, stored first and sent later by whatever sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import MessageRow

MessageKind = Literal["email", "text"]

SENT_SECRET = "[sent]"


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Args:
        id: The message's key.
        kind: An e-mail or a text message.
        to: The address or the number.
        subject: The subject; empty for text messages.
        body: What it says; kept out of logs.
        customer_id: To whom it goes.
        call_id: The call that led to it.
        queued_at: When it was queued.
        sent_at: When it was sent.
    """

    id: int
    kind: MessageKind
    to: str
    subject: str
    body: str = field(repr=False)
    customer_id: int | None
    call_id: str | None
    queued_at: datetime
    sent_at: datetime | None


class Outbox:
    """Keeps the messages that are to be sent.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def queue(
        self,
        kind: MessageKind,
        to: str,
        subject: str,
        body: str,
        customer_id: int | None,
        call_id: str | None,
        now: datetime,
    ) -> int:
        """Store a message to be sent.

        Args:
            kind: An e-mail or a text message.
            to: The address or the number.
            subject: The subject; empty for text messages.
            body: What it says.
            customer_id: To whom it goes.
            call_id: The call that led to it.
            now: The present instant.

        Returns:
            The message's key.
        """
        async with self._db.session() as session:
            return await queue_within(
                session,
                kind=kind,
                to=to,
                subject=subject,
                body=body,
                customer_id=customer_id,
                call_id=call_id,
                now=now,
            )

    async def pending(self, limit: int = 50) -> list[Message]:
        """Read the messages that have not been sent.

        Args:
            limit: How many at most.

        Returns:
            The messages, oldest first.
        """
        query = (
            select(MessageRow)
            .where(MessageRow.sent_at.is_(None))
            .order_by(MessageRow.id)
            .limit(limit)
        )
        async with self._db.reading() as session:
            return [_message(row) for row in await session.scalars(query)]

    async def mark_sent(self, message_id: int, now: datetime) -> None:
        """Note that a message was sent; a secret one loses its body.

        Args:
            message_id: The message's key.
            now: The present instant.
        """
        async with self._db.session() as session:
            row = await session.get(MessageRow, message_id)
            if row is not None and row.sent_at is None:
                row.sent_at = now
                if row.secret:
                    row.body = SENT_SECRET


async def queue_within(
    session: AsyncSession,
    *,
    kind: MessageKind,
    to: str,
    subject: str,
    body: str,
    customer_id: int | None,
    call_id: str | None,
    now: datetime,
    secret: bool = False,
) -> int:
    """Queue a message together with what leads to it, so that both are stored or neither.

    Args:
        session: The session in which the cause is stored.
        kind: An e-mail or a text message.
        to: The address or the number.
        subject: The subject; empty for text messages.
        body: What it says.
        customer_id: To whom it goes.
        call_id: The call that led to it.
        now: The present instant.
        secret: Whether the body must not outlive the sending.

    Returns:
        The message's key.
    """
    row = MessageRow(
        kind=kind,
        to=to,
        subject=subject,
        body=body,
        secret=secret,
        customer_id=customer_id,
        call_id=call_id,
        queued_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


def _message(row: MessageRow) -> Message:
    return Message(
        id=row.id,
        kind=cast(MessageKind, row.kind),
        to=row.to,
        subject=row.subject,
        body=row.body,
        customer_id=row.customer_id,
        call_id=row.call_id,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )
