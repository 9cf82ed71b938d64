"""Accounts of the company's site: whose password is which, as hashes only."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import AccountRow
from contact_center.passwords import Passwords


class Accounts:
    """Keeps the passwords of accounts.

    Args:
        db: Where the hashes are stored.
        passwords: How passwords are hashed.
    """

    def __init__(self, db: Database, passwords: Passwords) -> None:
        self._db = db
        self._passwords = passwords
        self._nobodys_hash: str | None = None

    async def is_password_of(self, customer_id: int, password: str) -> bool:
        """Tell whether a password opens an account; the work is the same without an account.

        Args:
            customer_id: Whose account.
            password: As it was typed.

        Returns:
            Whether it does.
        """
        async with self._db.reading() as session:
            row = await session.get(AccountRow, customer_id)
        if self._nobodys_hash is None:
            self._nobodys_hash = await asyncio.to_thread(
                self._passwords.hash, secrets.token_hex(16)
            )
        stored = row.password_hash if row is not None else self._nobodys_hash
        return await asyncio.to_thread(self._passwords.verify, stored, password)

    async def changed_at(self, customer_id: int) -> datetime | None:
        """Tell when a password was last set.

        Args:
            customer_id: Whose account.

        Returns:
            The instant, or None when there has never been one.
        """
        async with self._db.reading() as session:
            row = await session.get(AccountRow, customer_id)
        return row.changed_at if row is not None else None


async def set_password_within(
    session: AsyncSession, customer_id: int, password_hash: str, now: datetime
) -> None:
    """Set an account's password together with what permits it.

    Args:
        session: An open session.
        customer_id: Whose account.
        password_hash: As `Passwords.hash` gave it.
        now: The present instant.
    """
    row = await session.get(AccountRow, customer_id)
    if row is None:
        session.add(
            AccountRow(customer_id=customer_id, password_hash=password_hash, changed_at=now)
        )
    else:
        row.password_hash, row.changed_at = password_hash, now
