"""Customers, found by what a caller shows or says, and how they may be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import ContactRow, CustomerRow
from contact_center.phone_numbers import e164, ending

Tier = Literal["standard", "gold", "vip"]
ContactKind = Literal["phone", "email"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a customer.

    Args:
        id: The stored contact's key.
        kind: A telephone number or an e-mail address.
        value: The number as E.164, or the address.
        verified: Whether the customer has shown that it is theirs.
        changed_at: When it was last set.
    """

    id: int
    kind: ContactKind
    value: str
    verified: bool
    changed_at: datetime

    def masked(self) -> str:
        """Say which contact it is without giving it away.

        Returns:
            Words fit to be spoken, such as "the phone ending in 4 2".
        """
        if self.kind == "phone":
            return f"the phone ending in {' '.join(ending(self.value))}"
        local, _, domain = self.value.partition("@")
        host = domain.replace(".", " dot ")
        # Of a short name the ending would be most of it.
        shown = f"ending in {' '.join(local[-2:])} " if len(local) > 3 else ""
        return f"the e-mail {shown}at {host}"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the rest of the house sees them.

    Args:
        id: The customer's key.
        name: Full name.
        tier: How they are served.
        phones: Their telephone numbers, oldest first.
        emails: Their e-mail addresses, oldest first.
        is_staff: Whether the account belongs to one of the company's own people.
    """

    id: int
    name: str
    tier: Tier
    phones: tuple[Contact, ...]
    emails: tuple[Contact, ...]
    is_staff: bool

    def contact(self, contact_id: int) -> Contact | None:
        """One of the customer's own contacts.

        Args:
            contact_id: Its key.

        Returns:
            The contact, or None when it is not this customer's.
        """
        own = (*self.phones, *self.emails)
        return next((contact for contact in own if contact.id == contact_id), None)


class Customers:
    """Looks customers up.

    Args:
        db: Where they are stored.
        region: ISO 3166 country of numbers given without a country code.
    """

    def __init__(self, db: Database, *, region: str = "US") -> None:
        self._db = db
        self._region = region

    async def find_by_phone(self, number: str | None) -> Customer | None:
        """Find whose telephone number it is.

        Args:
            number: As signalled or said; None for a withheld number.

        Returns:
            The customer, or None when nobody or more than one person has this number.
        """
        value = e164(number, self._region)
        return await self._only_one("phone", value) if value else None

    async def find_by_email(self, email: str) -> Customer | None:
        """Find whose e-mail address it is.

        Args:
            email: The address; case does not matter.

        Returns:
            The customer, or None when nobody or more than one person has this address.
        """
        return await self._only_one("email", email.strip().lower())

    async def get(self, customer_id: int) -> Customer | None:
        """Read one customer.

        Args:
            customer_id: The customer's key.

        Returns:
            The customer, or None when there is none with this key.
        """
        async with self._db.reading() as session:
            row = await session.get(CustomerRow, customer_id)
            return _customer(row) if row else None

    async def _only_one(self, kind: ContactKind, value: str) -> Customer | None:
        async with self._db.reading() as session:
            return await customer_with_contact(session, kind, value)


async def customer_with_contact(
    session: AsyncSession, kind: ContactKind, value: str
) -> Customer | None:
    """Find, within a session, the one customer who has a contact.

    Args:
        session: An open session.
        kind: Which kind of contact.
        value: In its stored form.

    Returns:
        The customer, or None when nobody has it, or several do: what several people share
        identifies none of them.
    """
    query = (
        select(CustomerRow)
        .where(CustomerRow.contacts.any((ContactRow.kind == kind) & (ContactRow.value == value)))
        .limit(2)
    )
    rows = (await session.scalars(query)).all()
    return _customer(rows[0]) if len(rows) == 1 else None


def _customer(row: CustomerRow) -> Customer:
    contacts = [
        Contact(
            id=contact.id,
            kind=cast(ContactKind, contact.kind),
            value=contact.value,
            verified=contact.verified,
            changed_at=contact.changed_at,
        )
        for contact in row.contacts
    ]
    return Customer(
        id=row.id,
        name=row.name,
        tier=cast(Tier, row.tier),
        phones=tuple(contact for contact in contacts if contact.kind == "phone"),
        emails=tuple(contact for contact in contacts if contact.kind == "email"),
        is_staff=row.is_staff,
    )
