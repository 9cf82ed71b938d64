"""How a call begins, by what is known of who calls: one thing at most, the most pressing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from actions.wording import spoken_day
from contact_center.customers import Customer
from contact_center.orders import UNDELIVERED, Order
from contact_center.tickets import Ticket

JUST_DELIVERED = timedelta(days=2)
SOON = timedelta(days=1)


@dataclass(frozen=True)
class Opener:
    """What a call begins with.

    Attributes:
        kind: The caller goes to the owner of their complaint, goes to a person, is asked about an
            order, or is asked how to help.
        ticket: The complaint, for "owner".
        order: The order, for "order".
        intent: What the caller probably wants of the order.
        words: The order as the line names it, such as "the order that arrives tomorrow".
    """

    kind: Literal["owner", "person", "order", "open"]
    ticket: Ticket | None = None
    order: Order | None = None
    intent: str = "order_status"
    words: str = ""


def opener(
    customer: Customer, complaints: Sequence[Ticket], orders: Sequence[Order], today: date
) -> Opener:
    """Choose what a call begins with.

    Args:
        customer: Who calls.
        complaints: Their open complaints, the most urgent first.
        orders: Their recent orders, the newest first.
        today: The day at the company.

    Returns:
        The first that applies: a complaint with an owner, a VIP, an order on the caller's mind.
    """
    owned = next((ticket for ticket in complaints if ticket.owner), None)
    if owned is not None:
        return Opener("owner", ticket=owned)
    if customer.tier == "vip":
        return Opener("person")
    found = [about for order in orders if (about := _on_their_mind(order, today))]
    return min(found, key=lambda each: each[0])[1] if found else Opener("open")


def _on_their_mind(order: Order, today: date) -> tuple[int, Opener] | None:
    """Tell how pressing an order is, 0 the most, and what to ask about it.

    What comes today or tomorrow goes first: somebody has to be at home for it.
    """
    due, came = order.expected_on, order.delivered_on
    if order.state in UNDELIVERED and due is not None and today <= due <= today + SOON:
        words = f"the order that arrives {spoken_day(due, today)}"
        return (due - today).days, Opener("order", order=order, words=words)
    if order.is_late(today):
        words = "the order that is running late"
        return 2, Opener("order", order=order, intent="order_late", words=words)
    if order.state == "delivered" and came and timedelta(0) <= today - came <= JUST_DELIVERED:
        words = f"the order that was delivered {spoken_day(came, today)}"
        return 3 + (today - came).days, Opener("order", order=order, words=words)
    return None
