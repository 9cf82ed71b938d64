"""A customer as agents see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contact_center.calls import Calls
from contact_center.customer_profile import CustomerProfile, CustomerProfiles
from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.routing.line import Line
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP, ORDER_LATE
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets
from contact_center.wrap_up import WrapUp, WrapUps
from tests.taking_calls import take

from .conftest import NOW

YESTERDAY = NOW - timedelta(days=1)


async def key_of(db: Database, phone: str) -> int:
    customer = await Customers(db).find_by_phone(phone)
    assert customer is not None
    return customer.id


async def profile(db: Database, settings: ContactCenterSettings) -> CustomerProfile:
    found = await CustomerProfiles(db, settings).of(await key_of(db, DEMO_CUSTOMER.phone), NOW)
    assert found is not None
    return found


async def called(db: Database, *, handed_over: bool = True, agent: str = "") -> str:
    call_id = "c0"
    await Calls(db).start(call_id, DEMO_CUSTOMER.phone, "browser", YESTERDAY)
    await Calls(db).store_state(call_id, {"active_task": "order_status"}, YESTERDAY)
    handoff_id = ""
    if handed_over:
        packet = await build_packet(
            db,
            call_id=call_id,
            reason="requested",
            details={},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=YESTERDAY,
        )
        handoff_id = (await Handoffs(db).open(packet)).id
        if agent:
            await take(db, handoff_id, agent, YESTERDAY)
    await Calls(db).end(call_id, "completed", YESTERDAY + timedelta(minutes=5))
    return handoff_id


async def test_it_has_name_tier_and_orders(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    found = await profile(seeded, settings)
    assert (found.name, found.tier, found.is_staff) == (DEMO_CUSTOMER.name, "standard", False)
    late = next(order for order in found.orders if order.number == ORDER_LATE)
    assert (late.late, late.items) == (True, ("a floor lamp",))
    vip = await CustomerProfiles(seeded, settings).of(await key_of(seeded, DEMO_VIP.phone), NOW)
    assert vip is not None
    assert vip.tier == "vip"


async def test_contacts_can_be_recognised_and_not_learned(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    found = await profile(seeded, settings)
    assert [(each.kind, each.masked) for each in found.contacts] == [
        ("phone", "the phone ending in 4 2"),
        ("email", "the e-mail ending in d o at example dot com"),
    ]
    assert all(each.verified and each.changed_at < NOW for each in found.contacts)
    assert DEMO_CUSTOMER.phone not in repr(found)
    assert DEMO_CUSTOMER.email not in repr(found)


async def test_past_calls_tell_what_came_of_them(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    handoff_id = await called(seeded, agent="Sam")
    wrap_up = WrapUp("resolved", "A new lamp is on its way.")
    await WrapUps(seeded, settings).store(handoff_id, "Sam", wrap_up, YESTERDAY)
    await Line(seeded).close(handoff_id, "Sam", "resolved", "", YESTERDAY)
    (contact,) = (await profile(seeded, settings)).past_contacts
    assert (contact.call_id, contact.topic, contact.outcome) == ("c0", "order_status", "resolved")
    assert (contact.agent_name, contact.summary) == ("Sam", "A new lamp is on its way.")


async def test_a_call_that_no_agent_took_tells_how_it_ended(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    await called(seeded, handed_over=False)
    (contact,) = (await profile(seeded, settings)).past_contacts
    assert (contact.outcome, contact.agent_name) == ("completed", None)


async def test_a_caller_who_gave_up_waiting_is_told_as_such(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    handoff_id = await called(seeded)
    await Line(seeded).withdraw(handoff_id, "abandoned", YESTERDAY)
    (contact,) = (await profile(seeded, settings)).past_contacts
    assert contact.outcome == "abandoned"


async def test_the_present_call_is_no_past_one(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    await called(seeded)
    customer_id = await key_of(seeded, DEMO_CUSTOMER.phone)
    found = await CustomerProfiles(seeded, settings).of(customer_id, NOW, before=YESTERDAY)
    assert found is not None
    assert found.past_contacts == ()


async def test_open_tickets_have_the_times_by_which_they_are_owed(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    ticket = await Tickets(seeded, settings).open(
        kind="complaint",
        subject="A rude driver",
        reason="complaint",
        promised_at=NOW + timedelta(days=1),
        now=NOW,
        customer_id=await key_of(seeded, DEMO_CUSTOMER.phone),
        complaint_level=2,
        owner="Sam",
    )
    (shown,) = (await profile(seeded, settings)).open_tickets
    assert (shown.ticket_id, shown.owner, shown.complaint_level) == (ticket.id, "Sam", 2)
    assert (shown.respond_by, shown.resolve_by) == (ticket.respond_by, ticket.resolve_by)


@pytest.mark.parametrize("customer_id", [0, 10**6])
async def test_nobody_has_no_profile(
    seeded: Database, settings: ContactCenterSettings, customer_id: int
) -> None:
    assert await CustomerProfiles(seeded, settings).of(customer_id, NOW) is None
