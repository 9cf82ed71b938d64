"""Tickets: what is promised can be kept, whose it is, and by when it is answered and settled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from contact_center.calls import Calls
from contact_center.complaints import ComplaintLevel
from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.handoffs import Handoffs, UnknownHandoff
from contact_center.models import UtcDateTime
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Ticket, Tickets, callback_promise
from tests.taking_calls import take

from .conftest import NOW
from .migrating import migrate

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


class TestTimes:
    async def opened(self, tickets: Tickets, **fields: Any) -> Ticket:
        return await tickets.open(
            **{
                "kind": "follow_up",
                "subject": "Send a label",
                "reason": "complex",
                "promised_at": NOW + timedelta(days=3),
                "now": NOW,
                "call_id": "c1",
                **fields,
            }
        )

    @pytest.mark.parametrize(
        ("level", "respond", "resolve"),
        [
            (1, timedelta(minutes=15), timedelta(hours=2)),
            (2, timedelta(minutes=30), timedelta(hours=24)),
            (3, timedelta(hours=1), timedelta(hours=48)),
            (None, timedelta(hours=1), timedelta(hours=48)),
        ],
    )
    async def test_a_complaint_is_answered_and_settled_by_its_level(
        self, tickets: Tickets, level: ComplaintLevel, respond: timedelta, resolve: timedelta
    ) -> None:
        ticket = await self.opened(tickets, kind="complaint", complaint_level=level)
        assert (ticket.respond_by, ticket.resolve_by) == (NOW + respond, NOW + resolve)
        assert ticket.due_by == ticket.respond_by

    async def test_anything_else_as_it_was_promised(self, tickets: Tickets) -> None:
        ticket = await self.opened(tickets)
        assert ticket.respond_by == ticket.resolve_by == ticket.promised_at

    async def test_the_times_of_a_complaint_run_since_it_was_made(
        self, tickets: Tickets, seeded: Database
    ) -> None:
        handoff_id = await offered(seeded, {"complaint": {"level": 2, "category": "delay"}})
        later = NOW + timedelta(minutes=20)
        ticket = await callback(tickets, later, handoff_id)
        assert ticket.respond_by == NOW + timedelta(minutes=30)
        assert ticket.resolve_by == NOW + timedelta(hours=24)

    async def test_closing_what_nobody_answered_is_the_answer(self, tickets: Tickets) -> None:
        ticket = await self.opened(tickets)
        await tickets.close(ticket.id, NOW + timedelta(hours=1))
        closed = await tickets.get(ticket.id)
        assert closed is not None
        assert closed.responded_at == NOW + timedelta(hours=1)


class TestFromACall:
    DETAILS: ClassVar[dict[str, Any]] = {
        "complaint": {"level": 2, "category": "delay"},
        "summary": {"issue": "The floor lamp is six days late."},
    }
    LATER = NOW + timedelta(minutes=10)

    @pytest.fixture
    async def handoff_id(self, tickets: Tickets, seeded: Database) -> str:
        return await offered(seeded, self.DETAILS)

    async def test_it_is_the_agents_and_linked_to_customer_call_and_hand_off(
        self, tickets: Tickets, seeded: Database, handoff_id: str
    ) -> None:
        maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
        ticket = await tickets.open_from_call(
            handoff_id, "Sam", "complaint", "The lamp is late again", self.LATER
        )
        assert maria is not None
        assert (ticket.owner, ticket.customer_id) == ("Sam", maria.id)
        assert (ticket.call_id, ticket.handoff_id) == ("c1", handoff_id)
        assert (ticket.number, ticket.opened_at) == (DEMO_CUSTOMER.phone, self.LATER)
        assert (ticket.kind, ticket.subject) == ("complaint", "The lamp is late again")
        assert await tickets.get(ticket.id) == ticket

    async def test_its_complaint_was_answered_when_the_agent_came(
        self, tickets: Tickets, seeded: Database, handoff_id: str
    ) -> None:
        came = NOW + timedelta(minutes=5)
        await take(seeded, handoff_id, "Sam", came)
        ticket = await tickets.open_from_call(handoff_id, "Sam", "complaint", "Late", self.LATER)
        assert ticket.complaint_level == 2
        assert ticket.respond_by == NOW + timedelta(minutes=30)
        assert ticket.responded_at == came
        assert ticket.due_by == ticket.resolve_by == NOW + timedelta(hours=24)
        assert ticket.promised_at == ticket.resolve_by

    async def test_a_complaint_made_to_the_agent_is_the_least_serious_until_weighed(
        self, tickets: Tickets, seeded: Database
    ) -> None:
        packet = await build_packet(
            seeded,
            call_id="c1",
            reason="requested",
            details={},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=NOW,
        )
        handoff_id = (await Handoffs(seeded).open(packet)).id
        ticket = await tickets.open_from_call(handoff_id, "Sam", "complaint", "Rude", self.LATER)
        assert ticket.complaint_level == 3
        assert ticket.resolve_by == self.LATER + timedelta(hours=48)
        follow_up = await tickets.open_from_call(
            handoff_id, "Sam", "follow_up", "Send a label", self.LATER
        )
        assert follow_up.complaint_level is None
        assert follow_up.promised_at == self.LATER + timedelta(days=2), "two working days"

    async def test_a_call_back_is_promised_as_the_line_does(
        self, tickets: Tickets, handoff_id: str
    ) -> None:
        ticket = await tickets.open_from_call(handoff_id, "Sam", "callback", "", self.LATER)
        assert ticket.promised_at == self.LATER + timedelta(minutes=30)
        assert ticket.subject == "The floor lamp is six days late."
        assert await tickets.open_callbacks() == [ticket]

    async def test_the_agent_may_promise_another_time(
        self, tickets: Tickets, handoff_id: str
    ) -> None:
        due = NOW + timedelta(days=5)
        ticket = await tickets.open_from_call(
            handoff_id, "Sam", "follow_up", "Ask", self.LATER, promised_at=due
        )
        assert ticket.promised_at == due

    async def test_two_clicks_at_once_open_one_ticket(
        self, tickets: Tickets, handoff_id: str
    ) -> None:
        clicks = (
            tickets.open_from_call(handoff_id, "Sam", "complaint", "Late", self.LATER)
            for _ in range(2)
        )
        first, second = await asyncio.gather(*clicks)
        assert first == second
        other = await tickets.open_from_call(handoff_id, "Sam", "complaint", "Rude", self.LATER)
        assert other.id != first.id

    async def test_an_unknown_hand_off_has_no_tickets(self, tickets: Tickets) -> None:
        with pytest.raises(UnknownHandoff):
            await tickets.open_from_call("h0", "Sam", "complaint", "Late", NOW)
        with pytest.raises(UnknownHandoff):
            await tickets.take_over("h0", "Sam", NOW)


class TestTakingOver:
    async def test_the_agent_who_accepts_gets_what_is_owed_and_has_answered_it(
        self, tickets: Tickets, seeded: Database
    ) -> None:
        handoff_id = await offered(seeded, {"complaint": {"level": 2, "category": "delay"}})
        owed = await callback(tickets, NOW, handoff_id)
        of_ann = await tickets.open(
            kind="follow_up",
            subject="Send a label",
            reason="complex",
            promised_at=NOW + timedelta(days=1),
            now=NOW,
            call_id="c1",
            owner="Ann",
        )
        settled = await tickets.open(
            kind="follow_up",
            subject="Settled",
            reason="complex",
            promised_at=NOW,
            now=NOW,
            call_id="c1",
        )
        await tickets.close(settled.id, NOW)
        came = NOW + timedelta(minutes=2)
        assert await tickets.take_over(handoff_id, "Sam", came) == [
            replace(owed, owner="Sam", responded_at=came)
        ]
        assert await tickets.get(of_ann.id) == replace(of_ann, responded_at=came)
        assert await tickets.take_over(handoff_id, "Kim", came + timedelta(minutes=1)) == []
        kept = await tickets.get(owed.id)
        assert kept is not None
        assert (kept.owner, kept.responded_at) == ("Sam", came)


async def test_tickets_from_before_get_the_times_by_which_they_were_owed(
    empty_url: str, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    await migrate(empty_url, "upgrade", "0009")
    db = Database(empty_url)
    async with db.session() as session:
        for table, rows in OLDER.items():
            names = sorted({name for row in rows for name in row})
            older = sa.table(table, *(sa.column(name, _TYPES.get(name)) for name in names))
            await session.execute(older.insert(), [{**dict.fromkeys(names), **row} for row in rows])
    await db.migrate()
    tickets = Tickets(db)
    promised = NOW + timedelta(days=1)
    for ticket_id, respond_by, resolve_by, responded_at in (
        (1, promised, promised, None),
        (2, NOW + timedelta(minutes=15), NOW + timedelta(hours=2), None),
        (3, NOW + timedelta(hours=1), NOW + timedelta(hours=48), NOW + timedelta(hours=3)),
        (4, promised, promised, NOW + timedelta(minutes=2)),
    ):
        ticket = await tickets.get(ticket_id)
        assert ticket is not None
        assert (ticket.respond_by, ticket.resolve_by) == (respond_by, resolve_by)
        assert ticket.responded_at == responded_at
    await db.close()
    await migrate(empty_url, "downgrade", "0009")


_TYPES: dict[str, Any] = {
    "at": UtcDateTime(),
    "packet": sa.JSON(),
    **{
        name: UtcDateTime()
        for name in ("started_at", "offered_at", "opened_at", "promised_at", "closed_at")
    },
}
_OLD_TICKET = {
    "kind": "callback",
    "state": "open",
    "subject": "A lamp",
    "reason": "requested",
    "opened_at": NOW,
    "promised_at": NOW + timedelta(days=1),
}
OLDER: dict[str, list[dict[str, Any]]] = {
    "calls": [{"id": "c1", "channel": "browser", "server": "", "started_at": NOW}],
    "handoffs": [
        {
            "id": "h1",
            "call_id": "c1",
            "packet": {},
            "state": "accepted",
            "priority": 3,
            "offered_at": NOW,
        }
    ],
    "handoff_changes": [
        {"handoff_id": "h1", "state": state, "at": NOW + timedelta(minutes=minutes)}
        for minutes, state in enumerate(("offered", "declined", "accepted", "accepted"))
    ],
    "tickets": [
        {"id": 1, **_OLD_TICKET},
        {"id": 2, **_OLD_TICKET, "complaint_level": 1},
        {
            "id": 3,
            **_OLD_TICKET,
            "kind": "complaint",
            "state": "closed",
            "closed_at": NOW + timedelta(hours=3),
        },
        {"id": 4, **_OLD_TICKET, "handoff_id": "h1"},
    ],
}
