"""Orders: where they are, whether they are late, and whether they can still be cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import select, update

from contact_center.database import Database
from contact_center.models import OrderRow, ShipmentRow
from contact_center.order_numbers import normalise

OrderState = Literal[
    "processing",
    "shipped",
    "out_for_delivery",
    "delivered",
    "cancelled",
    "returned",
    "refunded",
]
ShipmentState = Literal["label_created", "in_transit", "out_for_delivery", "delivered", "returned"]

UNDELIVERED: frozenset[OrderState] = frozenset({"processing", "shipped", "out_for_delivery"})

_WHY_NOT_CANCELLABLE: dict[OrderState, str] = {
    "shipped": "it has already been shipped",
    "out_for_delivery": "it is already out for delivery",
    "delivered": "it has already been delivered",
    "cancelled": "it has already been cancelled",
    "returned": "it has already been returned",
    "refunded": "it has already been refunded",
}


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order.

    Args:
        name: What it is, as it can be said.
        quantity: How many.
        price_cents: Price of one, in cents.
    """

    name: str
    quantity: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel.

    Args:
        carrier: Who carries it.
        tracking: The carrier's number for it.
        state: Where it stands.
        expected_on: Day on which it should arrive.
        delivered_on: Day on which it arrived.
        contents: What is in it, as names and quantities; empty when nobody wrote it down, which is
            how an order that travels in one parcel is stored.
    """

    carrier: str
    tracking: str
    state: ShipmentState
    expected_on: date | None
    delivered_on: date | None
    contents: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What of an order travels together, or has not been sent yet.

    Args:
        items: The names of its items, as they can be said.
        state: Where its parcel stands; "packing" while there is none.
        expected_on: Day on which it should arrive.
        delivered_on: Day on which it arrived.
    """

    items: tuple[str, ...]
    state: ShipmentState | Literal["packing"]
    expected_on: date | None
    delivered_on: date | None

    def is_late(self, today: date) -> bool:
        """Tell whether this part should have arrived by now and has not.

        Args:
            today: The day at the company.

        Returns:
            True when it is on its way and its expected day is over.
        """
        travelling = self.state not in ("delivered", "returned")
        return travelling and self.expected_on is not None and self.expected_on < today


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the rest of the house sees it.

    Args:
        number: In its stored form, such as "482913" or "B482913".
        customer_id: Whose order it is.
        placed_on: Day on which it was placed.
        state: Where it stands.
        items: What was ordered.
        shipments: The parcels on their way.
        expected_on: Day on which it should arrive.
        delivered_on: Day on which it arrived.
        total_cents: What all of it costs, in cents.
    """

    number: str
    customer_id: int
    placed_on: date
    state: OrderState
    items: tuple[OrderItem, ...]
    shipments: tuple[Shipment, ...]
    expected_on: date | None
    delivered_on: date | None
    total_cents: int

    def is_late(self, today: date) -> bool:
        """Tell whether the order should have arrived by now and has not.

        Args:
            today: The day at the company.

        Returns:
            True when it, or a part of it, is undelivered and its expected day is over.
        """
        return self.days_late(today) > 0

    def is_cancellable(self) -> bool:
        """Tell whether the order, all of it, is still in the warehouse.

        Returns:
            True while it is being prepared and nothing of it has been shipped.
        """
        shipped = any(parcel.state != "label_created" for parcel in self.shipments)
        return self.state == "processing" and not shipped

    def days_late(self, today: date) -> int:
        """Count the days by which the order, or the part of it that is latest, is late.

        Args:
            today: The day at the company.

        Returns:
            Whole days since the expected one; 0 when nothing is late.
        """
        if self.state not in UNDELIVERED:
            return 0
        parts = self.parts()
        # The day of an order that travels in parts is the day of its last part.
        due = [part.expected_on for part in parts if part.is_late(today)] or [self.expected_on]
        return max(
            ((today - day).days for day in due if day is not None and day < today), default=0
        )

    def parts(self) -> tuple[Part, ...]:
        """Divide the order into what travels together.

        Returns:
            The parts, the earliest first and what has not been sent last; empty when the order
            travels as a whole.
        """
        if not any(parcel.contents for parcel in self.shipments):
            return ()
        left = {item.name: item.quantity for item in self.items}
        found: list[Part] = []
        for parcel in self.shipments:
            for name, quantity in parcel.contents:
                left[name] = left.get(name, 0) - quantity
            names = tuple(name for name, _ in parcel.contents)
            found.append(Part(names, parcel.state, parcel.expected_on, parcel.delivered_on))
        found.sort(key=lambda part: part.delivered_on or part.expected_on or date.max)
        unsent = tuple(name for name, quantity in left.items() if quantity > 0)
        if unsent:
            found.append(Part(unsent, "packing", None, None))
        return tuple(found) if len(found) > 1 else ()


class OrderNotFound(LookupError):
    """No order has this number.

    Args:
        number: The number that was asked for.
    """

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no order {number}.")
        self.number = number


class NotCancellable(RuntimeError):
    """The order is too far on its way to be cancelled.

    Args:
        order: The order as it stands.
        reason: Why not, as the end of a spoken sentence.
    """

    def __init__(self, order: Order, reason: str) -> None:
        super().__init__(f"Order {order.number} cannot be cancelled: {reason}.")
        self.order = order
        self.reason = reason


class Orders:
    """Looks orders up and cancels them.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, number: str) -> Order | None:
        """Find an order by its number.

        Args:
            number: In any writing.

        Returns:
            The order, or None when no order has this number.
        """
        async with self._db.reading() as session:
            query = select(OrderRow).where(OrderRow.number == normalise(number))
            row = (await session.scalars(query)).one_or_none()
            return _order(row) if row else None

    async def of_customer(self, customer_id: int, limit: int = 5) -> list[Order]:
        """Read a customer's newest orders.

        Args:
            customer_id: The customer's key.
            limit: How many at most.

        Returns:
            The orders, newest first.
        """
        query = (
            select(OrderRow)
            .where(OrderRow.customer_id == customer_id)
            .order_by(OrderRow.placed_on.desc(), OrderRow.id.desc())
            .limit(limit)
        )
        async with self._db.reading() as session:
            return [_order(row) for row in await session.scalars(query)]

    async def cancel(self, number: str, now: datetime) -> Order:
        """Cancel an order that is still being prepared.

        Args:
            number: In any writing.
            now: The present instant.

        Returns:
            The cancelled order.

        Raises:
            OrderNotFound: No order has this number.
            NotCancellable: The order is no longer being prepared.
        """
        wanted = normalise(number)
        async with self._db.session() as session:
            # One statement decides, so that an order cannot be shipped between look and cancel.
            cancelled = await session.scalar(
                update(OrderRow)
                .where(OrderRow.number == wanted, OrderRow.state == "processing")
                .where(~OrderRow.shipments.any(ShipmentRow.state != "label_created"))
                .values(state="cancelled", cancelled_at=now, expected_on=None)
                .returning(OrderRow.id)
            )
            query = select(OrderRow).where(OrderRow.number == wanted)
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                raise OrderNotFound(wanted)
            order = _order(row)
        if cancelled is None:
            raise NotCancellable(order, why_not_cancellable(order))
        return order


def why_not_cancellable(order: Order) -> str:
    """Say why an order cannot be cancelled any more.

    Args:
        order: An order that is not being prepared, or of which a part has been shipped.

    Returns:
        The end of a spoken sentence, such as "it has already been shipped".
    """
    return _WHY_NOT_CANCELLABLE.get(order.state, "a part of it has already been shipped")


def _order(row: OrderRow) -> Order:
    items = tuple(OrderItem(item.name, item.quantity, item.price_cents) for item in row.items)
    names = {item.id: item.name for item in row.items}
    return Order(
        number=row.number,
        customer_id=row.customer_id,
        placed_on=row.placed_on,
        state=cast(OrderState, row.state),
        items=items,
        shipments=tuple(
            Shipment(
                carrier=parcel.carrier,
                tracking=parcel.tracking,
                state=cast(ShipmentState, parcel.state),
                expected_on=parcel.expected_on,
                delivered_on=parcel.delivered_on,
                contents=tuple(
                    (names[content.order_item_id], content.quantity) for content in parcel.contents
                ),
            )
            for parcel in row.shipments
        ),
        expected_on=row.expected_on,
        delivered_on=row.delivered_on,
        total_cents=sum(item.quantity * item.price_cents for item in items),
    )
