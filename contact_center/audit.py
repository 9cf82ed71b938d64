"""The audit of password resets: every step is added and nothing is ever changed or taken away.

What is written down says what happened and why, never a code, a token or a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import AuditRow, OneTimeCodeRow, ResetLinkRow

AuditAction = Literal[
    "code_sent",
    "code_not_sent",
    "code_refused",
    "code_wrong",
    "code_verified",
    "code_not_taken",
    "link_sent",
    "link_not_sent",
    "link_opened",
    "link_refused",
    "password_refused",
    "password_changed",
    "customer_notified",
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "recording_played",
    "listened_in",
    "whispered",
    "barged_in",
]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One step.

    Args:
        id: The entry's key.
        at: When it happened.
        action: What happened.
        customer_id: Whose account it was about, if it was about one.
        call_id: The call in which, or after which, it happened.
        detail: Why, or how.
    """

    id: int
    at: datetime
    action: AuditAction
    customer_id: int | None
    call_id: str | None
    detail: str


class Audit:
    """Keeps the audit.

    Args:
        db: Where it is stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def record(
        self,
        action: AuditAction,
        *,
        customer_id: int | None,
        call_id: str | None,
        detail: str,
        now: datetime,
    ) -> None:
        """Add a step.

        Args:
            action: What happened.
            customer_id: Whose account it was about.
            call_id: The call in which it happened.
            detail: Why, or how; never a secret.
            now: The present instant.
        """
        async with self._db.session() as session:
            record_within(
                session, action, customer_id=customer_id, call_id=call_id, detail=detail, now=now
            )

    async def entries(
        self, *, customer_id: int | None = None, call_id: str | None = None
    ) -> list[AuditEntry]:
        """Read what happened.

        Args:
            customer_id: Only about this account.
            call_id: Only of this call.

        Returns:
            The steps, oldest first.
        """
        query = select(AuditRow).order_by(AuditRow.id)
        if customer_id is not None:
            query = query.where(AuditRow.customer_id == customer_id)
        if call_id is not None:
            query = query.where(AuditRow.call_id == call_id)
        async with self._db.reading() as session:
            return [_entry(row) for row in await session.scalars(query)]


def record_within(
    session: AsyncSession,
    action: AuditAction,
    *,
    customer_id: int | None,
    call_id: str | None,
    detail: str,
    now: datetime,
) -> None:
    """Add a step together with what it tells of, so that both are stored or neither.

    Args:
        session: The session in which it happens.
        action: What happened.
        customer_id: Whose account it was about.
        call_id: The call in which it happened.
        detail: Why, or how; never a secret.
        now: The present instant.
    """
    session.add(
        AuditRow(at=now, action=action, customer_id=customer_id, call_id=call_id, detail=detail)
    )


def record_step(
    session: AsyncSession,
    action: AuditAction,
    row: OneTimeCodeRow | ResetLinkRow,
    detail: str,
    now: datetime,
) -> None:
    """Add a step of a code or a link, with whom and what call it is of.

    Args:
        session: The session in which it happens.
        action: What happened.
        row: The code or the link.
        detail: Why, or how; never a secret.
        now: The present instant.
    """
    record_within(
        session, action, customer_id=row.customer_id, call_id=row.call_id, detail=detail, now=now
    )


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        action=cast(AuditAction, row.action),
        customer_id=row.customer_id,
        call_id=row.call_id,
        detail=row.detail,
    )
