"""One-time codes for a password reset, sent only to a contact that is already on file.

A code exists in clear in two places: in this function while it is sent, and in the body of the
queued message until that is sent. What is stored is an Argon2id hash bound to account and call.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import update

from contact_center.customers import Contact, Customer, Customers
from contact_center.database import Database
from contact_center.models import OneTimeCodeRow
from contact_center.outbox import queue_within
from contact_center.settings import ContactCenterSettings

DIGITS = 6
VALID_FOR = timedelta(minutes=10)
CONTACT_SETTLES_IN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SentCode:
    """That a code is on its way; not the code itself.

    Args:
        id: The stored code's key.
        contact: Where it was sent.
        expires_at: Until when it can be used.
        message_id: The queued message.
    """

    id: int
    contact: Contact
    expires_at: datetime
    message_id: int


class CodeRefused(RuntimeError):
    """No code may be sent; the reason is for the record and not for the caller."""


class ContactRecentlyChanged(CodeRefused):
    """The contact was changed so recently that someone else may have done it."""


class ContactNotOnFile(CodeRefused):
    """The account has no such verified contact."""


class NeedsPerson(CodeRefused):
    """Accounts of VIPs and of staff are only seen to by a person."""


class OneTimeCodes:
    """Sends codes.

    Args:
        db: Where hashes and messages are stored.
        settings: The company's name, for the message.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()
        self._hasher = PasswordHasher()

    async def send(
        self, customer_id: int, contact_id: int, call_id: str, now: datetime
    ) -> SentCode:
        """Send a new code; an earlier one for the same account is no longer good.

        Args:
            customer_id: Whose account is to be opened.
            contact_id: Where the customer wants the code, among their own contacts.
            call_id: The call in which it must be used.
            now: The present instant.

        Returns:
            Where it was sent and how long it can be used.

        Raises:
            NeedsPerson: The account is a VIP's or one of staff.
            ContactNotOnFile: The contact is not the account's, or was never verified.
            ContactRecentlyChanged: The contact was changed within the last seven days.
        """
        customer = await Customers(self._db).get(customer_id)
        contact = _allowed(customer, contact_id, now)
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        # Hashing is slow on purpose; other calls must not wait for it.
        code_hash = await asyncio.to_thread(
            self._hasher.hash, _bound(code, customer_id=customer_id, call_id=call_id)
        )
        expires_at = now + VALID_FOR
        async with self._db.session() as session:
            await session.execute(
                update(OneTimeCodeRow)
                .where(OneTimeCodeRow.customer_id == customer_id)
                .where(OneTimeCodeRow.replaced_at.is_(None))
                .values(replaced_at=now)
            )
            row = OneTimeCodeRow(
                customer_id=customer_id,
                contact_id=contact_id,
                call_id=call_id,
                code_hash=code_hash,
                sent_at=now,
                expires_at=expires_at,
            )
            session.add(row)
            message_id = await queue_within(
                session,
                kind="email" if contact.kind == "email" else "text",
                to=contact.value,
                subject="Your code" if contact.kind == "email" else "",
                body=self._body(code),
                customer_id=customer_id,
                call_id=call_id,
                now=now,
                secret=True,
            )
            return SentCode(row.id, contact, expires_at, message_id)

    def _body(self, code: str) -> str:
        minutes = VALID_FOR // timedelta(minutes=1)
        return (
            f"Your {self._settings.company_name} code is {code}. It is good for {minutes} minutes, "
            "for the call you are making now. Nobody will ever ask you for it in another call. "
            "If you are not calling us, you need do nothing."
        )


def _allowed(customer: Customer | None, contact_id: int, now: datetime) -> Contact:
    contact = customer.contact(contact_id) if customer else None
    if customer is None or contact is None or not contact.verified:
        raise ContactNotOnFile("the account has no such verified contact")
    if customer.tier == "vip" or customer.is_staff:
        raise NeedsPerson("accounts of VIPs and staff are seen to by a person")
    if now - contact.changed_at < CONTACT_SETTLES_IN:
        raise ContactRecentlyChanged("the contact was changed within the last seven days")
    return contact


def _bound(code: str, *, customer_id: int, call_id: str) -> str:
    return f"{customer_id}:{call_id}:{code}"
