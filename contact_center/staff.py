"""The people who work at the desk: who they are, what they may open, and their passwords.

Nobody is there from the start, and nobody has a password that others know: the first account is
made by the operator on the machine itself.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import StaffRow, StaffSessionRow
from contact_center.passwords import Passwords
from contact_center.routing.roster import Abilities

Role = Literal["agent", "supervisor", "designer"]
ROLES: tuple[Role, ...] = get_args(Role)

LONGEST_NAME = 100
HASHED_AT_ONCE = 2
"""Each password that is hashed takes 64 MiB and a core."""

# Names are said to callers and stand in lists, so they are letters and little else.
_NAME = re.compile(r"[^\W_][\w .,'\u2019@+-]*")


class StaffError(ValueError):
    """Something cannot be done to an account; the message says why."""


class UnknownStaff(StaffError):
    """There is nobody of this name.

    Args:
        name: As it was given.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account of the name {name!r}.")


class StaffPasswordRefused(StaffError):
    """The new password is not good enough.

    Args:
        reasons: Sentences against it, the most important first.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Staff:
    """One person.

    Args:
        id: The account's key.
        name: As callers hear it and colleagues see it.
        role: What they may open.
        queues: Whose callers they take.
        skills: What they can deal with.
        languages: What they speak.
        capacity: How many conversations they may have at once.
        disabled: Whether they cannot sign in any more.
    """

    id: int
    name: str
    role: Role
    queues: frozenset[str] = frozenset({"support"})
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"en"})
    capacity: int = 1
    disabled: bool = False

    @property
    def abilities(self) -> Abilities:
        """What they can be asked for when they take calls."""
        return Abilities(self.queues, self.skills, self.languages, self.capacity)


class StaffAccounts:
    """Keeps the accounts of staff.

    Args:
        db: Where they are stored.
        passwords: How passwords are judged and hashed.
        company: The company's name, of which no password may be made.
    """

    def __init__(self, db: Database, passwords: Passwords, company: str = "") -> None:
        self._db = db
        self._passwords = passwords
        self._company = company
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE)
        self._nobodys_hash: str | None = None

    async def add(
        self,
        name: str,
        password: str,
        now: datetime,
        *,
        role: Role = "agent",
        abilities: Abilities | None = None,
    ) -> Staff:
        """Make an account.

        Args:
            name: As callers will hear it; letters, digits and a few signs.
            password: What they sign in with.
            now: The present instant.
            role: What they may open.
            abilities: What they can be asked for; a support agent's when None.

        Returns:
            The person.

        Raises:
            StaffError: The name cannot be one, or is taken.
            StaffPasswordRefused: The password is not good enough.
            BreachedFileUnreadable: The operator's list of breached passwords cannot be read.
        """
        name = tidy_name(name)
        able = abilities or Abilities()
        row = StaffRow(
            name=name,
            folded_name=folded(name),
            role=role,
            queues=sorted(able.queues),
            skills=sorted(able.skills),
            languages=sorted(able.languages),
            capacity=able.capacity,
            password_hash=await self._hash(name, password),
            added_at=now,
        )
        try:
            async with self._db.session() as session:
                session.add(row)
                await session.flush()
                return staff_of_row(row)
        except IntegrityError:
            raise StaffError(f"There is an account of the name {name!r} already.") from None

    async def get(self, name: str) -> Staff | None:
        """Find somebody by their name.

        Args:
            name: In whatever case.

        Returns:
            The person; None when there is nobody of this name.
        """
        async with self._db.reading() as session:
            row = await _find(session, name)
        return staff_of_row(row) if row is not None else None

    async def all(self) -> tuple[Staff, ...]:
        """List everybody, disabled accounts included.

        Returns:
            The people, by name.
        """
        query = select(StaffRow).order_by(StaffRow.folded_name)
        async with self._db.reading() as session:
            return tuple(staff_of_row(row) for row in await session.scalars(query))

    async def set_password(self, name: str, password: str) -> Staff:
        """Give somebody a new password; every browser of theirs is signed out.

        Args:
            name: Whose.
            password: The new one.

        Returns:
            The person.

        Raises:
            UnknownStaff: There is nobody of this name.
            StaffPasswordRefused: The password is not good enough.
            BreachedFileUnreadable: The operator's list of breached passwords cannot be read.
        """
        staff = await self.get(name)
        if staff is None:
            raise UnknownStaff(name)
        password_hash = await self._hash(staff.name, password)

        def change(row: StaffRow) -> None:
            row.password_hash = password_hash

        return await self._change(name, change, sign_out=True)

    async def disable(self, name: str, now: datetime) -> Staff:
        """Let somebody sign in no more; every browser of theirs is signed out.

        Args:
            name: Whom.
            now: The present instant.

        Returns:
            The person.

        Raises:
            UnknownStaff: There is nobody of this name.
        """

        def change(row: StaffRow) -> None:
            row.disabled_at = row.disabled_at or now

        return await self._change(name, change, sign_out=True)

    async def enable(self, name: str) -> Staff:
        """Let somebody sign in again.

        Args:
            name: Whom.

        Returns:
            The person.

        Raises:
            UnknownStaff: There is nobody of this name.
        """

        def change(row: StaffRow) -> None:
            row.disabled_at = None

        return await self._change(name, change, sign_out=False)

    async def check(self, name: str, password: str) -> Staff | None:
        """Tell whose name and password these are; takes the same time when they are nobody's.

        How often this may be asked is for the caller to limit.

        Args:
            name: In whatever case.
            password: As it was typed.

        Returns:
            The person; None when the name is unknown or disabled, or the password is wrong.
        """
        async with self._db.reading() as session:
            row = await _find(session, name)
        async with self._hashing:
            if self._nobodys_hash is None:
                nobodys = secrets.token_hex(16)
                self._nobodys_hash = await asyncio.to_thread(self._passwords.hash, nobodys)
            stored = row.password_hash if row is not None else self._nobodys_hash
            right = await asyncio.to_thread(self._passwords.verify, stored, password)
        if row is None or row.disabled_at is not None or not right:
            return None
        return staff_of_row(row)

    async def known_desk(self, name: str) -> str | None:
        """Make the mark of a browser in which somebody has signed in before.

        It opens nothing: whoever has it need not wait when strangers try the same name. It ends
        with the password.

        Args:
            name: Whose.

        Returns:
            The mark; None when there is nobody of this name.
        """
        async with self._db.reading() as session:
            row = await _find(session, name)
        if row is None:
            return None
        return hmac.digest(row.password_hash.encode(), b"known desk", "sha256").hex()

    async def _hash(self, name: str, password: str) -> str:
        def judged_and_hashed() -> str:
            if reasons := self._passwords.reasons_against(password, (name, self._company)):
                raise StaffPasswordRefused(reasons)
            return self._passwords.hash(password)

        async with self._hashing:
            return await asyncio.to_thread(judged_and_hashed)

    async def _change(
        self, name: str, change: Callable[[StaffRow], None], *, sign_out: bool
    ) -> Staff:
        async with self._db.session() as session:
            row = await _find(session, name)
            if row is None:
                raise UnknownStaff(name)
            change(row)
            if sign_out:
                ended = delete(StaffSessionRow).where(StaffSessionRow.staff_id == row.id)
                await session.execute(ended)
            return staff_of_row(row)


def tidy_name(name: str) -> str:
    """Write a name as it will be kept.

    Args:
        name: As it was typed.

    Returns:
        The name, with single spaces.

    Raises:
        StaffError: It cannot be a name.
    """
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    if not _NAME.fullmatch(tidy) or len(tidy) > LONGEST_NAME:
        raise StaffError(
            "A name has letters, digits, spaces and . , ' - + @ _ only, begins with a letter or "
            f"digit, and is at most {LONGEST_NAME} characters long."
        )
    return tidy


def folded(name: str) -> str:
    """Write a name so that it is found however it is typed.

    Args:
        name: As it was typed.

    Returns:
        What the same names have in common.
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def staff_of_row(row: StaffRow) -> Staff:
    """Show a stored account, without what it is signed in with.

    Args:
        row: As stored.

    Returns:
        The person.
    """
    return Staff(
        id=row.id,
        name=row.name,
        role=cast(Role, row.role),
        queues=frozenset(row.queues),
        skills=frozenset(row.skills),
        languages=frozenset(row.languages),
        capacity=row.capacity,
        disabled=row.disabled_at is not None,
    )


async def _find(session: AsyncSession, name: str) -> StaffRow | None:
    # What PostgreSQL cannot hold in a text, nobody is called.
    if "\0" in name or len(name) > 2 * LONGEST_NAME:
        return None
    found = await session.scalars(select(StaffRow).where(StaffRow.folded_name == folded(name)))
    return found.one_or_none()
