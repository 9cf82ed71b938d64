"""Copies of invoices, sent to the e-mail address on file and nowhere else."""

from __future__ import annotations

from datetime import datetime

from contact_center.customers import Customer
from contact_center.database import Database
from contact_center.orders import Order
from contact_center.outbox import Outbox


class Invoices:
    """Sends copies of invoices.

    Args:
        db: Where messages are queued.
        company_name: Whose invoices they are.
    """

    def __init__(self, db: Database, company_name: str) -> None:
        self._outbox = Outbox(db)
        self._company_name = company_name

    async def send(
        self, order: Order, customer: Customer, call_id: str | None, now: datetime
    ) -> bool:
        """Send a copy of an order's invoice to its customer.

        Args:
            order: The order.
            customer: Whose order it is.
            call_id: The call in which it was asked for.
            now: The present instant.

        Returns:
            False, with nothing sent, when there is no verified e-mail address on file.
        """
        address = next((each.value for each in customer.emails if each.verified), None)
        if address is None:
            return False
        await self._outbox.queue(
            kind="email",
            to=address,
            subject=f"Your invoice for order {order.number}",
            body=invoice_text(order, customer.name, self._company_name),
            customer_id=customer.id,
            call_id=call_id,
            now=now,
        )
        return True


def invoice_text(order: Order, name: str, company_name: str) -> str:
    """Write the copy of an invoice.

    Args:
        order: The order.
        name: The customer's name.
        company_name: Whose invoice it is.

    Returns:
        Plain text, one line an item, with the total under it.
    """
    lines = [
        f"{item.quantity:>4} x {item.name:<40} {_dollars(item.quantity * item.price_cents):>12}"
        for item in order.items
    ]
    return "\n".join(
        [
            f"{company_name}",
            "",
            f"Copy of the invoice for order {order.number}, placed on {order.placed_on:%B %d, %Y}",
            f"For {name}",
            "",
            *lines,
            "",
            f"{'Total':<47} {_dollars(order.total_cents):>12}",
            "",
        ]
    )


def _dollars(cents: int) -> str:
    return f"${cents / 100:,.2f}"
