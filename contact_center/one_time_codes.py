"""One-time codes for a password reset, sent only to a contact that is already on file.

A code exists in clear in two places: in this module while it is sent, and in the sealed body of
the queued message until that is sent. What is stored is an Argon2id hash bound to account and call.
Whoever may not be sent one gets a decoy instead: the same work, the same rows, the same answer,
and a hash that no digits fit.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.audit import AuditAction, record_step, record_within
from contact_center.database import Database, changed_rows
from contact_center.even_time import EvenTime
from contact_center.models import CallRow, ContactRow, CustomerRow, OneTimeCodeRow
from contact_center.outbox import MessageKind, queue_within
from contact_center.reset_limits import (
    DAY,
    HOUR,
    CodeHistory,
    ResetLimits,
    Verdict,
    judge,
    try_wait_s,
)
from contact_center.settings import ContactCenterSettings

DIGITS = 6
VALID_FOR = timedelta(minutes=10)
CONTACT_SETTLES_IN = timedelta(days=7)
# OWASP's least for Argon2id: a code lives for minutes, and every call must be able to afford it.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
NOBODY = 0
"""A customer's key that no customer has; looking for nobody takes the same statements."""
DECOY_CONTACTS: dict[MessageKind, str] = {
    "email": "nobody@example.invalid",
    "text": "+10000000000",
}

Outcome = Literal["verified", "wrong", "too_many_tries", "expired", "none_sent"]


@dataclass(frozen=True, slots=True)
class CodeSent:
    """That a code is on its way, if there is an account that may have one.

    Args:
        kind: By which way.
        expires_at: Until when it can be used.
    """

    kind: MessageKind
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What came of trying a code.

    Args:
        outcome: "verified" permits the reset of this call and nothing else.
        tries_left: How often the code can still be tried.
    """

    outcome: Outcome
    tries_left: int


class CodeRefused(RuntimeError):
    """No code may be sent; the reason is for the record and not for the caller."""


class TooSoon(CodeRefused):
    """The last code of this call was sent a moment ago and may still arrive."""


class TooManyCodes(CodeRefused):
    """A limit is reached; a person can still help."""


class NothingToResend(CodeRefused):
    """No code was asked for in this call."""


class ContactRecentlyChanged(CodeRefused):
    """The contact was changed so recently that someone else may have done it."""


class ContactNotOnFile(CodeRefused):
    """The account has no verified contact."""


class NeedsPerson(CodeRefused):
    """Accounts of VIPs and of staff are only seen to by a person."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """Whether a code may be sent, and where; found out before anything is written."""

    customer_id: int | None
    caller_number: str | None
    kind: MessageKind
    contact: ContactRow | None
    refusal: CodeRefused | None
    openly: bool


class OneTimeCodes:
    """Sends codes and tries them.

    Args:
        db: Where hashes and messages are stored.
        settings: The company's name, the limits, and how long answers take.
        even: What makes answers take the same time; by default from the settings.
    """

    def __init__(
        self,
        db: Database,
        settings: ContactCenterSettings | None = None,
        *,
        even: EvenTime | None = None,
    ) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()
        self._limits = ResetLimits.of(self._settings)
        self._even = even or EvenTime(self._settings.reset_answer_s)
        self._hasher = PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
        )

    async def begin(self, customer_id: int, call_id: str, now: datetime) -> None:
        """See whether the caller whose own number is an account's may reset it by telephone at all.

        Args:
            customer_id: Whose account it is.
            call_id: The stored call.
            now: The present instant.

        Raises:
            NeedsPerson: The account is a VIP's or one of staff.
        """
        async with self._db.session() as session:
            account = await _account(session, customer_id)
            if account is None or not _is_protected(account):
                return
            record_within(
                session,
                "code_refused",
                customer_id=customer_id,
                call_id=call_id,
                detail="VIP or staff, from the account's own number",
                now=now,
            )
        raise NeedsPerson("accounts of VIPs and staff are seen to by a person")

    async def send(
        self, customer_id: int | None, kind: MessageKind, call_id: str, now: datetime
    ) -> CodeSent:
        """Send a new code; an earlier one of the same call is no longer good.

        A call from the account's own number is told openly when it may not have one; any other
        call gets a decoy and the same answer, as it does when there is no account.

        Args:
            customer_id: Whose account is to be opened; None when none was found.
            kind: By which way, as the caller chose.
            call_id: The stored call in which it must be used.
            now: The present instant.

        Returns:
            By which way, and how long it can be used.

        Raises:
            TooSoon: The last code of this call may still arrive.
            TooManyCodes: This call has had its codes, or a limit is reached (own number only).
            NeedsPerson: The account is a VIP's or one of staff (own number only).
            ContactNotOnFile: The account has no verified contact (own number only).
            ContactRecentlyChanged: The contact was changed within seven days (own number only).
        """
        async with self._even.padded():
            decision = await self._decide(customer_id, kind, call_id, now)
            if decision.refusal is not None and decision.openly:
                await self._record("code_refused", decision, call_id, now)
                raise decision.refusal
            code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
            # No digits a caller could say have the hash of a decoy.
            hashed = (
                _bound(code, customer_id=decision.customer_id, call_id=call_id)
                if decision.contact is not None
                else secrets.token_hex(16)
            )
            # Hashing is slow on purpose; other calls must not wait for it.
            code_hash = await asyncio.to_thread(self._hasher.hash, hashed)
            return await self._store(decision, code, code_hash, call_id, now)

    async def resend(
        self, call_id: str, now: datetime, kind: MessageKind | None = None
    ) -> CodeSent:
        """Send another code for the account of this call's last one.

        Args:
            call_id: The call.
            now: The present instant.
            kind: By which way; the last one's when None.

        Returns:
            By which way, and how long it can be used.

        Raises:
            NothingToResend: No code was asked for in this call.
            CodeRefused: As `send` does.
        """
        async with self._db.reading() as session:
            last = await session.scalar(live_code(call_id))
        if last is None:
            raise NothingToResend("no code was asked for in this call")
        return await self.send(last.customer_id, kind or cast(MessageKind, last.kind), call_id, now)

    async def try_code(self, call_id: str, code: str, now: datetime) -> CodeOutcome:
        """Try what the caller said or keyed in against the code of this call.

        Each wrong try makes the next answer of the same caller come later.

        Args:
            call_id: The call.
            code: The digits.
            now: The present instant.

        Returns:
            What came of it; a code is verified once.
        """
        async with self._even.padded() as padding:
            async with self._db.session() as session:
                row = await session.scalar(live_code(call_id))
                if row is None:
                    return CodeOutcome("none_sent", 0)
                padding.least_s = try_wait_s(await _wrong_tries(session, row, now))
                taken = await self._take_a_try(session, row, now)
                if taken is not None:
                    return taken
            right = await asyncio.to_thread(
                self._fits,
                row.code_hash,
                _bound(code, customer_id=row.customer_id, call_id=call_id),
            )
            return await self._conclude(row, right, now)

    async def _decide(
        self, customer_id: int | None, kind: MessageKind, call_id: str, now: datetime
    ) -> _Decision:
        account_id = customer_id if customer_id is not None else NOBODY
        async with self._db.reading() as session:
            call = (
                await session.execute(
                    select(CallRow.caller_number, CallRow.customer_id).where(CallRow.id == call_id)
                )
            ).one_or_none()
            account = await _account(session, account_id)
            contacts = (
                await session.scalars(
                    select(ContactRow)
                    .where(ContactRow.customer_id == account_id)
                    .order_by(ContactRow.id)
                )
            ).all()
            number = call.caller_number if call else None
            history = await _history(session, call_id, number, account_id, now)
        own = account is not None and call is not None and call.customer_id == account.id
        contact = _choose(contacts, kind, now, any_kind=own)
        verdict = judge(history, self._limits, now)
        refusal = _refusal(verdict, account, contact, now)
        return _Decision(
            customer_id=account.id if account is not None else None,
            caller_number=number,
            kind=_way(contact) if own and contact is not None else kind,
            contact=contact if refusal is None else None,
            refusal=refusal,
            openly=own or verdict in ("call", "too_soon"),
        )

    async def _store(
        self, decision: _Decision, code: str, code_hash: str, call_id: str, now: datetime
    ) -> CodeSent:
        expires_at = now + VALID_FOR
        contact = decision.contact
        async with self._db.session() as session:
            await session.execute(
                update(OneTimeCodeRow)
                .where(OneTimeCodeRow.call_id == call_id)
                .where(OneTimeCodeRow.replaced_at.is_(None))
                .values(replaced_at=now)
            )
            session.add(
                OneTimeCodeRow(
                    customer_id=decision.customer_id,
                    contact_id=contact.id if contact is not None else None,
                    call_id=call_id,
                    caller_number=decision.caller_number,
                    kind=decision.kind,
                    decoy=contact is None,
                    code_hash=code_hash,
                    sent_at=now,
                    expires_at=expires_at,
                    tries=0,
                )
            )
            await session.flush()
            # A decoy's message is written and taken back: the work of a message, and none sent.
            message = await session.begin_nested()
            await queue_within(
                session,
                kind=decision.kind,
                to=contact.value if contact is not None else DECOY_CONTACTS[decision.kind],
                subject="Your code" if decision.kind == "email" else "",
                body=self._body(code),
                customer_id=decision.customer_id,
                call_id=call_id,
                now=now,
                secret=True,
                expires_at=expires_at,
            )
            if contact is not None:
                await message.commit()
            else:
                await message.rollback()
            _note(
                session,
                "code_sent" if contact is not None else "code_not_sent",
                decision,
                call_id,
                now,
            )
        return CodeSent(decision.kind, expires_at)

    async def _record(
        self, action: AuditAction, decision: _Decision, call_id: str, now: datetime
    ) -> None:
        async with self._db.session() as session:
            _note(session, action, decision, call_id, now)

    async def _take_a_try(
        self, session: AsyncSession, row: OneTimeCodeRow, now: datetime
    ) -> CodeOutcome | None:
        """Count a try before it is made, so that tries at the same time are counted as well."""
        if row.verified_at is not None or now >= row.expires_at:
            record_step(session, "code_not_taken", row, "used or expired", now)
            return CodeOutcome("expired", 0)
        counted = await _changed(
            session,
            (OneTimeCodeRow.id == row.id) & (OneTimeCodeRow.tries < self._limits.tries),
            tries=OneTimeCodeRow.tries + 1,
        )
        if not counted:
            record_step(session, "code_not_taken", row, "too many tries", now)
            return CodeOutcome("too_many_tries", 0)
        await session.refresh(row, ["tries"])
        return None

    async def _conclude(self, row: OneTimeCodeRow, right: bool, now: datetime) -> CodeOutcome:
        left = max(0, self._limits.tries - row.tries)
        async with self._db.session() as session:
            # The condition makes it single use, also for two right tries at the same time.
            verified = right and await _changed(
                session,
                (OneTimeCodeRow.id == row.id)
                & OneTimeCodeRow.decoy.is_(False)
                & OneTimeCodeRow.verified_at.is_(None)
                & OneTimeCodeRow.replaced_at.is_(None),
                verified_at=now,
            )
            if verified:
                record_step(session, "code_verified", row, row.kind, now)
                return CodeOutcome("verified", left)
            record_step(session, "code_wrong", row, f"{left} tries left", now)
        return CodeOutcome("wrong" if left else "too_many_tries", left)

    def _fits(self, code_hash: str, bound: str) -> bool:
        try:
            return self._hasher.verify(code_hash, bound)
        except VerificationError:
            return False

    def _body(self, code: str) -> str:
        minutes = VALID_FOR // timedelta(minutes=1)
        return (
            f"Your {self._settings.company_name} code is {code}. It is good for {minutes} minutes, "
            "for the call you are making now. Nobody will ever ask you for it in another call. "
            "If you are not calling us, you need do nothing."
        )


def live_code(call_id: str) -> Select[OneTimeCodeRow]:
    """Select the code of a call that no later one has replaced.

    Args:
        call_id: The call.

    Returns:
        A query for at most one row.
    """
    return (
        select(OneTimeCodeRow)
        .where(OneTimeCodeRow.call_id == call_id)
        .where(OneTimeCodeRow.replaced_at.is_(None))
        .order_by(OneTimeCodeRow.id.desc())
        .limit(1)
    )


async def _account(session: AsyncSession, customer_id: int) -> Row[int, str, bool] | None:
    return (
        await session.execute(
            select(CustomerRow.id, CustomerRow.tier, CustomerRow.is_staff).where(
                CustomerRow.id == customer_id
            )
        )
    ).one_or_none()


def _is_protected(account: Row[int, str, bool]) -> bool:
    return bool(account.tier == "vip" or account.is_staff)


async def _history(
    session: AsyncSession, call_id: str, number: str | None, account_id: int, now: datetime
) -> CodeHistory:
    async def times(whose: ColumnElement[bool], since: datetime) -> Sequence[datetime]:
        query = (
            select(OneTimeCodeRow.sent_at)
            .where(whose & (OneTimeCodeRow.sent_at > since))
            .order_by(OneTimeCodeRow.sent_at)
        )
        return (await session.scalars(query)).all()

    overall = await session.scalar(
        select(func.count()).select_from(OneTimeCodeRow).where(OneTimeCodeRow.sent_at > now - HOUR)
    )
    return CodeHistory(
        call=await times(OneTimeCodeRow.call_id == call_id, now - DAY),
        # A withheld number is no number: who withholds one shares no limit with those who do.
        caller=await times(OneTimeCodeRow.caller_number == (number or ""), now - DAY),
        account=await times(OneTimeCodeRow.customer_id == account_id, now - DAY),
        overall=overall or 0,
    )


async def _wrong_tries(session: AsyncSession, row: OneTimeCodeRow, now: datetime) -> int:
    """Count the wrong tries of this call and of this caller's number, never of the account.

    A wait that depended on the account would tell that there is one.
    """
    whose = OneTimeCodeRow.call_id == row.call_id
    if row.caller_number:
        whose = whose | (OneTimeCodeRow.caller_number == row.caller_number)
    wrong = await session.scalar(
        select(func.coalesce(func.sum(OneTimeCodeRow.tries), 0)).where(
            whose & (OneTimeCodeRow.sent_at > now - HOUR) & OneTimeCodeRow.verified_at.is_(None)
        )
    )
    return int(wrong or 0)


def _choose(
    contacts: Sequence[ContactRow], kind: MessageKind, now: datetime, *, any_kind: bool
) -> ContactRow | None:
    """Choose the contact of a kind, one that was not just changed if there is one.

    Whoever calls from the account's own number gets the other kind when there is none of this:
    it is on file as well.
    """
    verified = [contact for contact in contacts if contact.verified]
    wanted = [contact for contact in verified if _way(contact) == kind]
    chosen = wanted or (verified if any_kind else [])
    settled = [contact for contact in chosen if _settled(contact, now)]
    return next(iter(settled or chosen), None)


def _refusal(
    verdict: Verdict, account: Row[int, str, bool] | None, contact: ContactRow | None, now: datetime
) -> CodeRefused | None:
    if verdict == "too_soon":
        return TooSoon("the last code of this call may still arrive")
    if verdict != "allowed":
        return TooManyCodes(f"too many codes: {verdict}")
    if account is None:
        return ContactNotOnFile("there is no such account")
    if _is_protected(account):
        return NeedsPerson("accounts of VIPs and staff are seen to by a person")
    if contact is None:
        return ContactNotOnFile("the account has no such verified contact")
    if not _settled(contact, now):
        return ContactRecentlyChanged("the contact was changed within the last seven days")
    return None


def _settled(contact: ContactRow, now: datetime) -> bool:
    return now - contact.changed_at >= CONTACT_SETTLES_IN


def _way(contact: ContactRow) -> MessageKind:
    return "email" if contact.kind == "email" else "text"


def _bound(code: str, *, customer_id: int | None, call_id: str) -> str:
    return f"{customer_id}:{call_id}:{code}"


def _note(
    session: AsyncSession, action: AuditAction, decision: _Decision, call_id: str, now: datetime
) -> None:
    why = f", because {decision.refusal}" if decision.refusal is not None else ""
    record_within(
        session,
        action,
        customer_id=decision.customer_id,
        call_id=call_id,
        detail=f"{decision.kind}{why}",
        now=now,
    )


async def _changed(session: AsyncSession, where: ColumnElement[bool], **values: Any) -> bool:
    """Change the one row for which a condition still holds, and tell whether it did."""
    return await changed_rows(session, update(OneTimeCodeRow).where(where).values(**values)) == 1
