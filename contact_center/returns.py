"""Returns: how far the goods are on their way back, and what has become of the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import select

from contact_center.customers import Contact, Customer
from contact_center.database import Database
from contact_center.models import OrderRow, ReturnRow
from contact_center.orders import Order
from contact_center.outbox import MessageKind, queue_within

ReturnState = Literal["label_sent", "in_transit", "received", "refunded"]


@dataclass(frozen=True, slots=True)
class Return:
    """The return of an order.

    Args:
        number: The order's number.
        state: How far it is.
        amount_cents: What is paid back, in cents.
        label_sent_on: Day on which the customer was sent the label.
        received_on: Day on which the goods came back.
        refunded_on: Day on which the money was paid back.
    """

    number: str
    state: ReturnState
    amount_cents: int
    label_sent_on: date
    received_on: date | None
    refunded_on: date | None


class Returns:
    """Looks returns up and begins them.

    Args:
        db: Where they are stored.
        company_name: Who signs the messages.
    """

    def __init__(self, db: Database, company_name: str) -> None:
        self._db = db
        self._company_name = company_name

    async def of_order(self, number: str) -> Return | None:
        """Find the return of an order.

        Args:
            number: The order's number in its stored form.

        Returns:
            The return, or None when nothing of the order is being sent back.
        """
        query = select(ReturnRow).join(OrderRow).where(OrderRow.number == number)
        async with self._db.reading() as session:
            row = (await session.scalars(query)).one_or_none()
            return _return(number, row) if row else None

    async def of_customer(self, customer_id: int) -> dict[str, Return]:
        """Find what a customer is sending back.

        Args:
            customer_id: The customer's key.

        Returns:
            The returns by the numbers of their orders.
        """
        query = (
            select(OrderRow.number, ReturnRow)
            .join(OrderRow)
            .where(OrderRow.customer_id == customer_id)
        )
        async with self._db.reading() as session:
            found = await session.execute(query)
            return {number: _return(number, row) for number, row in found}

    async def send_label(
        self, order: Order, customer: Customer, call_id: str | None, now: datetime, today: date
    ) -> MessageKind | None:
        """Begin a return: note it, and send its label to the contact on file.

        Asking again sends the label again and begins nothing anew.

        Args:
            order: What is to be sent back.
            customer: Whose order it is.
            call_id: The call in which it was asked for.
            now: The present instant.
            today: The day at the company.

        Returns:
            The way by which the label was sent; None, with nothing done, when there is no verified
            contact.
        """
        contact = written_to(customer)
        if contact is None:
            return None
        kind: MessageKind = "email" if contact.kind == "email" else "text"
        async with self._db.session() as session:
            ordered = select(OrderRow.id).where(OrderRow.number == order.number)
            order_id = (await session.scalars(ordered)).one()
            known = select(ReturnRow.id).where(ReturnRow.order_id == order_id)
            if (await session.scalars(known)).one_or_none() is None:
                session.add(
                    ReturnRow(
                        order_id=order_id,
                        state="label_sent",
                        amount_cents=order.total_cents,
                        label_sent_on=today,
                        received_on=None,
                        refunded_on=None,
                    )
                )
            await queue_within(
                session,
                kind=kind,
                to=contact.value,
                subject="Your return label" if kind == "email" else "",
                body=self._label(order, kind),
                customer_id=customer.id,
                call_id=call_id,
                now=now,
            )
        return kind

    def _label(self, order: Order, kind: MessageKind) -> str:
        label = f"R-{order.number}"
        if kind == "text":
            return (
                f"{self._company_name}: return label {label} for order {order.number}. "
                "Show it where you hand in the parcel; postage is paid."
            )
        items = "\n".join(f"  {item.quantity} x {item.name}" for item in order.items)
        return (
            f"Hello,\n\nhere is the return label for your order {order.number}:\n\n"
            f"  {label} (postage is paid)\n\nIt is good for:\n\n{items}\n\n"
            "Please write it on the parcel, or show it where you hand the parcel in. The money is "
            f"paid back once we have the goods.\n\n{self._company_name}\n"
        )


def written_to(customer: Customer) -> Contact | None:
    """Choose the contact on file to which something is sent in writing.

    Args:
        customer: The customer.

    Returns:
        The first verified e-mail address, else the first verified telephone number, else None.
    """
    return next((each for each in (*customer.emails, *customer.phones) if each.verified), None)


def _return(number: str, row: ReturnRow) -> Return:
    return Return(
        number=number,
        state=cast(ReturnState, row.state),
        amount_cents=row.amount_cents,
        label_sent_on=row.label_sent_on,
        received_on=row.received_on,
        refunded_on=row.refunded_on,
    )
