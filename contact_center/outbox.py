"""Messages to customers, stored first and sent later by whatever sends them.

A secret message (a code, a reset link) is stored sealed, and its body is erased once it was sent,
given up or has expired. The key comes with the database (`Database(url, seal=...)`); without one
there, it is taken from the environment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import SEAL, Database
from contact_center.models import MessageRow
from contact_center.sealing import Seal
from contact_center.settings import ContactCenterSettings

MessageKind = Literal["email", "text"]

LIFE = timedelta(days=3)
"""How long a message is worth sending, unless it says so itself: old news is not sent."""

SECRET_LIFE = timedelta(minutes=30)
"""The same for a secret one."""

CLAIM = timedelta(minutes=2)
"""How long whoever takes a message has for sending it, before another one may."""

EXPIRED = "expired before it was sent"
_LONGEST_ERROR = 300


class BodyErased(LookupError):
    """The message exists no longer, or its body was erased."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Args:
        id: The message's key.
        kind: An e-mail or a text message.
        to: The address or the number.
        subject: The subject; empty for text messages.
        body: What it says, kept out of logs; empty once it is erased.
        customer_id: To whom it goes.
        call_id: The call that led to it.
        queued_at: When it was queued.
        sent_at: When it was sent.
        secret: Whether the body is stored sealed and erased in the end.
        expires_at: After this it is not sent any more.
        attempts: How often sending was begun.
        given_up_at: When it was decided not to try again.
        last_error: Why the last attempt failed.
        erased_at: When the body was erased.
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
    secret: bool = False
    expires_at: datetime | None = None
    attempts: int = 0
    given_up_at: datetime | None = None
    last_error: str | None = None
    erased_at: datetime | None = None


class Outbox:
    """Keeps the messages that are to be sent.

    Args:
        db: Where they are stored.
        seal: Seals and opens secret bodies; the database's own when None.
    """

    def __init__(self, db: Database, seal: Seal | None = None) -> None:
        self._db = db
        self._seal = seal

    async def queue(
        self,
        kind: MessageKind,
        to: str,
        subject: str,
        body: str,
        customer_id: int | None,
        call_id: str | None,
        now: datetime,
        *,
        secret: bool = False,
        expires_at: datetime | None = None,
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
            secret: Whether the body is sealed, and must not outlive the sending.
            expires_at: After this it is not sent; `LIFE` or `SECRET_LIFE` from now when None.

        Returns:
            The message's key.

        Raises:
            SealingError: The message is secret and there is no key.
        """
        async with self._db.session() as session:
            if self._seal is not None:
                session.info[SEAL] = self._seal
            return await queue_within(
                session,
                kind=kind,
                to=to,
                subject=subject,
                body=body,
                customer_id=customer_id,
                call_id=call_id,
                now=now,
                secret=secret,
                expires_at=expires_at,
            )

    async def pending(self, limit: int = 50) -> list[Message]:
        """Read the messages that wait to be sent, with their bodies opened.

        Args:
            limit: How many at most.

        Returns:
            The messages, oldest first.

        Raises:
            SealingError: A secret body cannot be opened.
        """
        query = select(MessageRow).where(_waits()).order_by(MessageRow.id).limit(limit)
        async with self._db.reading() as session:
            return [self._opened(row, session) for row in await session.scalars(query)]

    async def recent(self, limit: int = 50) -> list[Message]:
        """Read the latest messages, sent or not, without the bodies of secret ones.

        Args:
            limit: How many at most.

        Returns:
            The messages, newest first.
        """
        query = select(MessageRow).order_by(MessageRow.id.desc()).limit(limit)
        async with self._db.reading() as session:
            return [_message(row) for row in await session.scalars(query)]

    async def read_body(self, message_id: int) -> str:
        """Read what a message says.

        Args:
            message_id: The message's key.

        Returns:
            The body, opened if it was sealed.

        Raises:
            BodyErased: There is no such message, or its body was erased.
            SealingError: The body cannot be opened.
        """
        async with self._db.reading() as session:
            row = await session.get(MessageRow, message_id)
            if row is None or row.erased_at is not None:
                raise BodyErased(f"message {message_id} has no body any more")
            return self._opened(row, session).body

    async def claim(
        self, kinds: Collection[MessageKind], now: datetime, limit: int = 8
    ) -> list[Message]:
        """Take messages that are due, so that nobody else takes them for `CLAIM`.

        Args:
            kinds: Which kinds can be sent.
            now: The present instant.
            limit: How many at most.

        Returns:
            The messages, oldest first, without the bodies of secret ones; `attempts` counts this
            attempt.
        """
        due = and_(
            _waits(),
            MessageRow.kind.in_(kinds),
            or_(MessageRow.next_attempt_at.is_(None), MessageRow.next_attempt_at <= now),
            or_(MessageRow.expires_at.is_(None), MessageRow.expires_at > now),
        )
        async with self._db.reading() as session:
            query = select(MessageRow.id).where(due).order_by(MessageRow.id).limit(limit)
            ids = (await session.scalars(query)).all()
        if not ids:
            return []
        claimed = []
        async with self._db.session() as session:
            for message_id in ids:
                # Whoever comes second waits for the row, looks at it anew, and finds it taken.
                row = await session.scalar(
                    update(MessageRow)
                    .where(MessageRow.id == message_id, due)
                    .values(attempts=MessageRow.attempts + 1, next_attempt_at=now + CLAIM)
                    .returning(MessageRow)
                )
                if row is not None:
                    claimed.append(_message(row))
        return claimed

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
                _erase_secret(row, now)

    async def mark_failed(
        self, message: Message, error: str, now: datetime, *, again_at: datetime | None
    ) -> None:
        """Note that an attempt failed; unless it is tried again, a secret one loses its body.

        Args:
            message: As `claim` gave it; nothing is noted when another attempt was begun since.
            error: Why, without the body.
            now: The present instant.
            again_at: When to try again; None gives the message up.
        """
        async with self._db.session() as session:
            row = await session.get(MessageRow, message.id)
            if row is None or row.sent_at is not None or row.attempts != message.attempts:
                return
            row.last_error = error[:_LONGEST_ERROR]
            row.next_attempt_at = again_at
            if again_at is None:
                row.given_up_at = now
                _erase_secret(row, now)

    async def expire(self, now: datetime) -> int:
        """Give up the messages that have expired unsent; secret ones lose their bodies.

        Args:
            now: The present instant.

        Returns:
            How many there were.
        """
        expired = and_(_waits(), MessageRow.expires_at <= now)
        async with self._db.reading() as session:
            if not await session.scalar(select(func.count()).where(expired)):
                return 0
        async with self._db.session() as session:
            rows = (await session.scalars(select(MessageRow).where(expired))).all()
            for row in rows:
                row.given_up_at = now
                row.last_error = row.last_error or EXPIRED
                _erase_secret(row, now)
            return len(rows)

    def _opened(self, row: MessageRow, session: AsyncSession) -> Message:
        if not row.secret or row.erased_at is not None:
            return _message(row)
        seal = self._seal or _seal_of(session)
        return _message(row, seal.open(row.body))


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
    expires_at: datetime | None = None,
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
        secret: Whether the body is sealed, and must not outlive the sending.
        expires_at: After this it is not sent; `LIFE` or `SECRET_LIFE` from now when None.

    Returns:
        The message's key.

    Raises:
        SealingError: The message is secret and there is no key.
    """
    if expires_at is None:
        expires_at = now + (SECRET_LIFE if secret else LIFE)
    row = MessageRow(
        kind=kind,
        to=to,
        subject=subject,
        body=_seal_of(session).close(body) if secret else body,
        secret=secret,
        customer_id=customer_id,
        call_id=call_id,
        queued_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    return row.id


def _seal_of(session: AsyncSession) -> Seal:
    seal = session.info.get(SEAL)
    return seal if isinstance(seal, Seal) else Seal.of(ContactCenterSettings())


def _waits() -> ColumnElement[bool]:
    return and_(MessageRow.sent_at.is_(None), MessageRow.given_up_at.is_(None))


def _erase_secret(row: MessageRow, now: datetime) -> None:
    if row.secret and row.erased_at is None:
        row.body = ""
        row.erased_at = now


def _message(row: MessageRow, opened: str | None = None) -> Message:
    return Message(
        id=row.id,
        kind=cast(MessageKind, row.kind),
        to=row.to,
        subject=row.subject,
        body=row.body if not row.secret else opened or "",
        customer_id=row.customer_id,
        call_id=row.call_id,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
        secret=row.secret,
        expires_at=row.expires_at,
        attempts=row.attempts,
        given_up_at=row.given_up_at,
        last_error=row.last_error,
        erased_at=row.erased_at,
    )
