"""What agents write down after a call, and the follow-ups that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs, UnknownHandoff
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets
from contact_center.wrap_up import FollowUp, WrapUp, WrapUps, prepared_summary
from tests.taking_calls import take

from .conftest import NOW

TOMORROW = NOW + timedelta(days=1)
DETAILS: dict[str, Any] = {
    "actions_not_done": ["start a trace with the carrier"],
    "summary": {
        "issue": "The floor lamp is six days late.",
        "tried": ["read the tracking", "offered a trace"],
        "asks_for": "a new lamp",
        "promises": ["a person comes now"],
    },
}


@dataclass(frozen=True)
class Said:
    speaker: str
    text: str


async def handed_over(db: Database, details: dict[str, Any] | None = None) -> HandoffPacket:
    await Calls(db).start("c1", DEMO_CUSTOMER.phone, "browser", NOW)
    packet = await build_packet(
        db,
        call_id="c1",
        reason="requested",
        details=DETAILS if details is None else details,
        trigger_turn_id=None,
        state=None,
        wait_seconds=None,
        now=NOW,
    )
    handoff = await Handoffs(db).open(packet)
    await take(db, handoff.id, "Sam", NOW + timedelta(minutes=1))
    return packet


@pytest.fixture
async def handoff_id(seeded: Database) -> str:
    return (await handed_over(seeded)).handoff_id


@pytest.fixture
def wrap_ups(seeded: Database, settings: ContactCenterSettings) -> WrapUps:
    return WrapUps(seeded, settings)


class TestStoring:
    async def test_what_was_written_is_read_again(self, wrap_ups: WrapUps, handoff_id: str) -> None:
        assert await wrap_ups.get(handoff_id) is None
        written = WrapUp("resolved", " A new lamp is on its way. ", "Was kind.")
        assert await wrap_ups.store(handoff_id, "Sam", written, NOW) is None
        stored = await wrap_ups.get(handoff_id)
        assert stored is not None
        assert (stored.agent_name, stored.disposition, stored.at) == ("Sam", "resolved", NOW)
        assert (stored.summary, stored.notes) == ("A new lamp is on its way.", "Was kind.")
        assert stored.ticket is None

    async def test_a_follow_up_becomes_a_ticket_of_the_agent_with_the_promised_time(
        self, wrap_ups: WrapUps, handoff_id: str
    ) -> None:
        wrap_up = WrapUp("not_resolved", follow_up=FollowUp("Ask the warehouse", TOMORROW))
        ticket = await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW)
        assert ticket is not None
        assert (ticket.kind, ticket.subject, ticket.owner) == (
            "follow_up",
            "Ask the warehouse",
            "Sam",
        )
        assert (ticket.call_id, ticket.handoff_id) == ("c1", handoff_id)
        assert ticket.customer_id is not None
        assert ticket.promised_at == ticket.resolve_by == TOMORROW
        stored = await wrap_ups.get(handoff_id)
        assert stored is not None
        assert stored.ticket == ticket

    async def test_a_promised_call_back_is_among_the_calls_to_be_returned(
        self, wrap_ups: WrapUps, handoff_id: str, seeded: Database
    ) -> None:
        wrap_up = WrapUp("call_back_promised", follow_up=FollowUp("Tell her the day", TOMORROW))
        ticket = await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW)
        assert await Tickets(seeded).open_callbacks() == [ticket]
        assert ticket is not None
        assert ticket.number == DEMO_CUSTOMER.phone

    async def test_storing_the_same_again_opens_no_second_ticket(
        self, wrap_ups: WrapUps, handoff_id: str, seeded: Database
    ) -> None:
        wrap_up = WrapUp("not_resolved", follow_up=FollowUp("Ask the warehouse", TOMORROW))
        first = await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW)
        assert await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW) == first
        assert first is not None
        assert first.customer_id is not None
        assert await Tickets(seeded).open_for_customer(first.customer_id) == [first]

    @pytest.mark.parametrize(
        "later", [None, FollowUp("Ask the warehouse", TOMORROW + timedelta(hours=3))]
    )
    async def test_what_is_stored_later_replaces_it_with_its_ticket(
        self, wrap_ups: WrapUps, handoff_id: str, seeded: Database, later: FollowUp | None
    ) -> None:
        wrap_up = WrapUp("not_resolved", follow_up=FollowUp("Ask the warehouse", TOMORROW))
        first = await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW)
        second = await wrap_ups.store(handoff_id, "Sam", WrapUp("resolved", follow_up=later), NOW)
        assert first is not None
        assert first.customer_id is not None
        open_now = await Tickets(seeded).open_for_customer(first.customer_id)
        assert open_now == ([second] if later else [])
        stored = await wrap_ups.get(handoff_id)
        assert stored is not None
        assert (stored.disposition, stored.ticket) == ("resolved", second)

    async def test_secrets_that_were_written_down_are_hidden(
        self, wrap_ups: WrapUps, handoff_id: str
    ) -> None:
        wrap_up = WrapUp(
            "resolved",
            "Paid with card 4111 1111 1111 1111.",
            "Call +1 555 010 0042 next time.",
            FollowUp("Refund card 4111 1111 1111 1111", TOMORROW),
        )
        ticket = await wrap_ups.store(handoff_id, "Sam", wrap_up, NOW)
        stored = await wrap_ups.get(handoff_id)
        assert stored is not None
        assert stored.summary == "Paid with card [card number]."
        assert "555 010 0042" in stored.notes, "where to call is what notes are for"
        assert ticket is not None
        assert ticket.subject == "Refund card [card number]"

    @pytest.mark.parametrize("follow_up", [None, FollowUp("Ask", TOMORROW)])
    async def test_a_hand_off_that_does_not_exist_has_no_wrap_up(
        self, wrap_ups: WrapUps, follow_up: FollowUp | None
    ) -> None:
        with pytest.raises(UnknownHandoff):
            await wrap_ups.store("h0", "Sam", WrapUp("resolved", follow_up=follow_up), NOW)


@pytest.mark.parametrize(
    ("what", "due"), [(" ", TOMORROW), ("Ask the warehouse", datetime(2026, 3, 5, 9))]
)
def test_a_follow_up_says_what_and_when(what: str, due: datetime) -> None:
    with pytest.raises(ValueError, match="a follow-up"):
        FollowUp(what, due)


def test_an_unknown_disposition_is_refused() -> None:
    with pytest.raises(ValueError, match="is none of resolved, call_back_promised"):
        WrapUp("fine")  # type: ignore[arg-type]


class TestPreparedSummary:
    async def test_it_tells_what_was_wanted_tried_and_promised(self, sqlite_url: str) -> None:
        db = Database(sqlite_url)
        packet = await handed_over(db)
        await db.close()
        turns = [
            Said("caller", "You will send me a new one."),
            Said("bot", "I will get you a colleague."),
            Said("agent", "Hello, this is Sam. I'll send you a new lamp today! Is that all right?"),
            Said(
                "agent", "Thank you. You will get an e-mail, and I'll call 555 010 0042 tomorrow."
            ),
        ]
        assert prepared_summary(packet, turns).splitlines() == [
            "Wanted: The floor lamp is six days late.",
            "Asked for: a new lamp",
            "Tried: read the tracking; offered a trace",
            "Not done: start a trace with the carrier",
            "Promised: a person comes now; “I'll send you a new lamp today!”; "
            "“You will get an e-mail, and I'll call [phone number] tomorrow.”",
        ]

    async def test_it_has_no_empty_lines(self, sqlite_url: str) -> None:
        db = Database(sqlite_url)
        packet = await handed_over(db, {})
        await db.close()
        assert prepared_summary(packet, ()).splitlines() == [
            "Wanted: The caller has not said yet what it is about.",
            "Asked for: to speak with a person",
        ]
