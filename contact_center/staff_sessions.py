"""Browsers in which staff are signed in.

A session is found by a random token that only the browser has; what is stored is its hash, so
that a copy of the database opens nothing.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from contact_center.database import Database
from contact_center.models import StaffRow, StaffSessionRow
from contact_center.staff import Staff, staff_of_row

LONGEST = timedelta(hours=12)
"""After signing in; no session is longer than a long shift."""
LONGEST_IDLE = timedelta(hours=2)
"""Without anything being opened. An open desk is in use: waiting for a call is work."""
LAST_CALL = timedelta(hours=1)
"""How much longer a desk that is open already stays so, for the call that is going on."""

_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in.

    Args:
        id: The session's key.
        staff: Who is signed in.
        csrf: What forms of this session carry, so that no other site can send them.
        begun_at: When they signed in.
        seen_at: When it was last used, to the minute.
    """

    id: int
    staff: Staff
    csrf: str
    begun_at: datetime
    seen_at: datetime


class StaffSessions:
    """Keeps the sessions.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, staff_id: int, now: datetime) -> tuple[str, str]:
        """Sign a browser in.

        Args:
            staff_id: Who it is.
            now: The present instant.

        Returns:
            The token for its cookie, and the session's CSRF token.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        gone = delete(StaffSessionRow).where(StaffSessionRow.begun_at < now - LONGEST - LAST_CALL)
        async with self._db.session() as session:
            await session.execute(gone)
            session.add(
                StaffSessionRow(
                    staff_id=staff_id, token_hash=_hash(token), begun_at=now, seen_at=now
                )
            )
        return token, _csrf(token)

    async def find(self, token: str, now: datetime) -> Session | None:
        """Find the session of a browser, and note that it is used.

        Args:
            token: From its cookie.
            now: The present instant.

        Returns:
            The session; None when there is none, it is over, or the account is disabled.
        """
        query = (
            select(StaffSessionRow, StaffRow)
            .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
            .where(StaffSessionRow.token_hash == _hash(token), StaffRow.disabled_at.is_(None))
        )
        async with self._db.reading() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        row, staff = found
        if now - row.begun_at >= LONGEST or now - row.seen_at >= LONGEST_IDLE:
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            await self._note([row.id], now)
        return Session(row.id, staff_of_row(staff), _csrf(token), row.begun_at, row.seen_at)

    async def still_open(self, ids: Collection[int], now: datetime) -> frozenset[int]:
        """Tell which sessions of open desks go on, and note that they are used.

        Args:
            ids: Keys of the sessions.
            now: The present instant.

        Returns:
            Those whose desks may stay open: nobody has ended them, and they are not far too old.
        """
        query = (
            select(StaffSessionRow.id, StaffSessionRow.seen_at)
            .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
            .where(
                StaffSessionRow.id.in_(ids),
                StaffSessionRow.begun_at > now - LONGEST - LAST_CALL,
                StaffRow.disabled_at.is_(None),
            )
        )
        async with self._db.reading() as session:
            seen = dict((await session.execute(query)).all())
        if unnoted := [key for key, at in seen.items() if now - at >= _SEEN_EVERY]:
            await self._note(unnoted, now)
        return frozenset(seen)

    async def end(self, token: str) -> None:
        """Sign a browser out.

        Args:
            token: From its cookie; one that is unknown is no matter.
        """
        async with self._db.session() as session:
            await session.execute(
                delete(StaffSessionRow).where(StaffSessionRow.token_hash == _hash(token))
            )

    async def _note(self, ids: Collection[int], now: datetime) -> None:
        async with self._db.session() as session:
            await session.execute(
                update(StaffSessionRow).where(StaffSessionRow.id.in_(ids)).values(seen_at=now)
            )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _csrf(token: str) -> str:
    """Nothing has to be stored that follows from the token."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()
