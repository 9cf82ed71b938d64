"""Links to the reset page: one for each verified code, good once and for half an hour.

The token is 256 random bits and is stored as a hash only. It is bound to the account whose code was
verified; the verified code is spent with it and permits nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.accounts import set_password_within
from contact_center.audit import AuditAction, record_step, record_within
from contact_center.database import Database, changed_rows
from contact_center.models import ContactRow, CustomerRow, OneTimeCodeRow, ResetLinkRow
from contact_center.one_time_codes import live_code
from contact_center.outbox import MessageKind, queue_within
from contact_center.passwords import Judged, Passwords
from contact_center.settings import ContactCenterSettings

TOKEN_BYTES = 32
VALID_FOR = timedelta(minutes=30)
VERIFIED_FOR = timedelta(minutes=10)
"""How long after its code was verified a call may still ask for the link."""


@dataclass(frozen=True, slots=True)
class LinkSent:
    """That a link is on its way; not the link itself.

    Args:
        kind: By which way: the way of the code.
        expires_at: Until when it can be used.
    """

    kind: MessageKind
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can be used now.

    Args:
        customer_id: Whose password it changes.
        expires_at: Until when it can be used.
    """

    customer_id: int
    expires_at: datetime


class NotVerified(RuntimeError):
    """No code of this call permits a reset, or it has been spent."""


class LinkRefused(RuntimeError):
    """A link does not open the reset page; the message is for whoever followed it."""


class LinkUnknown(LinkRefused):
    """There is no such link."""


class LinkUsed(LinkRefused):
    """The password has already been changed by this link."""


class LinkExpired(LinkRefused):
    """The link is too old, or a newer one has been sent."""


class PasswordRefused(RuntimeError):
    """The new password is not good enough; the link can still be used.

    Args:
        reasons: Sentences for the person who chose it, the most important first.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class ResetLinks:
    """Sends links and changes passwords by them.

    Args:
        db: Where hashes and messages are stored.
        settings: The company's name, the desk's address, and the list of breached passwords.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()
        self._passwords = Passwords(self._settings.breached_passwords)

    async def issue(self, call_id: str, now: datetime) -> LinkSent:
        """Send a link to the contact whose code was verified in a call, and spend the code.

        Args:
            call_id: The call.
            now: The present instant.

        Returns:
            By which way it is sent, and how long it can be used.

        Raises:
            NotVerified: No code was verified in this call, it is spent, or its contact is no
                longer what it was.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = now + VALID_FOR
        async with self._db.session() as session:
            code, contact = await _spend(session, call_id, now)
            assert code.customer_id is not None
            kind = cast(MessageKind, code.kind)
            await _change_links(
                session,
                (ResetLinkRow.customer_id == code.customer_id) & ResetLinkRow.used_at.is_(None),
                replaced_at=now,
            )
            session.add(
                ResetLinkRow(
                    token_hash=_hash(token),
                    customer_id=code.customer_id,
                    code_id=code.id,
                    call_id=call_id,
                    issued_at=now,
                    expires_at=expires_at,
                )
            )
            await queue_within(
                session,
                kind=kind,
                to=contact.value,
                subject="Set a new password" if kind == "email" else "",
                body=self._link_body(token),
                customer_id=code.customer_id,
                call_id=call_id,
                now=now,
                secret=True,
                expires_at=expires_at,
            )
            record_within(
                session,
                "link_sent",
                customer_id=code.customer_id,
                call_id=call_id,
                detail=kind,
                now=now,
            )
        return LinkSent(kind, expires_at)

    async def check(self, token: str, now: datetime) -> OpenLink:
        """Tell whether a link can be used.

        Args:
            token: The last part of the link.
            now: The present instant.

        Returns:
            Whose password it changes, and until when.

        Raises:
            LinkUnknown: There is no such link.
            LinkUsed: It has been used.
            LinkExpired: It is too old, or a newer one has been sent.
        """
        row = await self._open(token, now)
        await self._record("link_opened", row, "", now)
        return OpenLink(row.customer_id, row.expires_at)

    async def weigh(self, token: str, password: str, now: datetime) -> Judged:
        """Judge a password as `use` will, while it is typed: nothing is changed or written down.

        Args:
            token: The last part of the link.
            password: What has been typed so far.
            now: The present instant.

        Returns:
            How good it is, and what is against it.

        Raises:
            LinkRefused: As `check` does.
            BreachedFileUnreadable: The operator's list of breached passwords cannot be read.
        """
        row, refused = await self._find(token, now)
        if refused is not None:
            raise refused
        about = await self._known_of(row.customer_id)
        return await asyncio.to_thread(self._passwords.judge, password, about)

    async def use(self, token: str, password: str, now: datetime) -> None:
        """Change the password, spend the link, and tell the customer at every contact on file.

        Args:
            token: The last part of the link.
            password: The new password as it was typed; nothing of it is kept but an Argon2id hash.
            now: The present instant.

        Raises:
            LinkRefused: As `check` does.
            PasswordRefused: The password is too weak or known from a breach; the link stays good.
            BreachedFileUnreadable: The operator's list of breached passwords cannot be read.
        """
        row = await self._open(token, now)
        about = await self._known_of(row.customer_id)
        reasons = await asyncio.to_thread(self._passwords.reasons_against, password, about)
        if reasons:
            await self._record("password_refused", row, reasons[0], now)
            raise PasswordRefused(reasons)
        password_hash = await asyncio.to_thread(self._passwords.hash, password)
        async with self._db.session() as session:
            # The condition makes it single use, also for two people at the same time.
            first = await _change_links(
                session,
                (ResetLinkRow.id == row.id)
                & ResetLinkRow.used_at.is_(None)
                & ResetLinkRow.replaced_at.is_(None),
                used_at=now,
            )
            if not first:
                raise LinkUsed("This link has been used already.")
            await set_password_within(session, row.customer_id, password_hash, now)
            record_step(session, "password_changed", row, "by the link", now)
            await self._notify(session, row, now)

    async def _open(self, token: str, now: datetime) -> ResetLinkRow:
        row, refused = await self._find(token, now)
        if refused is not None:
            await self._record("link_refused", row, str(refused), now)
            raise refused
        return row

    async def _find(self, token: str, now: datetime) -> tuple[ResetLinkRow, LinkRefused | None]:
        """Find a link, and why it cannot be used if so."""
        wanted = _hash(token)
        async with self._db.reading() as session:
            row = await session.scalar(
                select(ResetLinkRow).where(ResetLinkRow.token_hash == wanted)
            )
        if row is None or not hmac.compare_digest(row.token_hash, wanted):
            raise LinkUnknown("This link is not one of ours, or not all of it was copied.")
        if row.used_at is not None:
            return row, LinkUsed("This link has been used already.")
        if row.replaced_at is not None:
            return row, LinkExpired("A newer link has been sent since.")
        if now >= row.expires_at:
            return row, LinkExpired("This link is too old.")
        return row, None

    async def _known_of(self, customer_id: int) -> tuple[str, ...]:
        async with self._db.reading() as session:
            customer = await session.get(CustomerRow, customer_id)
        if customer is None:
            return (self._settings.company_name,)
        contacts = (contact.value for contact in customer.contacts)
        return (self._settings.company_name, customer.name, *contacts)

    async def _notify(self, session: AsyncSession, row: ResetLinkRow, now: datetime) -> None:
        company = self._settings.company_name
        contacts = (
            await session.scalars(
                select(ContactRow)
                .where(ContactRow.customer_id == row.customer_id)
                .order_by(ContactRow.id)
            )
        ).all()
        for contact in contacts:
            kind: MessageKind = "email" if contact.kind == "email" else "text"
            await queue_within(
                session,
                kind=kind,
                to=contact.value,
                subject="Your password was changed" if kind == "email" else "",
                body=(
                    f"The password of your {company} account was changed. If it was not you, "
                    "call us at once."
                ),
                customer_id=row.customer_id,
                call_id=row.call_id,
                now=now,
            )
            record_step(session, "customer_notified", row, kind, now)

    async def _record(
        self, action: AuditAction, row: ResetLinkRow, detail: str, now: datetime
    ) -> None:
        async with self._db.session() as session:
            record_step(session, action, row, detail, now)

    def _link_body(self, token: str) -> str:
        minutes = VALID_FOR // timedelta(minutes=1)
        link = f"{self._settings.desk_url.rstrip('/')}/reset/{token}"
        return (
            f"Set a new password for your {self._settings.company_name} account here: {link} "
            f"The link is good once, for {minutes} minutes. "
            "If you did not ask for it, you need do nothing."
        )


async def _spend(
    session: AsyncSession, call_id: str, now: datetime
) -> tuple[OneTimeCodeRow, ContactRow]:
    """Spend the verified code of a call; who comes second finds nothing to spend."""
    code = await session.scalar(live_code(call_id))
    if code is None or code.verified_at is None or code.contact_id is None:
        raise NotVerified("no code was verified in this call")
    if now - code.verified_at >= VERIFIED_FOR:
        raise NotVerified("the code was verified too long ago")
    contact = await session.get(ContactRow, code.contact_id)
    if contact is None or contact.changed_at > code.sent_at:
        raise NotVerified("the contact is no longer the one that the code was sent to")
    unspent = (OneTimeCodeRow.id == code.id) & OneTimeCodeRow.spent_at.is_(None)
    if not await changed_rows(session, update(OneTimeCodeRow).where(unspent).values(spent_at=now)):
        raise NotVerified("the code has been spent")
    return code, contact


async def _change_links(
    session: AsyncSession, where: ColumnElement[bool], **values: datetime
) -> bool:
    return await changed_rows(session, update(ResetLinkRow).where(where).values(**values)) > 0


def _hash(token: str) -> str:
    """Hash a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
