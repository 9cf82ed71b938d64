"""Returns."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.models import ContactRow
from contact_center.orders import Order, Orders
from contact_center.outbox import Outbox
from contact_center.returns import Returns
from contact_center.seed import (
    DEMO_GOLD,
    ORDER_ARRIVING_TOMORROW,
    ORDER_BEING_RETURNED,
    ORDER_JUST_DELIVERED,
    ORDER_REFUNDED,
)

from .conftest import NOW, TODAY


async def terrence(db: Database) -> Customer:
    customer = await Customers(db).find_by_phone(DEMO_GOLD.phone)
    assert customer is not None
    return customer


async def found(db: Database, number: str) -> Order:
    order = await Orders(db).find(number)
    assert order is not None
    return order


def returns(db: Database) -> Returns:
    return Returns(db, "Northwind Outfitters")


async def test_a_return_on_its_way(seeded: Database) -> None:
    returned = await returns(seeded).of_order(ORDER_BEING_RETURNED)
    assert returned is not None
    assert (returned.state, returned.amount_cents) == ("in_transit", 6999)
    assert returned.received_on is None


async def test_a_refund_that_was_paid(seeded: Database) -> None:
    returned = await returns(seeded).of_order(ORDER_REFUNDED)
    assert returned is not None
    assert returned.state == "refunded"
    assert returned.refunded_on == TODAY - timedelta(days=4)


async def test_most_orders_are_not_sent_back(seeded: Database) -> None:
    assert await returns(seeded).of_order(ORDER_ARRIVING_TOMORROW) is None


async def test_a_customers_returns_come_by_order(seeded: Database) -> None:
    customer = await terrence(seeded)
    assert set(await returns(seeded).of_customer(customer.id)) == {
        ORDER_BEING_RETURNED,
        ORDER_REFUNDED,
    }


async def test_a_label_begins_a_return_once_and_goes_out_each_time(seeded: Database) -> None:
    order, customer = await found(seeded, ORDER_JUST_DELIVERED), await terrence(seeded)
    for _ in range(2):
        way = await returns(seeded).send_label(order, customer, None, NOW, TODAY)
        assert way == "email"
    returned = await returns(seeded).of_order(ORDER_JUST_DELIVERED)
    assert returned is not None
    assert (returned.state, returned.amount_cents) == ("label_sent", order.total_cents)
    messages = await Outbox(seeded).pending()
    assert [message.to for message in messages] == [DEMO_GOLD.email] * 2
    assert "a camp stove" in messages[0].body


async def test_a_label_goes_by_text_without_an_address(seeded: Database) -> None:
    await unverified(seeded, DEMO_GOLD.email)
    order, customer = await found(seeded, ORDER_JUST_DELIVERED), await terrence(seeded)
    assert await returns(seeded).send_label(order, customer, None, NOW, TODAY) == "text"
    (message,) = await Outbox(seeded).pending()
    assert message.to == DEMO_GOLD.phone
    assert ORDER_JUST_DELIVERED in message.body


async def test_without_a_contact_nothing_is_begun(seeded: Database) -> None:
    await unverified(seeded, DEMO_GOLD.email, DEMO_GOLD.phone)
    order, customer = await found(seeded, ORDER_JUST_DELIVERED), await terrence(seeded)
    assert await returns(seeded).send_label(order, customer, None, NOW, TODAY) is None
    assert await returns(seeded).of_order(ORDER_JUST_DELIVERED) is None
    assert await Outbox(seeded).pending() == []


async def unverified(db: Database, *contacts: str) -> None:
    async with db.session() as session:
        await session.execute(
            update(ContactRow).where(ContactRow.value.in_(contacts)).values(verified=False)
        )
