"""Who is in a conversation: its caller and orders, made new so that no two calls share anything.

Nothing in the house makes customers and orders but the seed, so this writes their rows itself.
Everything follows from the conversation's name: the same call has the same numbers every time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

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
from contact_center.seed_catalogue import AREA_CODES, FIRST_NAMES, LAST_NAMES
from contact_center.tickets import Tickets
from warmline.rehearsal.conversation_file import CallerSpec, Conversation, OrderSpec

SETTLED_DAYS: Final = 400
LETTERS: Final = "BCDFGHKMRST"
_STORED_STATES: Final = {
    "out for delivery": "out_for_delivery",
    "late": "shipped",
    "partly shipped": "processing",
    "partly delivered": "shipped",
    "being returned": "delivered",
}
_PARCEL_STATES: Final = {
    "shipped": "in_transit",
    "late": "in_transit",
    "partly shipped": "in_transit",
    "out for delivery": "out_for_delivery",
    "delivered": "delivered",
    "partly delivered": "delivered",
    "being returned": "delivered",
    "returned": "returned",
    "refunded": "returned",
}
_RETURN_STATES: Final = {
    "being returned": "in_transit",
    "returned": "received",
    "refunded": "refunded",
}


@dataclass(frozen=True)
class CastOrder:
    """An order of a conversation.

    Attributes:
        nickname: As the conversation calls it.
        number: As it is stored, such as "482913" or "B482913".
        wrong: The same with one digit changed; no order has this number.
        items: What is in it.
        own: Whether it is the caller's.
    """

    nickname: str
    number: str
    wrong: str
    items: tuple[str, ...]
    own: bool = True


@dataclass(frozen=True)
class Cast:
    """Who and what is in a conversation.

    Attributes:
        number: The number that calls; None when it is withheld.
        customer_id: Whose account the conversation is about, if it has one.
        orders: By nickname, the caller's own first.
    """

    number: str | None = None
    customer_id: int | None = None
    orders: Mapping[str, CastOrder] = field(default_factory=dict)


async def make_cast(conversation: Conversation, db: Database, now: datetime) -> Cast:
    """Store whatever a conversation needs.

    Args:
        conversation: Which one.
        db: A migrated database.
        now: When the conversation takes place, where the company is.

    Returns:
        Its caller and orders.
    """
    chance = random.Random(conversation.name)
    doubled = {
        name for line in conversation.lines for name, form in line.blanks if form == "double"
    }
    caller = conversation.caller
    async with db.session() as session:
        customer = await _customer(session, chance, caller or CallerSpec(), now) if caller else None
        orders = {}
        for nickname, spec in (caller.orders if caller else {}).items():
            assert customer is not None
            number = await _free_number(session, chance, spec.lettered, nickname in doubled)
            await _add_order(session, number, customer.id, spec, now.date())
            orders[nickname] = await _cast(session, nickname, number, spec, own=True)
        if conversation.others:
            stranger = await _customer(session, chance, CallerSpec(), now)
            for nickname, spec in conversation.others.items():
                number = await _free_number(session, chance, spec.lettered, nickname in doubled)
                await _add_order(session, number, stranger.id, spec, now.date())
                orders[nickname] = await _cast(session, nickname, number, spec, own=False)
        unknown = caller is None or caller.number == "other"
        phone = await _free_phone(session, chance) if unknown else _phone_of(customer)
    if caller and customer and caller.complaint_of:
        await _open_complaint(db, customer.id, caller.complaint_of, now)
    withheld = caller is not None and caller.number == "withheld"
    return Cast(
        number=None if withheld else phone,
        customer_id=customer.id if customer else None,
        orders=orders,
    )


async def _open_complaint(db: Database, customer_id: int, owner: str, now: datetime) -> None:
    await Tickets(db).open(
        kind="complaint",
        subject="The parcel was left in the rain.",
        reason="complaint",
        promised_at=now + timedelta(days=1),
        now=now - timedelta(hours=3),
        customer_id=customer_id,
        complaint_level=2,
        owner=owner,
    )


async def _customer(
    session: AsyncSession, chance: random.Random, spec: CallerSpec, now: datetime
) -> CustomerRow:
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    phone = await _free_phone(session, chance)
    address = f"{name.lower().replace(' ', '.')}.{phone[-8:]}@example.com"
    contacts = [
        ContactRow(
            kind=kind,
            value=value,
            # An account always has the number it calls from; texts go only to one that is verified.
            verified=written in spec.contacts.kinds,
            changed_at=now - timedelta(days=spec.contacts.changed.get(written, SETTLED_DAYS)),
        )
        for kind, written, value in (("phone", "text", phone), ("email", "email", address))
        if kind == "phone" or written in spec.contacts.kinds
    ]
    row = CustomerRow(name=name, tier=spec.tier, is_staff=spec.staff, contacts=contacts)
    session.add(row)
    await session.flush()
    return row


def _phone_of(customer: CustomerRow | None) -> str | None:
    contacts = customer.contacts if customer else []
    return next((each.value for each in contacts if each.kind == "phone"), None)


async def _free_phone(session: AsyncSession, chance: random.Random) -> str:
    """A number from the range that is given to nobody in the United States."""
    while True:
        value = f"+1{chance.choice(AREA_CODES)}55501{chance.randint(0, 99):02d}"
        taken = select(ContactRow.id).where(ContactRow.value == value).limit(1)
        if await session.scalar(taken) is None:
            return value


async def _add_order(
    session: AsyncSession, number: str, customer_id: int, spec: OrderSpec, today: date
) -> None:
    day = today + timedelta(days=spec.days) if spec.days is not None else None
    delivered = spec.state in _DELIVERED
    arrived = day or today - timedelta(days=2)
    share = spec.price_cents // len(spec.items)
    row = OrderRow(
        number=number,
        customer_id=customer_id,
        placed_on=today - timedelta(days=_placed(spec)),
        state=_STORED_STATES.get(spec.state, spec.state),
        expected_on=None if spec.state == "cancelled" else (arrived if delivered else day),
        delivered_on=arrived if delivered and spec.state != "partly delivered" else None,
        items=[
            OrderItemRow(name=name, quantity=1, price_cents=share if at else spec.price_cents
                         - share * (len(spec.items) - 1))
            for at, name in enumerate(spec.items)
        ],
    )  # fmt: skip
    session.add(row)
    await session.flush()
    _add_parcels(session, row, spec, arrived if delivered else day, today)
    if spec.state in _RETURN_STATES:
        session.add(
            ReturnRow(
                order_id=row.id,
                state=_RETURN_STATES[spec.state],
                amount_cents=spec.price_cents,
                label_sent_on=arrived + timedelta(days=1),
                received_on=None if spec.state == "being returned" else today - timedelta(days=1),
                refunded_on=today if spec.state == "refunded" else None,
            )
        )
    await session.flush()


_DELIVERED: Final = frozenset(
    {"delivered", "returned", "refunded", "partly delivered", "being returned"}
)


def _placed(spec: OrderSpec) -> int:
    """An order was placed some days before whatever became of it."""
    if spec.placed_days_ago is not None:
        return spec.placed_days_ago
    return 4 - min(spec.days or 0, 0)


def _add_parcels(
    session: AsyncSession, row: OrderRow, spec: OrderSpec, day: date | None, today: date
) -> None:
    if spec.state not in _PARCEL_STATES:
        return
    divided = spec.state in ("partly shipped", "partly delivered")
    first = ShipmentRow(
        order_id=row.id,
        carrier="UPS",
        tracking=f"1Z{row.id:016d}",
        state=_PARCEL_STATES[spec.state],
        expected_on=day,
        delivered_on=day if spec.state in _DELIVERED else None,
        contents=_contents(row.items[:1] if divided else row.items),
    )
    session.add(first)
    if spec.state == "partly delivered":
        session.add(
            ShipmentRow(
                order_id=row.id,
                carrier="USPS",
                tracking=f"94001{row.id:017d}",
                state="in_transit",
                expected_on=today + timedelta(days=2),
                delivered_on=None,
                contents=_contents(row.items[1:]),
            )
        )


def _contents(items: list[OrderItemRow]) -> list[ShipmentItemRow]:
    return [ShipmentItemRow(order_item_id=item.id, quantity=item.quantity) for item in items]


async def _cast(
    session: AsyncSession, nickname: str, number: str, spec: OrderSpec, *, own: bool
) -> CastOrder:
    return CastOrder(nickname, number, await _one_off(session, number), spec.items, own)


async def _one_off(session: AsyncSession, number: str) -> str:
    """Change a digit to one that the number lacks, so that it is clear which one is meant."""
    digits = number[-6:]
    for place in range(5, -1, -1):
        for wrong in "923517468":
            other = number[: len(number) - 6 + place] + wrong + digits[place + 1 :]
            if wrong not in digits and not await _taken(session, other):
                return other
    raise RuntimeError(f"all numbers beside {number} are taken")


async def _free_number(
    session: AsyncSession, chance: random.Random, lettered: bool, doubled: bool
) -> str:
    while True:
        letter = chance.choice(LETTERS) if lettered else ""
        digits = [*f"{chance.randint(100_000, 999_999)}"]
        place = chance.randint(1, 5)
        if doubled:
            digits[place] = digits[place - 1]
        number = letter + "".join(digits)
        if not await _taken(session, number):
            return number


async def _taken(session: AsyncSession, number: str) -> bool:
    query = select(OrderRow.id).where(OrderRow.number == number)
    return await session.scalar(query) is not None
