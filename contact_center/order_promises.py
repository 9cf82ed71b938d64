"""What the line promised about orders, and the tickets that see to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from contact_center.database import Database
from contact_center.models import OrderPromiseRow, OrderRow
from contact_center.order_policy import COSTLY, Problem, Step
from contact_center.orders import Order
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets

_SUBJECTS: dict[Step, str] = {
    "trace": "Trace the parcel with the carrier and tell the customer",
    "replacement": "Send a replacement",
    "refund": "Pay the money back",
}
_PROBLEMS: dict[Problem, str] = {
    "late": "it is late",
    "lost": "it did not reach the customer",
    "damaged": "it arrived damaged",
    "wrong_item": "the wrong item came",
    "part_missing": "part of it is missing",
}


@dataclass(frozen=True, slots=True)
class OrderPromise:
    """Something that was promised about an order.

    Args:
        number: The order's number.
        step: What was promised.
        ticket_id: The ticket that sees to it.
        made_on: Day on which it was promised.
        due_at: By when it was promised.
    """

    number: str
    step: Step
    ticket_id: int
    made_on: date
    due_at: datetime


class OrderPromises:
    """Makes promises about orders and remembers them.

    Args:
        db: Where they are stored.
        settings: Passed on to the tickets.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._tickets = Tickets(db, settings)

    async def costly_days(self, customer_id: int) -> tuple[date, ...]:
        """Tell when a customer was promised replacements and refunds.

        Args:
            customer_id: The customer's key.

        Returns:
            One day for each promise, the earliest first.
        """
        query = (
            select(OrderPromiseRow.made_on)
            .join(OrderRow)
            .where(OrderRow.customer_id == customer_id, OrderPromiseRow.step.in_(COSTLY))
            .order_by(OrderPromiseRow.made_on)
        )
        async with self._db.reading() as session:
            return tuple(await session.scalars(query))

    async def of_order(self, number: str) -> tuple[OrderPromise, ...]:
        """Read what was promised about an order.

        Args:
            number: The order's number in its stored form.

        Returns:
            The promises, the latest first.
        """
        query = (
            select(OrderPromiseRow)
            .join(OrderRow)
            .where(OrderRow.number == number)
            .order_by(OrderPromiseRow.id.desc())
        )
        async with self._db.reading() as session:
            return tuple(_promise(number, row) for row in await session.scalars(query))

    async def make(
        self,
        step: Step,
        problem: Problem,
        order: Order,
        due_at: datetime,
        call_id: str | None,
        now: datetime,
    ) -> OrderPromise:
        """Promise something about an order, and open the ticket that sees to it.

        Args:
            step: A trace, a replacement or a refund.
            problem: What is wrong with the order.
            order: The order.
            due_at: By when it is promised.
            call_id: The call in which it is promised.
            now: The present instant, in the company's zone.

        Returns:
            The promise; the one that was made before, when it was.
        """
        for promise in await self.of_order(order.number):
            if promise.step == step:
                return promise
        items = ", ".join(f"{item.quantity} x {item.name}" for item in order.items)
        ticket = await self._tickets.open(
            kind="follow_up",
            subject=f"{_SUBJECTS[step]}: order {order.number} ({items}), {_PROBLEMS[problem]}.",
            reason=step,
            promised_at=due_at,
            now=now,
            call_id=call_id,
            customer_id=order.customer_id,
        )
        async with self._db.session() as session:
            ordered = select(OrderRow.id).where(OrderRow.number == order.number)
            row = OrderPromiseRow(
                order_id=(await session.scalars(ordered)).one(),
                step=step,
                ticket_id=ticket.id,
                made_on=now.date(),
                due_at=due_at,
            )
            session.add(row)
            await session.flush()
            return _promise(order.number, row)


def _promise(number: str, row: OrderPromiseRow) -> OrderPromise:
    return OrderPromise(
        number=number,
        step=row.step,  # type: ignore[arg-type]
        ticket_id=row.ticket_id,
        made_on=row.made_on,
        due_at=row.due_at,
    )
