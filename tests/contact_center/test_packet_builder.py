"""The hand-off packet as it is gathered from a call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contact_center.calls import Calls, TurnRecord, UnknownCall
from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket, HandoffReason
from contact_center.packet_builder import build_packet, emotion_of
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP, ORDER_LATE
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets

from .conftest import NOW

SECOND = timedelta(seconds=1)
TALK: tuple[tuple[str, str, float | None], ...] = (
    ("bot", "Northwind Outfitters, how can I help?", None),
    ("caller", "my lamp has still not come", 0.2),
    ("bot", "What is the order number?", None),
    ("caller", "seven one five two oh four", 0.4),
    ("bot", "It was due six days ago. I am sorry.", None),
    ("caller", "this is ridiculous give me a person", 0.85),
)
DETAILS: dict[str, Any] = {
    "type": "handoff",
    "reason": "emotion",
    "queue": "support",
    "skills": ["orders"],
    "intent": {"name": "order_late", "confidence": 0.93},
    "slots": {"order_number": {"value": ORDER_LATE, "confirmed": True}},
    "identity": {"level": "claimed", "how": "order number"},
    "actions_done": ["looked up order 715204"],
    "actions_not_done": ["start a trace with the carrier"],
    "complaint": {"level": 2, "category": "late delivery"},
    "summary": {
        "issue": "The floor lamp is six days late.",
        "tried": ["read the tracking"],
        "asks_for": "a person",
        "promises": ["a person comes now"],
    },
    "suggestions": ["Offer to send it again by express."],
}


async def spoken(db: Database, number: str | None = DEMO_CUSTOMER.phone, talk: Any = TALK) -> Calls:
    calls = Calls(db)
    await calls.start("c1", number, "browser", NOW)
    for place, (speaker, text, affect) in enumerate(talk):
        await calls.record_turn(
            TurnRecord(
                call_id="c1",
                turn_id=f"t{place}",
                speaker=speaker,
                text=text,
                heard=text if speaker == "bot" else None,
                started_at=NOW + place * SECOND,
                confidence=0.9 if speaker == "caller" else None,
                affect=affect,
            )
        )
    return calls


async def packet(
    db: Database,
    *,
    reason: HandoffReason = "emotion",
    details: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
    trigger: str | None = "t5",
) -> HandoffPacket:
    return await build_packet(
        db,
        call_id="c1",
        reason=reason,
        details=details or {},
        trigger_turn_id=trigger,
        state=state,
        wait_seconds=40,
        now=NOW + timedelta(minutes=1),
        settings=ContactCenterSettings(time_zone="America/New_York"),
    )


async def test_it_has_all_that_the_assistant_knows(seeded: Database) -> None:
    await spoken(seeded)
    built = await packet(seeded, details=DETAILS)
    assert built.reason == "emotion"
    assert built.trigger_turn_id == "t5"
    assert built.intent is not None
    assert (built.intent.name, built.intent.confidence) == ("order_late", 0.93)
    assert built.slots["order_number"].value == ORDER_LATE
    assert built.slots["order_number"].confirmed
    assert (built.identity.level, built.identity.how) == ("claimed", "order number")
    assert built.actions_done == ("looked up order 715204",)
    assert built.actions_not_done == ("start a trace with the carrier",)
    assert built.summary.issue == "The floor lamp is six days late."
    assert built.suggestions == ("Offer to send it again by express.",)
    assert (built.routing.skills, built.routing.wait_told_seconds) == (("orders",), 40)
    assert built.complaint is not None
    assert built.complaint.respond_by == built.created_at + timedelta(minutes=30)
    assert set(built.do_not_ask_again) == {
        "name",
        "phone number",
        "reason for the call",
        "order number",
    }


async def test_it_has_the_whole_transcript_of_both_sides(seeded: Database) -> None:
    await spoken(seeded)
    built = await packet(seeded)
    assert [(line.speaker, line.text) for line in built.transcript] == [
        (speaker, text) for speaker, text, _ in TALK
    ]
    assert built.transcript[1].confidence == 0.9
    assert built.transcript[2].heard == "What is the order number?"


async def test_it_has_the_customer_with_orders_tickets_and_earlier_calls(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    calls = Calls(seeded)
    await calls.start("c0", DEMO_CUSTOMER.phone, "browser", NOW - timedelta(days=1))
    await calls.store_state("c0", {"active_task": "order_late"}, NOW - timedelta(days=1))
    await calls.end("c0", "completed", NOW - timedelta(days=1))
    await spoken(seeded)
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    await Tickets(seeded, settings).open_callback(
        "c0", None, maria.id, DEMO_CUSTOMER.phone, "requested", NOW - timedelta(days=1)
    )
    customer = (await packet(seeded)).customer
    assert customer is not None
    assert (customer.name, customer.matched_by) == (DEMO_CUSTOMER.name, "caller_number")
    late = next(order for order in customer.recent_orders if order.number == ORDER_LATE)
    assert late.late
    assert late.items == ("a floor lamp",)
    assert [ticket.kind for ticket in customer.open_tickets] == ["callback"]
    assert [(call.call_id, call.topic) for call in customer.recent_contacts] == [
        ("c0", "order_late")
    ]


async def test_it_is_built_when_the_assistant_sent_nothing(seeded: Database) -> None:
    await spoken(seeded, number=None)
    built = await packet(seeded, reason="system_error")
    assert built.customer is None
    assert built.identity.level == "none"
    assert "my lamp has still not come" in built.summary.issue
    assert "give me a person" in built.summary.issue
    assert built.summary.asks_for
    assert built.slots == {}


async def test_it_is_built_when_nobody_said_anything(seeded: Database) -> None:
    await spoken(seeded, talk=())
    built = await packet(seeded, trigger=None)
    assert built.summary.issue == "The caller has not said yet what it is about."
    assert built.emotion.direction == "unknown"


async def test_without_details_the_stored_state_tells_intent_and_slots(seeded: Database) -> None:
    calls = await spoken(seeded)
    state = {
        "intent": {"name": "order_late", "confidence": 0.8},
        "slots": {
            "order_number": ORDER_LATE,
            "product": None,
            "code": "123456",
            "awaiting": "confirm_number",
            "number_attempts": 1,
        },
    }
    await calls.store_state("c1", state, NOW)
    built = await packet(seeded)
    assert built.intent is not None
    assert built.intent.name == "order_late"
    assert built.slots["order_number"].value == ORDER_LATE
    assert list(built.slots) == ["order_number"], "its book-keeping is no news for an agent"
    assert "123456" not in built.model_dump_json()
    given = await packet(seeded, state={"intent": {"name": "complaint"}, "slots": {}})
    assert given.intent is not None
    assert given.intent.name == "complaint"


async def test_a_customer_whom_only_the_assistant_knows(seeded: Database) -> None:
    maria = await Customers(seeded).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    await spoken(seeded, number=None)
    identity = {"level": "claimed", "how": "order number", "customer_id": maria.id}
    built = await packet(seeded, details={"identity": identity})
    assert built.customer is not None
    assert (built.customer.name, built.customer.matched_by) == ("Maria Delgado", "assistant")


async def test_a_number_alone_is_a_claim_and_no_proof(seeded: Database) -> None:
    await spoken(seeded)
    assert (await packet(seeded)).identity.level == "claimed"


@pytest.mark.parametrize(
    ("number", "details", "priority"),
    [
        (DEMO_CUSTOMER.phone, {"complaint": {"level": 1, "category": "safety"}}, 1),
        (DEMO_VIP.phone, {"complaint": {"level": 1, "category": "safety"}}, 1),
        (DEMO_VIP.phone, {}, 2),
        (DEMO_CUSTOMER.phone, {"complaint": {"level": 2, "category": "delay"}}, 3),
        (None, {}, 3),
    ],
)
async def test_safety_comes_before_vips_before_the_others(
    seeded: Database, number: str | None, details: dict[str, Any], priority: int
) -> None:
    await spoken(seeded, number=number)
    assert (await packet(seeded, details=details)).routing.priority == priority


async def test_a_complaint_without_a_level_is_owed_the_least(seeded: Database) -> None:
    await spoken(seeded)
    complaint = (await packet(seeded, reason="complaint")).complaint
    assert complaint is not None
    assert complaint.level == 3


async def test_secrets_are_hidden_wherever_they_were_said(seeded: Database) -> None:
    talk = (
        (
            "caller",
            "my card is four one one one one one one one one one one one one one one one",
            0,
        ),
        ("bot", "I have sent you a code. Please say it.", None),
        ("caller", "nine eight seven six five four", 0),
    )
    await spoken(seeded, talk=talk)
    details = {"summary": {"issue": "Card 4111 1111 1111 1111 was declined."}}
    built = await packet(seeded, details=details)
    assert built.transcript[0].text == "my card is [card number]"
    assert built.transcript[2].text == "[hidden]"
    assert built.summary.issue == "Card [card number] was declined."


async def test_it_names_the_call_that_was_broken_off(seeded: Database) -> None:
    calls = Calls(seeded)
    await calls.start("c0", DEMO_CUSTOMER.phone, "browser", NOW - timedelta(minutes=9))
    await spoken(seeded)
    await calls.mark_resumed("c0", "c1")
    assert (await packet(seeded)).call.resumed_from == "c0"


async def test_an_unknown_call_has_no_packet(seeded: Database) -> None:
    with pytest.raises(UnknownCall):
        await packet(seeded)


@pytest.mark.parametrize(
    ("scores", "direction"),
    [
        ([], "unknown"),
        ([0.5], "unknown"),
        ([0.2, 0.4, 0.85], "rising"),
        ([0.9, 0.5, 0.5, 0.55], "steady"),
        ([0.1, 0.9, 0.6, 0.2], "falling"),
    ],
)
def test_the_mood_is_told_by_the_last_three_turns(scores: list[float], direction: str) -> None:
    turns = [
        TurnRecord(
            call_id="c1",
            turn_id=f"t{place}",
            speaker="caller",
            text="",
            started_at=NOW,
            affect=score,
        )
        for place, score in enumerate(scores)
    ]
    emotion = emotion_of(turns)
    assert emotion.direction == direction
    assert [point.score for point in emotion.points] == scores
    assert emotion.peak == (max(scores) if scores else None)


async def test_it_names_the_agent_who_knows_the_matter(seeded: Database) -> None:
    await spoken(seeded)
    built = await packet(seeded, details={**DETAILS, "preferred_agent": "Sam"})
    assert built.routing.preferred_agent == "Sam"
    assert (await packet(seeded)).routing.preferred_agent is None
