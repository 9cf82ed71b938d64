"""One-time codes, named by the rules of the password reset that they keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from contact_center.calls import Calls
from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.models import Base, ContactRow, OneTimeCodeRow
from contact_center.one_time_codes import (
    ContactNotOnFile,
    ContactRecentlyChanged,
    NeedsPerson,
    OneTimeCodes,
)
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_CUSTOMER, DEMO_RECENTLY_CHANGED, DEMO_STAFF, DEMO_VIP

from .conftest import NOW


@dataclass
class Desk:
    """Where a code is asked for, in call "c1"."""

    db: Database

    async def customer(self, phone: str) -> Customer:
        found = await Customers(self.db).find_by_phone(phone)
        assert found is not None
        return found

    async def stored(self) -> list[OneTimeCodeRow]:
        async with self.db.reading() as session:
            return list(await session.scalars(select(OneTimeCodeRow).order_by(OneTimeCodeRow.id)))

    async def sent_code(self) -> str:
        message = (await Outbox(self.db).pending())[-1]
        found = re.search(r"\b\d{6}\b", message.body)
        assert found is not None
        return found[0]


@pytest.fixture
async def desk(seeded: Database) -> Desk:
    await Calls(seeded).start("c1", DEMO_CUSTOMER.phone, "browser", NOW)
    return Desk(seeded)


@pytest.mark.parametrize("kind", ["email", "text"])
async def test_rules_4_and_11_it_goes_to_the_contact_on_file(desk: Desk, kind: str) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    contact = (maria.emails if kind == "email" else maria.phones)[0]
    sent = await OneTimeCodes(desk.db).send(maria.id, contact.id, "c1", NOW)
    (message,) = await Outbox(desk.db).pending()
    assert (message.kind, message.to, message.id) == (kind, contact.value, sent.message_id)
    assert sent.contact == contact


async def test_rule_5_six_digits_for_ten_minutes(desk: Desk) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    sent = await OneTimeCodes(desk.db).send(maria.id, maria.emails[0].id, "c1", NOW)
    assert len(await desk.sent_code()) == 6
    assert sent.expires_at == NOW + timedelta(minutes=10)


async def test_rule_6_it_is_stored_hashed_and_bound_to_account_and_call(desk: Desk) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    await OneTimeCodes(desk.db).send(maria.id, maria.emails[0].id, "c1", NOW)
    (row,) = await desk.stored()
    assert row.code_hash.startswith("$argon2id$")
    code = await desk.sent_code()
    assert PasswordHasher().verify(row.code_hash, f"{maria.id}:c1:{code}")


async def test_rule_6_a_new_code_replaces_the_old(desk: Desk) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    for minutes in (0, 1):
        await OneTimeCodes(desk.db).send(
            maria.id, maria.emails[0].id, "c1", NOW + timedelta(minutes=minutes)
        )
    first, second = await desk.stored()
    assert first.replaced_at is not None
    assert second.replaced_at is None


async def test_rule_10_not_to_a_contact_that_was_just_changed(desk: Desk) -> None:
    hugo = await desk.customer(DEMO_RECENTLY_CHANGED.phone)
    codes = OneTimeCodes(desk.db)
    with pytest.raises(ContactRecentlyChanged):
        await codes.send(hugo.id, hugo.emails[0].id, "c1", NOW)
    assert await codes.send(hugo.id, hugo.emails[0].id, "c1", NOW + timedelta(days=7))


async def test_rule_12_it_is_in_clear_in_the_message_only(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    sent = await OneTimeCodes(desk.db).send(maria.id, maria.emails[0].id, "c1", NOW)
    code = await desk.sent_code()
    found = []
    async with desk.db.reading() as session:
        for name in Base.metadata.tables:
            rows = await session.execute(text(f'SELECT * FROM "{name}"'))
            found += [name for row in rows if code in repr(tuple(row)) and name != "orders"]
    assert found == ["messages"]
    assert code not in caplog.text
    assert code not in repr(sent)


@pytest.mark.parametrize("phone", [DEMO_VIP.phone, DEMO_STAFF.phone])
async def test_rule_16_vips_and_staff_are_seen_to_by_a_person(desk: Desk, phone: str) -> None:
    customer = await desk.customer(phone)
    with pytest.raises(NeedsPerson):
        await OneTimeCodes(desk.db).send(customer.id, customer.emails[0].id, "c1", NOW)
    assert await Outbox(desk.db).pending() == []


async def test_not_to_somebody_elses_contact(desk: Desk) -> None:
    maria, vip = await desk.customer(DEMO_CUSTOMER.phone), await desk.customer(DEMO_VIP.phone)
    with pytest.raises(ContactNotOnFile):
        await OneTimeCodes(desk.db).send(maria.id, vip.emails[0].id, "c1", NOW)
    with pytest.raises(ContactNotOnFile):
        await OneTimeCodes(desk.db).send(10_000, vip.emails[0].id, "c1", NOW)


async def test_not_to_a_contact_that_was_never_verified(desk: Desk) -> None:
    maria = await desk.customer(DEMO_CUSTOMER.phone)
    async with desk.db.session() as session:
        contact = await session.get(ContactRow, maria.emails[0].id)
        assert contact is not None
        contact.verified = False
    with pytest.raises(ContactNotOnFile):
        await OneTimeCodes(desk.db).send(maria.id, maria.emails[0].id, "c1", NOW)
