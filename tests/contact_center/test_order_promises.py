"""Promises about orders."""

from __future__ import annotations

from datetime import timedelta

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.order_promises import OrderPromises
from contact_center.seed import ORDER_IN_PARTS, ORDER_JUST_DELIVERED, seed
from contact_center.tickets import Tickets

from .conftest import NOW, TODAY
from .test_returns import found, terrence

DUE = NOW + timedelta(days=2)


async def test_a_promise_opens_a_ticket(seeded: Database) -> None:
    await Calls(seeded).start("call-1", None, "browser", NOW)
    order = await found(seeded, ORDER_JUST_DELIVERED)
    promises = OrderPromises(seeded)
    made = await promises.make("replacement", "damaged", order, DUE, "call-1", NOW)
    assert await promises.of_order(ORDER_JUST_DELIVERED) == (made,)
    assert (made.made_on, made.due_at) == (TODAY, DUE)
    ticket = await Tickets(seeded).get(made.ticket_id)
    assert ticket is not None
    assert (ticket.kind, ticket.reason, ticket.promised_at) == ("follow_up", "replacement", DUE)
    assert (ticket.customer_id, ticket.call_id) == (order.customer_id, "call-1")
    assert ticket.subject == (
        "Send a replacement: order 817362 (1 x a camp stove), it arrived damaged."
    )


async def test_the_same_thing_is_promised_once(seeded: Database) -> None:
    order = await found(seeded, ORDER_JUST_DELIVERED)
    promises = OrderPromises(seeded)
    made = await promises.make("trace", "lost", order, DUE, None, NOW)
    later = NOW + timedelta(hours=1)
    assert await promises.make("trace", "lost", order, later, None, later) == made
    assert len(await Tickets(seeded).open_for_customer(order.customer_id)) == 1


async def test_only_what_costs_money_is_counted(seeded: Database) -> None:
    customer = await terrence(seeded)
    promises = OrderPromises(seeded)
    for number, step in ((ORDER_JUST_DELIVERED, "refund"), (ORDER_IN_PARTS, "replacement")):
        order = await found(seeded, number)
        await promises.make("trace", "late", order, DUE, None, NOW)
        await promises.make(step, "damaged", order, DUE, None, NOW)  # type: ignore[arg-type]
    assert await promises.costly_days(customer.id) == (TODAY, TODAY)
    assert await promises.costly_days(customer.id + 1) == ()


async def test_the_example_company_forgets_what_was_promised_about_its_orders(
    seeded: Database,
) -> None:
    order = await found(seeded, ORDER_JUST_DELIVERED)
    await OrderPromises(seeded).make("refund", "damaged", order, DUE, None, NOW)
    await seed(seeded, TODAY, customers=0, orders=0)
    assert await OrderPromises(seeded).of_order(ORDER_JUST_DELIVERED) == ()
