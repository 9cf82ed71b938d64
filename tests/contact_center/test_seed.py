"""The example company."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.models import (
    ContactRow,
    CustomerRow,
    OrderItemRow,
    OrderRow,
    ReturnRow,
    ShipmentItemRow,
    ShipmentRow,
)
from contact_center.order_numbers import is_order_number
from contact_center.orders import Orders
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_GOLD,
    DEMO_RECENTLY_CHANGED,
    DEMO_STAFF,
    DEMO_VIP,
    ORDER_ARRIVING_TOMORROW,
    ORDER_BEING_RETURNED,
    ORDER_DELIVERED,
    ORDER_IN_PARTS,
    ORDER_JUST_DELIVERED,
    ORDER_LATE,
    ORDER_PROCESSING,
    ORDER_REFUNDED,
    UNKNOWN_ORDER,
    seed,
)

from .conftest import NOW, TODAY


async def everything(db: Database) -> list[list[tuple[Any, ...]]]:
    tables = (CustomerRow, ContactRow, OrderRow, OrderItemRow, ShipmentRow, ReturnRow)
    async with db.reading() as session:
        found = []
        for table in tables:
            columns = [column for column in table.__table__.columns if column.name != "id"]
            result = await session.execute(select(*columns).order_by(table.id))
            found.append([tuple(row) for row in result])
    return found


async def test_it_has_enough_customers_and_orders(database: Database) -> None:
    await seed(database, TODAY)
    async with database.reading() as session:
        customers = await session.scalar(select(func.count(CustomerRow.id)))
        numbers = (await session.scalars(select(OrderRow.number))).all()
        tiers = set(await session.scalars(select(CustomerRow.tier)))
        states = set(await session.scalars(select(OrderRow.state)))
    assert customers == 220
    assert len(numbers) == 1100
    assert all(is_order_number(number) for number in numbers)
    assert 0.10 < sum(number[0].isalpha() for number in numbers) / len(numbers) < 0.20
    assert tiers == {"standard", "gold", "vip"}
    assert states == {
        "processing",
        "shipped",
        "out_for_delivery",
        "delivered",
        "cancelled",
        "returned",
        "refunded",
    }


async def test_orders_are_possible(database: Database) -> None:
    await seed(database, TODAY)
    async with database.reading() as session:
        for order in await session.scalars(select(OrderRow)):
            assert order.items
            assert order.placed_on <= TODAY
            assert (order.delivered_on is not None) == (
                order.state in ("delivered", "returned", "refunded")
            )
            assert order.delivered_on is None or order.placed_on < order.delivered_on <= TODAY
            assert bool(order.shipments) == (order.state not in ("processing", "cancelled"))
        returned = await session.execute(select(OrderRow, ReturnRow).join(ReturnRow))
        for order, back in returned:
            assert (back.refunded_on is not None) == (order.state == "refunded")
            assert (back.refunded_on is not None) == (back.state == "refunded")
            assert order.delivered_on <= back.label_sent_on <= (back.received_on or TODAY) <= TODAY
            paid = sum(item.quantity * item.price_cents for item in order.items)
            assert back.amount_cents == paid


async def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        db = Database(f"sqlite:///{tmp_path / name}.db")
        await db.migrate()
        await seed(db, TODAY, customers=60, orders=200)
        found.append(await everything(db))
        await db.close()
    assert found[0] == found[1]


async def test_seeding_again_adds_nothing(database: Database) -> None:
    await seed(database, TODAY, customers=30, orders=50)
    before = await everything(database)
    await seed(database, TODAY, customers=30, orders=50)
    after = await everything(database)
    assert [len(rows) for rows in before] == [len(rows) for rows in after]


async def test_the_well_known_orders_follow_the_day(seeded: Database) -> None:
    tomorrow = TODAY + timedelta(days=1)
    orders = Orders(seeded)
    await orders.cancel(ORDER_PROCESSING, NOW)
    await seed(seeded, tomorrow, customers=0, orders=0)
    arriving = await orders.find(ORDER_ARRIVING_TOMORROW)
    processing = await orders.find(ORDER_PROCESSING)
    assert arriving is not None
    assert arriving.expected_on == tomorrow + timedelta(days=1)
    assert processing is not None
    assert processing.state == "processing"


async def test_the_well_known_customer_and_orders(seeded: Database) -> None:
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    assert (maria.name, maria.tier, maria.is_staff) == ("Maria Delgado", "standard", False)
    assert len(maria.phones) == len(maria.emails) == 1
    orders = {order.number: order for order in await Orders(seeded).of_customer(maria.id)}
    assert set(orders) == {
        ORDER_ARRIVING_TOMORROW,
        ORDER_LATE,
        ORDER_PROCESSING,
        ORDER_DELIVERED,
    }
    arriving = orders[ORDER_ARRIVING_TOMORROW]
    assert arriving.state == "shipped"
    assert arriving.expected_on == TODAY + timedelta(days=1)
    assert arriving.items[0].name == "a pair of hiking boots"
    late = orders[ORDER_LATE]
    assert late.is_late(TODAY)
    assert late.expected_on == TODAY - timedelta(days=6)
    assert late.items[0].name == "a floor lamp"
    assert orders[ORDER_PROCESSING].state == "processing"
    assert await Orders(seeded).find(UNKNOWN_ORDER) is None


async def test_the_well_known_orders_in_parts_and_sent_back(seeded: Database) -> None:
    terrence = await Customers(seeded).find_by_phone(DEMO_GOLD.phone)
    assert terrence is not None
    orders = {order.number: order for order in await Orders(seeded).of_customer(terrence.id)}
    assert set(orders) == {
        ORDER_IN_PARTS,
        ORDER_JUST_DELIVERED,
        ORDER_BEING_RETURNED,
        ORDER_REFUNDED,
    }
    assert len(orders[ORDER_IN_PARTS].parts()) == 2
    assert orders[ORDER_JUST_DELIVERED].delivered_on == TODAY - timedelta(days=3)
    assert orders[ORDER_REFUNDED].state == "refunded"
    async with seeded.reading() as session:
        assert len((await session.scalars(select(ShipmentItemRow))).all()) == 2


async def test_the_well_known_customers_have_no_other_orders(database: Database) -> None:
    await seed(database, TODAY, customers=60, orders=300)
    for person, count in ((DEMO_CUSTOMER, 4), (DEMO_GOLD, 4), (DEMO_VIP, 1), (DEMO_STAFF, 0)):
        customer = await Customers(database).find_by_phone(person.phone)
        assert customer is not None
        assert len(await Orders(database).of_customer(customer.id, limit=20)) == count


async def test_the_other_well_known_customers(seeded: Database) -> None:
    customers = Customers(seeded)
    vip = await customers.find_by_phone(DEMO_VIP.phone)
    staff = await customers.find_by_phone(DEMO_STAFF.phone)
    changed = await customers.find_by_phone(DEMO_RECENTLY_CHANGED.phone)
    assert vip is not None
    assert vip.tier == "vip"
    assert staff is not None
    assert staff.is_staff
    assert changed is not None
    assert NOW - changed.emails[0].changed_at < timedelta(days=2)
