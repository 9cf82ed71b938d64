"""Whose password is which."""

from __future__ import annotations

from datetime import timedelta

from contact_center.accounts import Accounts, set_password_within
from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.seed import DEMO_CUSTOMER

from .conftest import NOW


async def test_a_password_opens_its_account_until_another_is_set(seeded: Database) -> None:
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    passwords = Passwords()
    accounts = Accounts(seeded, passwords)
    assert await accounts.changed_at(maria.id) is None
    assert not await accounts.is_password_of(maria.id, "moss lantern harbour")
    for days, password in enumerate(("moss lantern harbour", "copper willow meadow")):
        async with seeded.session() as session:
            await set_password_within(
                session, maria.id, passwords.hash(password), NOW + timedelta(days=days)
            )
        assert await accounts.is_password_of(maria.id, password)
        assert await accounts.changed_at(maria.id) == NOW + timedelta(days=days)
    assert not await accounts.is_password_of(maria.id, "moss lantern harbour")
    assert not await accounts.is_password_of(10_000, "copper willow meadow")
