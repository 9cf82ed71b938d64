"""What a call begins with, by what is known of who calls."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions.opener import opener
from contact_center.customers import Customer, Tier
from contact_center.orders import Order, OrderItem, OrderState
from contact_center.tickets import Ticket

TODAY = date(2026, 11, 23)
THEN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def customer(tier: Tier = "standard") -> Customer:
    return Customer(id=1, name="Somebody", tier=tier, is_staff=False, emails=(), phones=())


def order(state: OrderState, *, due: int | None = None, came: int | None = None) -> Order:
    """An order; `due` and `came` in days from today."""

    def day(away: int | None) -> date | None:
        return None if away is None else TODAY + timedelta(days=away)

    return Order(
        number=f"10000{abs(due or came or 0) % 10}",
        customer_id=1,
        placed_on=TODAY - timedelta(days=9),
        state=state,
        expected_on=day(due),
        delivered_on=day(came),
        items=(OrderItem("a lamp", 1, 1000),),
        shipments=(),
        total_cents=1000,
    )


def complaint(owner: str | None) -> Ticket:
    fields: dict[str, Any] = dict.fromkeys(("call_id", "handoff_id", "customer_id", "number"))
    return Ticket(
        id=1,
        kind="complaint",
        state="open",
        subject="A rude driver",
        reason="complaint",
        complaint_level=2,
        opened_at=THEN,
        promised_at=THEN,
        respond_by=THEN,
        resolve_by=THEN,
        owner=owner,
        **fields,
    )


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (order("out_for_delivery", due=0), "the order that arrives today"),
        (order("shipped", due=1), "the order that arrives tomorrow"),
        (order("shipped", due=-3), "the order that is running late"),
        (order("delivered", due=-1, came=-1), "the order that was delivered yesterday"),
        (order("delivered", due=-1, came=0), "the order that was delivered today"),
    ],
)
def test_an_order_that_is_on_the_callers_mind_is_asked_about(about: Order, words: str) -> None:
    begun = opener(customer(), [], [about], TODAY)
    assert begun.kind == "order"
    assert begun.words == words


@pytest.mark.parametrize(
    "nothing_new",
    [
        order("shipped", due=2),
        order("processing"),
        order("delivered", due=-3, came=-3),
        order("cancelled", due=1),
        order("returned", due=-9),
    ],
)
def test_any_other_order_is_not_mentioned(nothing_new: Order) -> None:
    assert opener(customer(), [], [nothing_new], TODAY).kind == "open"


def test_of_several_orders_the_next_to_arrive_is_asked_about() -> None:
    orders = [order("delivered", came=-1), order("shipped", due=-4), order("shipped", due=1)]
    assert opener(customer(), [], orders, TODAY).words == "the order that arrives tomorrow"


def test_a_vip_goes_to_a_person_whatever_is_on_its_way() -> None:
    assert opener(customer("vip"), [], [order("shipped", due=1)], TODAY).kind == "person"


def test_a_complaint_with_an_owner_goes_before_all_else() -> None:
    begun = opener(customer("vip"), [complaint("Sam")], [order("shipped", due=1)], TODAY)
    assert begun.kind == "owner"
    assert begun.ticket is not None
    assert begun.ticket.owner == "Sam"


def test_a_complaint_that_is_nobodys_yet_does_not_decide() -> None:
    assert opener(customer(), [complaint(None)], [], TODAY).kind == "open"
