"""Orders: where they are, whether they are late, and whether they can still be cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import select, update

from contact_center.database import Database
from contact_center.models import OrderRow
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
    """

    carrier: str
    tracking: str
    state: ShipmentState
    expected_on: date | None
    delivered_on: date | None


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
            True when it is undelivered and its expected day is over.
        """
        return (
            self.state in UNDELIVERED and self.expected_on is not None and self.expected_on < today
        )


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
                .values(state="cancelled", cancelled_at=now, expected_on=None)
                .returning(OrderRow.id)
            )
            query = select(OrderRow).where(OrderRow.number == wanted)
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                raise OrderNotFound(wanted)
            order = _order(row)
        if cancelled is None:
            raise NotCancellable(order, _WHY_NOT_CANCELLABLE[order.state])
        return order


def _order(row: OrderRow) -> Order:
    items = tuple(OrderItem(item.name, item.quantity, item.price_cents) for item in row.items)
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
            )
            for parcel in row.shipments
        ),
        expected_on=row.expected_on,
        delivered_on=row.delivered_on,
        total_cents=sum(item.quantity * item.price_cents for item in items),
    )
