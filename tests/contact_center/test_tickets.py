"""Call-back promises: what is said can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contact_center.calls import Calls
from contact_center.complaints import ComplaintLevel
from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Ticket, Tickets, callback_promise

from .conftest import NOW

ZONE = "America/New_York"
NIGHT = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)  # Wednesday, ten at night


@pytest.fixture
async def tickets(seeded: Database, settings: ContactCenterSettings) -> Tickets:
    await Calls(seeded).start("c1", DEMO_CUSTOMER.phone, "browser", NOW)
    return Tickets(seeded, settings)


async def callback(tickets: Tickets, now: datetime, handoff_id: str | None = None) -> Ticket:
    return await tickets.open_callback(
        "c1", handoff_id, None, DEMO_CUSTOMER.phone, "requested", now
    )


async def offered(db: Database, details: dict[str, Any]) -> str:
    packet = await build_packet(
        db,
        call_id="c1",
        reason="complaint",
        details=details,
        trigger_turn_id=None,
        state=None,
        wait_seconds=None,
        now=NOW,
    )
    return (await Handoffs(db).open(packet)).id


async def test_while_open_a_call_back_comes_within_half_an_hour(tickets: Tickets) -> None:
    ticket = await callback(tickets, NOW)
    assert ticket.promised_at == NOW + timedelta(minutes=30)
    assert callback_promise(ticket, NOW, ZONE) == (
        "A colleague will call you back within thirty minutes, at the number ending in four two."
    )


async def test_at_night_it_comes_an_hour_after_the_next_opening(tickets: Tickets) -> None:
    ticket = await callback(tickets, NIGHT)
    assert ticket.promised_at == datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
    assert callback_promise(ticket, NIGHT, ZONE) == (
        "A colleague will call you back tomorrow by nine in the morning, "
        "at the number ending in four two."
    )


async def test_shortly_before_closing_it_comes_the_next_day(tickets: Tickets) -> None:
    ten_to_eight = datetime(2026, 3, 5, 0, 50, tzinfo=UTC)
    ticket = await callback(tickets, ten_to_eight)
    assert ticket.promised_at == datetime(2026, 3, 5, 14, 0, tzinfo=UTC)


async def test_on_saturday_evening_it_comes_on_monday(tickets: Tickets) -> None:
    saturday_evening = datetime(2026, 3, 8, 0, 0, tzinfo=UTC)
    ticket = await callback(tickets, saturday_evening)
    assert "on Monday by nine in the morning" in callback_promise(ticket, saturday_evening, ZONE)


async def test_a_safety_complaint_is_answered_at_night_too(
    tickets: Tickets, seeded: Database
) -> None:
    handoff_id = await offered(
        seeded,
        {
            "complaint": {"level": 1, "category": "burning battery"},
            "summary": {"issue": "A headlamp battery caught fire."},
        },
    )
    ticket = await callback(tickets, NIGHT, handoff_id)
    assert ticket.promised_at == NIGHT + timedelta(minutes=15)
    assert ticket.complaint_level == 1
    assert ticket.subject == "A headlamp battery caught fire."


async def test_asking_twice_gives_the_same_promise(tickets: Tickets) -> None:
    first = await callback(tickets, NOW)
    assert await callback(tickets, NOW + timedelta(minutes=1)) == first
    assert await tickets.open_callbacks() == [first]


async def test_a_customers_open_tickets_are_those_not_yet_closed(
    tickets: Tickets, seeded: Database
) -> None:
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    opened = [
        await tickets.open(
            kind="follow_up",
            subject=subject,
            reason="complaint",
            promised_at=NOW + timedelta(days=days),
            now=NOW,
            customer_id=maria.id,
        )
        for subject, days in (("later", 2), ("sooner", 1))
    ]
    assert await tickets.open_for_customer(maria.id) == opened[::-1]
    assert await tickets.close(opened[0].id, NOW)
    assert not await tickets.close(opened[0].id, NOW)
    assert await tickets.open_for_customer(maria.id) == opened[1:]
    closed = await tickets.get(opened[0].id)
    assert closed is not None
    assert closed.state == "closed"


async def test_a_promise_without_a_number_names_none(tickets: Tickets) -> None:
    ticket = replace(await callback(tickets, NOW), number=None)
    assert callback_promise(ticket, NOW, ZONE) == (
        "A colleague will call you back within thirty minutes."
    )


async def test_an_overdue_promise_names_no_past_time(tickets: Tickets) -> None:
    ticket = await callback(tickets, NOW)
    assert "as soon as possible" in callback_promise(ticket, NOW + timedelta(hours=1), ZONE)


class TestOwner:
    @pytest.fixture
    async def customer_id(self, seeded: Database) -> int:
        customer = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
        assert customer is not None
        return customer.id

    async def complaint(self, tickets: Tickets, customer_id: int, level: ComplaintLevel) -> Ticket:
        return await tickets.open(
            kind="complaint",
            subject=f"A complaint of level {level}",
            reason="complaint",
            promised_at=NOW + timedelta(hours=1),
            now=NOW,
            customer_id=customer_id,
            complaint_level=level,
        )

    async def test_a_ticket_belongs_to_nobody_until_it_is_given_to_somebody(
        self, tickets: Tickets, customer_id: int
    ) -> None:
        ticket = await self.complaint(tickets, customer_id, 2)
        assert ticket.owner is None
        assert await tickets.give_to(ticket.id, "Sam")
        given = await tickets.get(ticket.id)
        assert given is not None
        assert given.owner == "Sam"

    async def test_a_closed_ticket_is_given_to_nobody(
        self, tickets: Tickets, customer_id: int
    ) -> None:
        ticket = await self.complaint(tickets, customer_id, 3)
        await tickets.close(ticket.id, NOW)
        assert not await tickets.give_to(ticket.id, "Sam")

    async def test_the_most_serious_open_complaint_comes_first(
        self, tickets: Tickets, customer_id: int
    ) -> None:
        mild = await self.complaint(tickets, customer_id, 3)
        serious = await self.complaint(tickets, customer_id, 1)
        settled = await self.complaint(tickets, customer_id, 1)
        await tickets.close(settled.id, NOW)
        await tickets.open(
            kind="follow_up",
            subject="Send a label",
            reason="complex",
            promised_at=NOW,
            now=NOW,
            customer_id=customer_id,
        )
        found = await tickets.open_complaints(customer_id)
        assert [each.id for each in found] == [serious.id, mild.id]
