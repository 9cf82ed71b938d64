"""Orders."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.models import OrderRow
from contact_center.orders import NotCancellable, Order, OrderNotFound, Orders
from contact_center.seed import (
    DEMO_CUSTOMER,
    ORDER_ARRIVING_TOMORROW,
    ORDER_DELIVERED,
    ORDER_IN_PARTS,
    ORDER_LATE,
    ORDER_OF_VIP,
    ORDER_PROCESSING,
    UNKNOWN_ORDER,
)

from .conftest import NOW, TODAY


async def found(db: Database, number: str) -> Order:
    order = await Orders(db).find(number)
    assert order is not None
    return order


async def test_an_order_comes_with_its_items_and_parcels(seeded: Database) -> None:
    order = await found(seeded, "b 62-8471")
    assert order.number == ORDER_DELIVERED
    assert [(item.name, item.quantity) for item in order.items] == [
        ("a travel mug", 2),
        ("a headlamp", 1),
    ]
    assert order.total_cents == 2 * 2499 + 3499
    assert order.shipments[0].carrier == "USPS"
    assert order.delivered_on == order.shipments[0].delivered_on


async def test_an_unknown_number_is_none(seeded: Database) -> None:
    assert await Orders(seeded).find(UNKNOWN_ORDER) is None
    assert await Orders(seeded).find("") is None


async def test_a_customers_orders_are_newest_first(seeded: Database) -> None:
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    newest = await Orders(seeded).of_customer(maria.id, limit=2)
    assert [order.number for order in newest] == [ORDER_PROCESSING, ORDER_ARRIVING_TOMORROW]


async def test_an_order_is_late_once_its_day_is_over(seeded: Database) -> None:
    arriving = await found(seeded, ORDER_ARRIVING_TOMORROW)
    assert not arriving.is_late(TODAY + timedelta(days=1))
    assert arriving.is_late(TODAY + timedelta(days=2))
    assert (await found(seeded, ORDER_LATE)).is_late(TODAY)
    assert not (await found(seeded, ORDER_DELIVERED)).is_late(TODAY)


async def test_an_order_may_travel_in_parts(seeded: Database) -> None:
    jacket, bag = (await found(seeded, ORDER_IN_PARTS)).parts()
    assert (jacket.items, jacket.state) == (("a down jacket",), "in_transit")
    assert jacket.expected_on == TODAY + timedelta(days=1)
    assert (bag.items, bag.expected_on) == (("a sleeping bag",), TODAY + timedelta(days=3))


async def test_an_order_in_one_parcel_has_no_parts(seeded: Database) -> None:
    assert (await found(seeded, ORDER_DELIVERED)).parts() == ()


async def test_what_has_not_been_sent_is_a_part_too(seeded: Database) -> None:
    order = await found(seeded, ORDER_IN_PARTS)
    first = replace(order, shipments=order.shipments[:1])
    assert [part.state for part in first.parts()] == ["in_transit", "packing"]


async def test_an_order_is_as_late_as_its_latest_part(seeded: Database) -> None:
    order = await found(seeded, ORDER_IN_PARTS)
    assert order.days_late(TODAY + timedelta(days=1)) == 0
    assert order.days_late(TODAY + timedelta(days=3)) == 2
    arrived = replace(order.shipments[0], state="delivered", delivered_on=TODAY)
    rest = replace(order, shipments=(arrived, order.shipments[1]))
    assert rest.days_late(TODAY + timedelta(days=3)) == 0


async def test_an_order_in_preparation_can_be_cancelled_once(seeded: Database) -> None:
    orders = Orders(seeded)
    cancelled = await orders.cancel(ORDER_PROCESSING, NOW)
    assert cancelled.state == "cancelled"
    assert cancelled == await orders.find(ORDER_PROCESSING)
    with pytest.raises(NotCancellable, match="already been cancelled"):
        await orders.cancel(ORDER_PROCESSING, NOW)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (ORDER_LATE, "it has already been shipped"),
        (ORDER_OF_VIP, "it is already out for delivery"),
        (ORDER_DELIVERED, "it has already been delivered"),
    ],
)
async def test_an_order_on_its_way_cannot(seeded: Database, number: str, reason: str) -> None:
    with pytest.raises(NotCancellable) as refused:
        await Orders(seeded).cancel(number, NOW)
    assert refused.value.reason == reason
    assert refused.value.order == await Orders(seeded).find(number)


async def test_an_order_of_which_a_part_is_on_its_way_cannot(seeded: Database) -> None:
    async with seeded.session() as session:
        await session.execute(
            update(OrderRow).where(OrderRow.number == ORDER_IN_PARTS).values(state="processing")
        )
    assert not (await found(seeded, ORDER_IN_PARTS)).is_cancellable()
    with pytest.raises(NotCancellable, match="a part of it has already been shipped"):
        await Orders(seeded).cancel(ORDER_IN_PARTS, NOW)


async def test_an_unknown_order_cannot_be_cancelled(seeded: Database) -> None:
    with pytest.raises(OrderNotFound):
        await Orders(seeded).cancel(UNKNOWN_ORDER, NOW)


async def test_of_two_who_cancel_one_is_told_so(seeded: Database) -> None:
    tries = (Orders(seeded).cancel(ORDER_PROCESSING, NOW) for _ in range(2))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NotCancellable", "Order"]
