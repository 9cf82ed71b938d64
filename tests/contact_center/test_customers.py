"""Customers and their contacts."""

from __future__ import annotations

from contact_center.customers import Contact, Customers
from contact_center.database import Database
from contact_center.models import ContactRow, CustomerRow
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP

from .conftest import NOW


async def test_they_are_found_by_number_however_it_is_written(seeded: Database) -> None:
    found = await Customers(seeded).find_by_phone("(555) 010-0042")
    assert found is not None
    assert found.name == DEMO_CUSTOMER.name
    assert [contact.value for contact in found.phones] == [DEMO_CUSTOMER.phone]
    assert [contact.value for contact in found.emails] == [DEMO_CUSTOMER.email]


async def test_they_are_found_by_email_and_key(seeded: Database) -> None:
    customers = Customers(seeded)
    found = await customers.find_by_email(" Eleanor.Whitfield@EXAMPLE.com ")
    assert found is not None
    assert found.name == DEMO_VIP.name
    assert await customers.get(found.id) == found


async def test_strangers_are_nobody(seeded: Database) -> None:
    customers = Customers(seeded)
    assert await customers.find_by_phone("+12025550123") is None
    assert await customers.find_by_phone(None) is None
    assert await customers.find_by_email("nobody@example.com") is None
    assert await customers.get(10_000) is None


async def test_a_number_that_two_people_share_identifies_neither(database: Database) -> None:
    async with database.session() as session:
        for name in ("Ann Lee", "Bob Lee"):
            contact = ContactRow(kind="phone", value="+12025550123", verified=True, changed_at=NOW)
            session.add(CustomerRow(name=name, tier="standard", is_staff=False, contacts=[contact]))
    assert await Customers(database).find_by_phone("+12025550123") is None


async def test_a_customer_knows_only_their_own_contacts(seeded: Database) -> None:
    customers = Customers(seeded)
    maria = await customers.find_by_phone(DEMO_CUSTOMER.phone)
    vip = await customers.find_by_phone(DEMO_VIP.phone)
    assert maria is not None
    assert vip is not None
    assert maria.contact(maria.emails[0].id) == maria.emails[0]
    assert maria.contact(vip.emails[0].id) is None


def test_contacts_are_told_without_being_given_away() -> None:
    phone = Contact(1, "phone", "+15550100042", True, NOW)
    email = Contact(2, "email", "maria.delgado@example.com", True, NOW)
    short = Contact(3, "email", "al@example.com", True, NOW)
    assert phone.masked() == "the phone ending in 4 2"
    assert email.masked() == "the e-mail ending in d o at example dot com"
    assert short.masked() == "the e-mail at example dot com"
