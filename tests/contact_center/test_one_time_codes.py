"""One-time codes: sent to a contact on file, tried three times at most, used once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select, text

from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.even_time import EvenTime
from contact_center.models import Base, ContactRow, OneTimeCodeRow
from contact_center.one_time_codes import (
    CodeOutcome,
    ContactNotOnFile,
    ContactRecentlyChanged,
    NeedsPerson,
    NothingToResend,
    OneTimeCodes,
    TooManyCodes,
    TooSoon,
)
from contact_center.only_reading import WriteRefused, only_reading
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_CUSTOMER, DEMO_RECENTLY_CHANGED, DEMO_STAFF, DEMO_VIP
from contact_center.settings import ContactCenterSettings

from .conftest import NOW

STRANGER = "+15550109999"
WRONG = "wrong!"  # six characters that no code has


@dataclass
class Watch:
    """A clock on which only waiting takes time."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)


@dataclass
class Desk:
    """Where codes are asked for: "own" is a call from Maria's number, "other" a stranger's."""

    db: Database
    watch: Watch
    codes: OneTimeCodes

    async def customer(self, phone: str = DEMO_CUSTOMER.phone) -> Customer:
        found = await Customers(self.db).find_by_phone(phone)
        assert found is not None
        return found

    async def call(self, call_id: str, phone: str | None) -> str:
        await Calls(self.db).start(call_id, phone, "browser", NOW)
        return call_id

    async def stored(self) -> list[OneTimeCodeRow]:
        async with self.db.reading() as session:
            return list(await session.scalars(select(OneTimeCodeRow).order_by(OneTimeCodeRow.id)))

    async def sent_code(self) -> str:
        message = (await Outbox(self.db).pending())[-1]
        found = re.search(r"\b\d{6}\b", message.body)
        assert found is not None
        return found[0]

    async def sent(self) -> int:
        return len(await Outbox(self.db).pending(100))

    async def set_contact(self, contact_id: int, **values: Any) -> None:
        async with self.db.session() as session:
            row = await session.get(ContactRow, contact_id)
            assert row is not None
            for name, value in values.items():
                setattr(row, name, value)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect what the database is asked to do."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(" ".join(statement.split()[:3]))

        event.listen(self.db.engine.sync_engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.db.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
async def desk(seeded: Database, settings: ContactCenterSettings) -> Desk:
    watch = Watch()
    codes = OneTimeCodes(
        seeded, settings, even=EvenTime(settings.reset_answer_s, clock=watch, sleep=watch.sleep)
    )
    desk = Desk(seeded, watch, codes)
    await desk.call("own", DEMO_CUSTOMER.phone)
    await desk.call("other", STRANGER)
    return desk


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("kind", ["email", "text"])
async def test_it_goes_to_the_contact_on_file_by_the_chosen_way(desk: Desk, kind: Any) -> None:
    maria = await desk.customer()
    sent = await desk.codes.send(maria.id, kind, "own", NOW)
    (message,) = await Outbox(desk.db).pending()
    contact = (maria.emails if kind == "email" else maria.phones)[0]
    assert (message.kind, message.to) == (kind, contact.value)
    assert message.secret
    assert message.expires_at == sent.expires_at == NOW + timedelta(minutes=10)
    assert sent.kind == kind


async def test_it_has_six_digits_and_is_stored_hashed_for_this_account_and_call(
    desk: Desk,
) -> None:
    maria = await desk.customer()
    await desk.codes.send(maria.id, "email", "own", NOW)
    code = await desk.sent_code()
    (row,) = await desk.stored()
    assert re.fullmatch(r"[0-9]{6}", code)
    assert row.code_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(row.code_hash, f"{maria.id}:own:{code}")


async def test_the_right_code_is_verified_once(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    code = await desk.sent_code()
    assert await desk.codes.try_code("own", code, later(60)) == CodeOutcome("verified", 2)
    assert (await desk.codes.try_code("own", code, later(61))).outcome == "expired"


async def test_two_right_tries_at_the_same_time_are_verified_once(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    code = await desk.sent_code()
    tries = [desk.codes.try_code("own", code, later(60)) for _ in range(3)]
    outcomes = [each.outcome for each in await asyncio.gather(*tries)]
    assert outcomes.count("verified") == 1


async def test_three_wrong_tries_and_the_right_one_comes_too_late(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    tried = [await desk.codes.try_code("own", WRONG, NOW) for _ in range(3)]
    assert tried == [
        CodeOutcome("wrong", 2),
        CodeOutcome("wrong", 1),
        CodeOutcome("too_many_tries", 0),
    ]
    code = await desk.sent_code()
    assert await desk.codes.try_code("own", code, NOW) == CodeOutcome("too_many_tries", 0)


async def test_tries_at_the_same_time_are_counted_as_well(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    await asyncio.gather(*(desk.codes.try_code("own", WRONG, NOW) for _ in range(6)))
    (row,) = await desk.stored()
    assert row.tries == 3


async def test_after_ten_minutes_it_is_too_old(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    code = await desk.sent_code()
    assert (await desk.codes.try_code("own", code, later(600))).outcome == "expired"
    assert (await desk.codes.try_code("own", code, later(599))).outcome == "verified"


async def test_it_is_no_good_in_another_call(desk: Desk) -> None:
    maria = await desk.customer()
    await desk.codes.send(maria.id, "email", "own", NOW)
    code = await desk.sent_code()
    assert (await desk.codes.try_code("other", code, NOW)).outcome == "none_sent"
    await desk.codes.send(maria.id, "email", "other", NOW)
    assert (await desk.codes.try_code("other", code, NOW)).outcome == "wrong"


async def test_a_new_one_replaces_the_old_one_of_the_call(desk: Desk) -> None:
    maria = await desk.customer()
    await desk.codes.send(maria.id, "email", "own", NOW)
    old = await desk.sent_code()
    await desk.codes.resend("own", later(30))
    new = await desk.sent_code()
    if old != new:
        assert (await desk.codes.try_code("own", old, later(31))).outcome == "wrong"
    assert (await desk.codes.try_code("own", new, later(31))).outcome == "verified"


async def test_it_is_sent_again_the_same_way_or_the_other(desk: Desk) -> None:
    await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    assert (await desk.codes.resend("own", later(30))).kind == "email"
    assert (await desk.codes.resend("own", later(90), "text")).kind == "text"
    assert [each.kind for each in await Outbox(desk.db).pending()] == ["email", "email", "text"]


async def test_nothing_is_sent_again_where_nothing_was_sent(desk: Desk) -> None:
    with pytest.raises(NothingToResend):
        await desk.codes.resend("own", NOW)


@pytest.mark.parametrize("account", ["known", "unknown"])
async def test_a_call_waits_between_codes_and_has_only_so_many(desk: Desk, account: str) -> None:
    customer_id = (await desk.customer()).id if account == "known" else None
    await desk.codes.send(customer_id, "email", "other", NOW)
    with pytest.raises(TooSoon):
        await desk.codes.send(customer_id, "email", "other", later(10))
    await desk.codes.resend("other", later(20))
    await desk.codes.resend("other", later(60))
    with pytest.raises(TooManyCodes):
        await desk.codes.resend("other", later(600))


async def test_from_another_number_a_limit_is_kept_in_silence(desk: Desk) -> None:
    maria = await desk.customer()
    for number in range(7):
        call_id = await desk.call(f"c{number}", f"+1555010{number:04}")
        await desk.codes.send(maria.id, "email", call_id, later(number * 900))
    assert await desk.sent() == 5
    assert [row.decoy for row in await desk.stored()] == [False] * 5 + [True] * 2


async def test_from_the_own_number_a_limit_is_told(desk: Desk) -> None:
    maria = await desk.customer()
    for number in range(5):
        await desk.codes.send(
            maria.id, "email", await desk.call(f"c{number}", STRANGER), later(number * 900)
        )
    with pytest.raises(TooManyCodes):
        await desk.codes.send(maria.id, "email", "own", later(5000))
    assert await desk.codes.send(maria.id, "email", "own", NOW + timedelta(days=2))


@pytest.mark.parametrize("phone", [DEMO_VIP.phone, DEMO_STAFF.phone])
async def test_vips_and_staff_are_seen_to_by_a_person(desk: Desk, phone: str) -> None:
    customer = await desk.customer(phone)
    await desk.call("theirs", phone)
    with pytest.raises(NeedsPerson):
        await desk.codes.begin(customer.id, "theirs", NOW)
    with pytest.raises(NeedsPerson):
        await desk.codes.send(customer.id, "email", "theirs", NOW)
    assert await desk.codes.send(customer.id, "email", "other", NOW)
    assert await desk.sent() == 0


async def test_everybody_else_may_begin(desk: Desk) -> None:
    await desk.codes.begin((await desk.customer()).id, "own", NOW)


async def test_a_contact_that_was_just_changed_gets_none(desk: Desk) -> None:
    hugo = await desk.customer(DEMO_RECENTLY_CHANGED.phone)
    await desk.call("theirs", DEMO_RECENTLY_CHANGED.phone)
    with pytest.raises(ContactRecentlyChanged):
        await desk.codes.send(hugo.id, "email", "theirs", NOW)
    await desk.codes.send(hugo.id, "email", "other", NOW)
    assert await desk.sent() == 0
    assert await desk.codes.send(hugo.id, "email", "theirs", NOW + timedelta(days=7))
    assert await desk.sent() == 1


async def test_of_two_addresses_the_settled_one_is_chosen(desk: Desk) -> None:
    maria = await desk.customer()
    await desk.set_contact(maria.emails[0].id, changed_at=NOW)
    async with desk.db.session() as session:
        session.add(
            ContactRow(
                customer_id=maria.id,
                kind="email",
                value="maria@example.org",
                verified=True,
                changed_at=NOW - timedelta(days=100),
            )
        )
    await desk.codes.send(maria.id, "email", "own", NOW)
    assert (await Outbox(desk.db).pending())[0].to == "maria@example.org"


async def test_without_the_chosen_way_the_own_number_gets_the_other(desk: Desk) -> None:
    maria = await desk.customer()
    await desk.set_contact(maria.emails[0].id, verified=False)
    assert (await desk.codes.send(maria.id, "email", "own", NOW)).kind == "text"
    assert (await desk.codes.send(maria.id, "email", "other", NOW)).kind == "email"
    assert await desk.sent() == 1


async def test_without_a_verified_contact_there_is_no_code(desk: Desk) -> None:
    maria = await desk.customer()
    for contact in (*maria.emails, *maria.phones):
        await desk.set_contact(contact.id, verified=False)
    with pytest.raises(ContactNotOnFile):
        await desk.codes.send(maria.id, "email", "own", NOW)


async def test_for_no_account_it_is_the_same_work_and_the_same_wait(desk: Desk) -> None:
    maria = await desk.customer()
    seen: dict[str, tuple[list[str], Any, float, list[Any]]] = {}
    accounts = {"known": maria.id, "unknown": None, "no longer": 10_000}
    for place, (name, customer_id) in enumerate(accounts.items()):
        call_id = await desk.call(name, f"+15550108{place:03}")
        began = desk.watch.now
        with desk.statements() as statements:
            sent = await desk.codes.send(customer_id, "email", call_id, NOW)
            tried = [await desk.codes.try_code(call_id, WRONG, NOW) for _ in range(4)]
        seen[name] = (statements, sent, desk.watch.now - began, tried)
    known = _but_taken_back(seen["known"][0])
    for name in ("unknown", "no longer"):
        assert _but_taken_back(seen[name][0]) == known
        assert seen[name][1:] == seen["known"][1:]
    assert await desk.sent() == 1


async def test_each_wrong_try_is_answered_later(desk: Desk) -> None:
    await desk.codes.send(None, "email", "other", NOW)
    times = []
    for _ in range(3):
        began = desk.watch.now
        await desk.codes.try_code("other", WRONG, NOW)
        times.append(desk.watch.now - began)
    assert times[0] < times[1] < times[2]


async def test_no_digits_fit_a_decoy(desk: Desk) -> None:
    await desk.codes.send(None, "email", "other", NOW)
    (row,) = await desk.stored()
    assert row.decoy
    for bound in ("None:other:000000", "0:other:000000"):
        with pytest.raises(Exception, match="not match"):
            PasswordHasher().verify(row.code_hash, bound)


async def test_every_step_is_in_the_audit(desk: Desk) -> None:
    maria = await desk.customer()
    await desk.codes.send(maria.id, "email", "own", NOW)
    await desk.codes.try_code("own", WRONG, NOW)
    await desk.codes.try_code("own", await desk.sent_code(), NOW)
    await desk.codes.try_code("own", WRONG, NOW)
    await desk.codes.send(None, "text", "other", NOW)
    audit = Audit(desk.db)
    assert [(each.action, each.customer_id) for each in await audit.entries(call_id="own")] == [
        ("code_sent", maria.id),
        ("code_wrong", maria.id),
        ("code_verified", maria.id),
        ("code_not_taken", maria.id),
    ]
    (decoy,) = await audit.entries(call_id="other")
    assert (decoy.action, decoy.customer_id) == ("code_not_sent", None)
    assert decoy.detail == "text, because there is no such account"


async def test_it_is_nowhere_in_clear(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    sent = await desk.codes.send((await desk.customer()).id, "email", "own", NOW)
    code = await desk.sent_code()
    async with desk.db.reading() as session:
        for name in Base.metadata.tables:
            rows = (await session.execute(text(f'SELECT * FROM "{name}"'))).all()
            if name not in ("orders", "shipments"):
                assert not [row for row in rows if code in repr(tuple(row))], name
    assert code not in caplog.text
    assert code not in repr(sent)


@pytest.mark.parametrize("phone", [DEMO_CUSTOMER.phone, DEMO_VIP.phone, None])
async def test_where_only_reading_is_allowed_it_is_refused_before_anything_is_looked_up(
    desk: Desk, phone: str | None
) -> None:
    account = (await desk.customer(phone)).id if phone else 987_654
    with desk.statements() as statements, only_reading():
        for refused in (
            desk.codes.begin(account, "own", NOW),
            desk.codes.send(account, "email", "own", NOW),
            desk.codes.send(None, "email", "other", NOW),
            desk.codes.try_code("own", WRONG, NOW),
        ):
            with pytest.raises(WriteRefused):
                await refused
    assert statements == []
    assert desk.watch.waits == []


def _but_taken_back(statements: list[str]) -> list[str]:
    """Leave out how the message's savepoint ends: it is kept, or for a decoy taken back."""
    return [each for each in statements if not each.startswith(("RELEASE", "ROLLBACK TO"))]
