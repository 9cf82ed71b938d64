"""Example data: a company with customers and orders, the same every time.

The well-known rows below are what demonstrations and tests speak about. Running the seed again
leaves the rest as it is and sets the well-known orders anew, so that what is said to arrive
tomorrow does.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.customers import Tier
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
from contact_center.orders import OrderState, ShipmentState
from contact_center.returns import ReturnState
from contact_center.seed_catalogue import (
    AREA_CODES,
    CARRIERS,
    EMAIL_DOMAINS,
    FIRST_NAMES,
    LAST_NAMES,
    PRODUCTS,
)
from contact_center.seed_sites import seed_sites
from contact_center.settings import ContactCenterSettings

RANDOM_SEED = 20_240_229
LETTERED_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class SeedCustomer:
    """A customer who is always there.

    Args:
        name: Full name.
        phone: Their telephone number as E.164.
        email: Their e-mail address.
        tier: How they are served.
        is_staff: Whether the account is one of the company's own people.
        contacts_changed_days_ago: How long ago both contacts were set.
    """

    name: str
    phone: str
    email: str
    tier: Tier = "standard"
    is_staff: bool = False
    contacts_changed_days_ago: int = 400


DEMO_CUSTOMER: Final = SeedCustomer("Maria Delgado", "+15550100042", "maria.delgado@example.com")
DEMO_VIP: Final = SeedCustomer(
    "Eleanor Whitfield", "+15550100077", "eleanor.whitfield@example.com", tier="vip"
)
DEMO_GOLD: Final = SeedCustomer(
    "Terrence Okoye", "+15550100063", "terrence.okoye@example.com", tier="gold"
)
DEMO_RECENTLY_CHANGED: Final = SeedCustomer(
    "Hugo Lindqvist", "+15550100058", "hugo.lindqvist@example.com", contacts_changed_days_ago=1
)
DEMO_STAFF: Final = SeedCustomer(
    "Dana Whitaker", "+15550100091", "dana.whitaker@example.com", is_staff=True
)
WELL_KNOWN_CUSTOMERS: Final = (
    DEMO_CUSTOMER,
    DEMO_VIP,
    DEMO_GOLD,
    DEMO_RECENTLY_CHANGED,
    DEMO_STAFF,
)

ORDER_ARRIVING_TOMORROW: Final = "482913"
ORDER_LATE: Final = "715204"
ORDER_PROCESSING: Final = "350866"
ORDER_DELIVERED: Final = "B628471"
ORDER_OF_VIP: Final = "903157"
ORDER_IN_PARTS: Final = "264738"
ORDER_JUST_DELIVERED: Final = "817362"
ORDER_BEING_RETURNED: Final = "C590144"
ORDER_REFUNDED: Final = "438205"
UNKNOWN_ORDER: Final = "999999"

_WELL_KNOWN_NUMBERS = (
    ORDER_ARRIVING_TOMORROW,
    ORDER_LATE,
    ORDER_PROCESSING,
    ORDER_DELIVERED,
    ORDER_OF_VIP,
    ORDER_IN_PARTS,
    ORDER_JUST_DELIVERED,
    ORDER_BEING_RETURNED,
    ORDER_REFUNDED,
)

# What has no parcel yet, or never had one, is not named here.
_PARCEL_STATES: Final[dict[OrderState, ShipmentState]] = {
    "shipped": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "delivered": "delivered",
    "returned": "returned",
    "refunded": "returned",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Draft:
    """An order as plain rows: a thousand of them are stored in three statements."""

    order: Row
    items: list[Row]
    parcels: list[Row]
    # Which items, by their place in the order, travel in which parcel, by its place.
    contents: tuple[tuple[int, int], ...] = ()
    returned: Row | None = None


async def seed(db: Database, today: date, customers: int = 220, orders: int = 1100) -> None:
    """Fill the database with the example company.

    Args:
        db: A migrated database.
        today: The day at the company, from which all dates are counted.
        customers: How many customers there are to be, the well-known ones included.
        orders: How many orders there are to be, the well-known ones included.

    Raises:
        StorageError: The database is full, locked, or has not been migrated.
    """
    async with db.session() as session:
        await seed_sites(session, today)
        known = await _well_known_customers(session, today)
        await session.execute(delete(OrderRow).where(OrderRow.number.in_(_WELL_KNOWN_NUMBERS)))
        drafts = _well_known_orders(known, today)
        chance = random.Random(RANDOM_SEED)
        have = await session.scalar(select(func.count(CustomerRow.id))) or 0
        if have == len(known):
            made = _customers(chance, today, max(0, customers - have))
            session.add_all(made)
            await session.flush()
            # The well-known customers have the well-known orders and no others, so that what
            # they are told can be foreseen.
            owners = [row.id for row in made if not row.is_staff]
            if owners:
                drafts += _orders(chance, today, owners, max(0, orders - len(drafts)))
        await _store(session, drafts)


async def _store(session: AsyncSession, drafts: list[_Draft]) -> None:
    await session.execute(insert(OrderRow), [draft.order for draft in drafts])
    numbers = [draft.order["number"] for draft in drafts]
    found = await session.execute(
        select(OrderRow.number, OrderRow.id).where(OrderRow.number.in_(numbers))
    )
    ids = {row.number: row.id for row in found}
    items = [_of_order(ids, draft, item) for draft in drafts for item in draft.items]
    parcels = [_of_order(ids, draft, parcel) for draft in drafts for parcel in draft.parcels]
    await session.execute(insert(OrderItemRow), items)
    await session.execute(insert(ShipmentRow), parcels)
    returned = [_of_order(ids, draft, draft.returned) for draft in drafts if draft.returned]
    await session.execute(insert(ReturnRow), returned)
    for draft in drafts:
        if draft.contents:
            await _store_contents(session, ids[draft.order["number"]], draft)


async def _store_contents(session: AsyncSession, order_id: int, draft: _Draft) -> None:
    items = await session.scalars(
        select(OrderItemRow.id).where(OrderItemRow.order_id == order_id).order_by(OrderItemRow.id)
    )
    parcels = await session.scalars(
        select(ShipmentRow.id).where(ShipmentRow.order_id == order_id).order_by(ShipmentRow.id)
    )
    item_ids, parcel_ids = items.all(), parcels.all()
    rows = [
        {
            "shipment_id": parcel_ids[parcel],
            "order_item_id": item_ids[item],
            "quantity": draft.items[item]["quantity"],
        }
        for parcel, item in draft.contents
    ]
    await session.execute(insert(ShipmentItemRow), rows)


def _of_order(ids: dict[str, int], draft: _Draft, row: Row) -> Row:
    return {**row, "order_id": ids[draft.order["number"]]}


async def _well_known_customers(session: AsyncSession, today: date) -> dict[str, CustomerRow]:
    found: dict[str, CustomerRow] = {}
    for person in WELL_KNOWN_CUSTOMERS:
        row = await session.scalar(
            select(CustomerRow)
            .where(CustomerRow.contacts.any(ContactRow.value == person.phone))
            .limit(1)
        )
        changed_at = _morning(today) - timedelta(days=person.contacts_changed_days_ago)
        if row is None:
            row = CustomerRow(
                name=person.name,
                tier=person.tier,
                is_staff=person.is_staff,
                contacts=[
                    _contact("phone", person.phone, changed_at),
                    _contact("email", person.email, changed_at),
                ],
            )
            session.add(row)
        for contact in row.contacts:
            contact.changed_at = changed_at
        found[person.phone] = row
    await session.flush()
    return found


def _well_known_orders(known: dict[str, CustomerRow], today: date) -> list[_Draft]:
    maria = known[DEMO_CUSTOMER.phone].id
    vip = known[DEMO_VIP.phone].id
    tomorrow = today + timedelta(days=1)
    overdue = today - timedelta(days=6)
    arrived = today - timedelta(days=20)
    return [
        _Draft(
            _order_row(
                ORDER_ARRIVING_TOMORROW, maria, today - timedelta(days=4), "shipped", tomorrow
            ),
            [_item("a pair of hiking boots", 14900)],
            [_parcel("UPS", "1Z4829130342917755", "in_transit", tomorrow)],
        ),
        _Draft(
            _order_row(ORDER_LATE, maria, today - timedelta(days=15), "shipped", overdue),
            [_item("a floor lamp", 12999)],
            [_parcel("FedEx", "771520411862", "in_transit", overdue)],
        ),
        _Draft(
            _order_row(ORDER_PROCESSING, maria, today, "processing", today + timedelta(days=5)),
            [_item("a rain jacket", 12900)],
            [],
        ),
        _Draft(
            _order_row(
                ORDER_DELIVERED, maria, today - timedelta(days=26), "delivered", arrived, arrived
            ),
            [_item("a travel mug", 2499, quantity=2), _item("a headlamp", 3499)],
            [_parcel("USPS", "9400128471206284710055", "delivered", arrived, arrived)],
        ),
        _Draft(
            _order_row(ORDER_OF_VIP, vip, today - timedelta(days=3), "out_for_delivery", today),
            [_item("a four-person tent", 39900)],
            [_parcel("UPS", "1Z9031570388204416", "out_for_delivery", today)],
        ),
        *_orders_of_terrence(known[DEMO_GOLD.phone].id, today),
    ]


def _orders_of_terrence(owner: int, today: date) -> list[_Draft]:
    """One order in two parcels, one that just came, one on its way back, one paid back."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    tomorrow, after = today + timedelta(days=1), today + timedelta(days=3)
    return [
        _Draft(
            _order_row(ORDER_IN_PARTS, owner, ago(3), "shipped", after),
            [_item("a down jacket", 19900), _item("a sleeping bag", 16900)],
            [
                _parcel("UPS", "1Z2647380399120017", "in_transit", tomorrow),
                _parcel("FedEx", "264738550147", "label_created", after),
            ],
            contents=((0, 0), (1, 1)),
        ),
        _Draft(
            _order_row(ORDER_JUST_DELIVERED, owner, ago(7), "delivered", ago(3), ago(3)),
            [_item("a camp stove", 5900)],
            [_parcel("USPS", "9400181736255501447020", "delivered", ago(3), ago(3))],
        ),
        _Draft(
            _order_row(ORDER_BEING_RETURNED, owner, ago(24), "delivered", ago(18), ago(18)),
            [_item("a bicycle helmet", 6999)],
            [_parcel("UPS", "1Z5901440311827765", "delivered", ago(18), ago(18))],
            returned=_return("in_transit", 6999, ago(5)),
        ),
        _Draft(
            _order_row(ORDER_REFUNDED, owner, ago(45), "refunded", ago(40), ago(40)),
            [_item("a desk lamp", 5499)],
            [_parcel("FedEx", "438205118630", "returned", ago(40), ago(40))],
            returned=_return("refunded", 5499, ago(21), ago(9), ago(4)),
        ),
    ]


def _customers(chance: random.Random, today: date, count: int) -> list[CustomerRow]:
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    numbers = [f"+1{area}55501{last:02d}" for area in AREA_CODES for last in range(100)]
    chance.shuffle(numbers)
    rows = []
    for place, name in enumerate(chance.sample(names, count)):
        tier: Tier = chance.choices(("standard", "gold", "vip"), weights=(80, 15, 5))[0]
        address = f"{name.lower().replace(' ', '.')}@{chance.choice(EMAIL_DOMAINS)}"
        since = _morning(today) - timedelta(days=chance.randint(30, 1800))
        contacts = [
            _contact("phone", numbers[place], since),
            _contact("email", address, since, verified=chance.random() < 0.95),
        ]
        if chance.random() < 0.2:
            contacts.append(_contact("phone", numbers[count + place], since))
        if chance.random() < 0.1:
            contacts.append(_contact("email", f"home.{address}", since))
        is_staff = place % 80 == 79
        rows.append(
            CustomerRow(
                name=name,
                tier="standard" if is_staff else tier,
                is_staff=is_staff,
                contacts=contacts,
            )
        )
    return rows


def _orders(chance: random.Random, today: date, owners: list[int], count: int) -> list[_Draft]:
    taken = {*_WELL_KNOWN_NUMBERS, UNKNOWN_ORDER}
    return [_order(chance, today, chance.choice(owners), taken) for _ in range(count)]


def _order(chance: random.Random, today: date, owner: int, taken: set[str]) -> _Draft:
    age = min(int(chance.expovariate(1 / 60)), 540)
    placed_on = today - timedelta(days=age)
    due = placed_on + timedelta(days=chance.randint(3, 8))
    state = _state(chance, age)
    expected_on = {"out_for_delivery": today, "cancelled": None}.get(state, due)
    delivered_on = None
    if state in ("delivered", "returned", "refunded"):
        delivered_on = min(today, due + timedelta(days=chance.choice((-1, 0, 0, 0, 1, 2))))
    products = chance.sample(PRODUCTS, chance.choice((1, 1, 1, 2, 2, 3, 4)))
    parcels = []
    if state in _PARCEL_STATES:
        carrier = chance.choice(CARRIERS)
        tracking = _tracking(chance, carrier)
        parcels = [_parcel(carrier, tracking, _PARCEL_STATES[state], expected_on, delivered_on)]
    items = [
        _item(name, cents, quantity=chance.choice((1, 1, 1, 1, 2))) for name, cents in products
    ]
    return _Draft(
        _order_row(_number(chance, taken), owner, placed_on, state, expected_on, delivered_on),
        items,
        parcels,
        returned=_return_of(state, items, delivered_on, today),
    )


def _return_of(
    state: OrderState, items: list[Row], delivered_on: date | None, today: date
) -> Row | None:
    if delivered_on is None or state not in ("returned", "refunded"):
        return None
    paid = sum(item["quantity"] * item["price_cents"] for item in items)
    arrived = min(today, delivered_on + timedelta(days=8))
    if state == "returned":
        return _return("received", paid, delivered_on, arrived)
    return _return("refunded", paid, delivered_on, arrived, min(today, arrived + timedelta(days=4)))


def _state(chance: random.Random, age: int) -> OrderState:
    """What has become of an order of that many days."""
    if age <= 2:
        return chance.choices(("processing", "shipped", "cancelled"), weights=(75, 20, 5))[0]
    if age <= 9:
        return chance.choices(
            ("processing", "shipped", "out_for_delivery", "delivered", "cancelled"),
            weights=(10, 45, 15, 25, 5),
        )[0]
    return chance.choices(
        ("delivered", "shipped", "cancelled", "returned", "refunded"),
        weights=(84, 3, 5, 4, 4),
    )[0]


def _number(chance: random.Random, taken: set[str]) -> str:
    while True:
        letter = chance.choice("ABCDEFGHJKLMNPRSTVWX") if chance.random() < LETTERED_SHARE else ""
        number = f"{letter}{chance.randint(100_000, 999_999)}"
        if number not in taken:
            taken.add(number)
            return number


def _tracking(chance: random.Random, carrier: str) -> str:
    def digits(count: int) -> str:
        return "".join(chance.choices("0123456789", k=count))

    if carrier == "UPS":
        return f"1Z{digits(16)}"
    return digits(12) if carrier == "FedEx" else f"94001{digits(17)}"


def _order_row(
    number: str,
    customer_id: int,
    placed_on: date,
    state: OrderState,
    expected_on: date | None,
    delivered_on: date | None = None,
) -> Row:
    return {
        "number": number,
        "customer_id": customer_id,
        "placed_on": placed_on,
        "state": state,
        "expected_on": expected_on,
        "delivered_on": delivered_on,
        "cancelled_at": _morning(placed_on) + timedelta(hours=5) if state == "cancelled" else None,
    }


def _item(name: str, price_cents: int, quantity: int = 1) -> Row:
    return {"name": name, "quantity": quantity, "price_cents": price_cents}


def _parcel(
    carrier: str,
    tracking: str,
    state: ShipmentState,
    expected_on: date | None,
    delivered_on: date | None = None,
) -> Row:
    return {
        "carrier": carrier,
        "tracking": tracking,
        "state": state,
        "expected_on": expected_on,
        "delivered_on": delivered_on,
    }


def _return(
    state: ReturnState,
    amount_cents: int,
    label_sent_on: date,
    received_on: date | None = None,
    refunded_on: date | None = None,
) -> Row:
    return {
        "state": state,
        "amount_cents": amount_cents,
        "label_sent_on": label_sent_on,
        "received_on": received_on,
        "refunded_on": refunded_on,
    }


def _contact(kind: str, value: str, changed_at: datetime, *, verified: bool = True) -> ContactRow:
    return ContactRow(kind=kind, value=value, verified=verified, changed_at=changed_at)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


async def _main() -> None:
    settings = ContactCenterSettings()
    db = Database(settings.database_url)
    await db.migrate()
    await seed(db, datetime.now(settings.zone).date())
    await db.close()


if __name__ == "__main__":
    asyncio.run(_main())
