"""Links to the reset page: one for each verified code, good once and for half an hour."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from contact_center.accounts import Accounts
from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.models import AccountRow, ContactRow, ResetLinkRow
from contact_center.one_time_codes import OneTimeCodes
from contact_center.outbox import Outbox
from contact_center.passwords import Passwords
from contact_center.reset_links import (
    LinkExpired,
    LinkRefused,
    LinkUnknown,
    LinkUsed,
    NotVerified,
    PasswordRefused,
    ResetLinks,
)
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from tests.reset_links import token_in

from .conftest import NOW

GOOD = "moss lantern harbour"


@dataclass
class Reset:
    """A reset in call "c1", from Maria's own number."""

    db: Database
    codes: OneTimeCodes
    links: ResetLinks
    maria: Customer

    async def verify(self, now: datetime = NOW) -> None:
        await self.codes.send(self.maria.id, "email", "c1", now)
        code = re.search(r"\d{6}", await self.last_body())
        assert code is not None
        tried = await self.codes.try_code("c1", code[0], now)
        assert tried.outcome == "verified"

    async def link(self, now: datetime = NOW) -> str:
        """Get a link and read its token from the message."""
        await self.verify(now)
        await self.links.issue("c1", now)
        return token_in(await self.last_body())

    async def last_body(self) -> str:
        return (await Outbox(self.db).pending(100))[-1].body


@pytest.fixture
async def reset(seeded: Database, settings: ContactCenterSettings) -> Reset:
    settings = settings.model_copy(
        update={"desk_url": "https://desk.example.com/", "reset_answer_s": 0.0}
    )
    await Calls(seeded).start("c1", DEMO_CUSTOMER.phone, "browser", NOW)
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    return Reset(seeded, OneTimeCodes(seeded, settings), ResetLinks(seeded, settings), maria)


async def test_it_is_sent_where_the_code_was(reset: Reset) -> None:
    token = await reset.link()
    message = (await Outbox(reset.db).pending())[-1]
    assert (message.kind, message.to, message.secret) == ("email", DEMO_CUSTOMER.email, True)
    assert f"https://desk.example.com/reset/{token} " in message.body
    opened = await reset.links.check(token, NOW)
    assert opened.customer_id == reset.maria.id
    assert opened.expires_at == message.expires_at == NOW + timedelta(minutes=30)


async def test_it_holds_256_random_bits_of_which_only_a_hash_is_stored(reset: Reset) -> None:
    token = await reset.link()
    assert len(token) * 6 >= 256
    async with reset.db.reading() as session:
        (row,) = (await session.scalars(select(ResetLinkRow))).all()
    assert token not in repr(vars(row))
    assert len(row.token_hash) == 64


async def test_there_is_none_without_a_verified_code(reset: Reset) -> None:
    with pytest.raises(NotVerified):
        await reset.links.issue("c1", NOW)
    await reset.codes.send(reset.maria.id, "email", "c1", NOW)
    with pytest.raises(NotVerified):
        await reset.links.issue("c1", NOW)


async def test_a_verified_code_is_spent_by_it(reset: Reset) -> None:
    await reset.link()
    with pytest.raises(NotVerified):
        await reset.links.issue("c1", NOW)


async def test_a_verified_code_waits_ten_minutes(reset: Reset) -> None:
    await reset.verify()
    with pytest.raises(NotVerified):
        await reset.links.issue("c1", NOW + timedelta(minutes=10))


async def test_a_contact_that_changed_in_between_gets_none(reset: Reset) -> None:
    await reset.verify()
    async with reset.db.session() as session:
        row = await session.get(ContactRow, reset.maria.emails[0].id)
        assert row is not None
        row.value, row.changed_at = "someone@example.org", NOW + timedelta(seconds=1)
    with pytest.raises(NotVerified):
        await reset.links.issue("c1", NOW + timedelta(seconds=2))


async def test_it_sets_the_password_once(reset: Reset) -> None:
    token = await reset.link()
    await reset.links.use(token, GOOD, NOW)
    accounts = Accounts(reset.db, Passwords())
    assert await accounts.is_password_of(reset.maria.id, GOOD)
    with pytest.raises(LinkUsed):
        await reset.links.use(token, "copper willow meadow", NOW)
    with pytest.raises(LinkUsed):
        await reset.links.check(token, NOW)
    assert await accounts.is_password_of(reset.maria.id, GOOD)


async def test_two_people_at_the_same_time_set_it_once(reset: Reset) -> None:
    token = await reset.link()
    results = await asyncio.gather(
        reset.links.use(token, GOOD, NOW),
        reset.links.use(token, "copper willow meadow", NOW),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["LinkUsed", "NoneType"]


async def test_a_weak_password_is_refused_with_reasons_and_the_link_stays_good(
    reset: Reset,
) -> None:
    token = await reset.link()
    for weak in ("short", "1234567890", "maria.delgado@example.com"):
        with pytest.raises(PasswordRefused) as refused:
            await reset.links.use(token, weak, NOW)
        assert refused.value.reasons
        assert weak not in str(refused.value)
    await reset.links.use(token, GOOD, NOW)


async def test_after_half_an_hour_it_is_too_old(reset: Reset) -> None:
    token = await reset.link()
    with pytest.raises(LinkExpired):
        await reset.links.use(token, GOOD, NOW + timedelta(minutes=30))
    async with reset.db.reading() as session:
        assert await session.get(AccountRow, reset.maria.id) is None


async def test_a_newer_one_replaces_it(reset: Reset) -> None:
    old = await reset.link()
    new = await reset.link(NOW + timedelta(minutes=1))
    with pytest.raises(LinkExpired):
        await reset.links.check(old, NOW + timedelta(minutes=1))
    assert await reset.links.check(new, NOW + timedelta(minutes=1))


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\u00e9" * 43])
async def test_nobody_guesses_one(reset: Reset, token: str) -> None:
    await reset.link()
    with pytest.raises(LinkUnknown):
        await reset.links.check(token, NOW)
    with pytest.raises(LinkUnknown):
        await reset.links.use(token, GOOD, NOW)


async def test_the_customer_is_told_at_every_contact_on_file(reset: Reset) -> None:
    token = await reset.link()
    before = len(await Outbox(reset.db).pending(100))
    await reset.links.use(token, GOOD, NOW)
    told = (await Outbox(reset.db).pending(100))[before:]
    assert {each.to for each in told} == {DEMO_CUSTOMER.email, DEMO_CUSTOMER.phone}
    assert all("was changed" in each.body and GOOD not in each.body for each in told)


async def test_every_step_is_in_the_audit_without_token_or_password(reset: Reset) -> None:
    token = await reset.link()
    await reset.links.check(token, NOW)
    with pytest.raises(PasswordRefused):
        await reset.links.use(token, "1234567890", NOW)
    await reset.links.use(token, GOOD, NOW)
    with pytest.raises(LinkUsed):
        await reset.links.use(token, GOOD, NOW)
    entries = await Audit(reset.db).entries(customer_id=reset.maria.id)
    assert [each.action for each in entries] == [
        "code_sent",
        "code_verified",
        "link_sent",
        "link_opened",
        "password_refused",
        "password_changed",
        "customer_notified",
        "customer_notified",
        "link_refused",
    ]
    assert {each.call_id for each in entries} == {"c1"}
    for secret in (token, GOOD, "1234567890"):
        assert secret not in repr(entries)


async def test_a_password_is_weighed_as_it_will_be_judged_and_nothing_is_written_down(
    reset: Reset,
) -> None:
    token = await reset.link()
    before = await Audit(reset.db).entries(customer_id=reset.maria.id)
    for password in ("maria maria", "1234567890", GOOD):
        judged = await reset.links.weigh(token, password, NOW)
        assert bool(judged.reasons) == (password != GOOD)
    for unusable, at in ((token, NOW + timedelta(minutes=30)), (token + "x", NOW)):
        with pytest.raises(LinkRefused):
            await reset.links.weigh(unusable, GOOD, at)
    assert await Audit(reset.db).entries(customer_id=reset.maria.id) == before
    assert not await Accounts(reset.db, Passwords()).is_password_of(reset.maria.id, GOOD)
