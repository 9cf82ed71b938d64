"""Copies of invoices."""

from __future__ import annotations

from contact_center.database import Database
from contact_center.invoices import Invoices, invoice_text
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_GOLD, ORDER_IN_PARTS

from .conftest import NOW
from .test_returns import found, terrence, unverified


async def test_a_copy_goes_to_the_address_on_file(seeded: Database) -> None:
    order, customer = await found(seeded, ORDER_IN_PARTS), await terrence(seeded)
    assert await Invoices(seeded, "Northwind Outfitters").send(order, customer, None, NOW)
    (message,) = await Outbox(seeded).pending()
    assert (message.kind, message.to) == ("email", DEMO_GOLD.email)
    assert ORDER_IN_PARTS in message.subject
    assert message.customer_id == customer.id


async def test_no_copy_goes_anywhere_else(seeded: Database) -> None:
    await unverified(seeded, DEMO_GOLD.email)
    order, customer = await found(seeded, ORDER_IN_PARTS), await terrence(seeded)
    assert not await Invoices(seeded, "Northwind Outfitters").send(order, customer, None, NOW)
    assert await Outbox(seeded).pending() == []


async def test_it_lists_the_items_and_their_sum(seeded: Database) -> None:
    order = await found(seeded, ORDER_IN_PARTS)
    lines = invoice_text(order, "Terrence Okoye", "Northwind Outfitters").splitlines()
    assert lines[0] == "Northwind Outfitters"
    assert any(line.endswith("$199.00") and "a down jacket" in line for line in lines)
    assert lines[-1].startswith("Total")
    assert lines[-1].endswith("$368.00")
