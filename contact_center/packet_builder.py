"""Builds the hand-off packet from what is stored and what the assistant knows.

Nothing that the assistant sends, or fails to send, keeps a packet from being built.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contact_center.calls import Call, Calls, TurnRecord, UnknownCall
from contact_center.complaints import deadlines
from contact_center.customer_profile import CustomerProfile, CustomerProfiles
from contact_center.customers import Customer, Customers
from contact_center.database import Database
from contact_center.handoff_packet import (
    AssistantDetails,
    CallFacts,
    Complaint,
    CustomerFacts,
    DetailsComplaint,
    Emotion,
    EmotionDirection,
    EmotionPoint,
    HandoffPacket,
    HandoffReason,
    Identity,
    Intent,
    Routing,
    SlotValue,
    Summary,
    TranscriptLine,
)
from contact_center.privacy import HIDDEN, redact
from contact_center.settings import ContactCenterSettings

NOTICEABLE_CHANGE = 0.15
# What of the assistant's own state the caller has given; the rest is its book-keeping.
GIVEN_SLOTS = ("order_number", "problem", "product", "department")
SECRET_SLOTS = frozenset({"code", "one_time_code", "otp", "password", "pin", "resume_state"})

_ASKS_FOR: dict[HandoffReason, str] = {
    "requested": "to speak with a person",
    "emotion": "help from a person; they are upset",
    "complaint": "their complaint to be dealt with",
    "complex": "help with more than the assistant can do",
    "low_confidence": "something the assistant could not understand",
    "repeated_failure": "something the assistant tried more than once without success",
    "policy": "something only a person may do",
    "after_hours": "a call back",
    "system_error": "what was interrupted by a fault on our side",
}


async def build_packet(
    db: Database,
    *,
    call_id: str,
    reason: HandoffReason,
    details: Mapping[str, Any],
    trigger_turn_id: str | None,
    state: Mapping[str, Any] | None,
    wait_seconds: int | None,
    now: datetime,
    settings: ContactCenterSettings | None = None,
) -> HandoffPacket:
    """Gather all that an agent should know of a call.

    Args:
        db: Where the call, its turns and its customer are stored.
        call_id: The call.
        reason: Why it leaves the assistant.
        details: What the assistant sent with the hand-off; may be empty or broken.
        trigger_turn_id: The turn that led to it.
        state: The assistant's dialogue state; None takes the one that is stored.
        wait_seconds: The waiting time that the caller was told.
        now: The present instant.
        settings: Tells the company's day.

    Returns:
        The packet, not stored yet.

    Raises:
        UnknownCall: The call was never started.
    """
    calls = Calls(db)
    call = await calls.get(call_id)
    if call is None:
        raise UnknownCall(call_id)
    turns = await calls.transcript(call_id)
    sent = AssistantDetails.lenient(details)
    known = dict(state if state is not None else call.state or {})
    customer, matched_by = await _customer(db, call, sent)
    complaint = _complaint(sent.complaint, reason, now)
    transcript = transcript_of(turns)
    profiles = CustomerProfiles(db, settings)
    profile = await profiles.of(customer.id, now, before=call.started_at) if customer else None
    return HandoffPacket(
        handoff_id=uuid.uuid4().hex,
        created_at=now,
        call=CallFacts(
            call_id=call.call_id,
            channel=call.channel,
            caller_number=call.caller_number,
            started_at=call.started_at,
            resumed_from=await calls.resumed_from(call_id),
        ),
        customer=_customer_facts(profile, matched_by),
        identity=_identity(sent, customer, matched_by),
        reason=reason,
        trigger_turn_id=trigger_turn_id,
        intent=_intent(sent, known),
        slots=_slots(sent, known),
        actions_done=_clean(sent.actions_done),
        actions_not_done=_clean(sent.actions_not_done),
        emotion=emotion_of(turns),
        complaint=complaint,
        summary=_summary(sent, reason, transcript, trigger_turn_id),
        transcript=transcript,
        routing=Routing(
            queue=sent.queue,
            skills=sent.skills,
            priority=_priority(complaint, customer),
            wait_told_seconds=wait_seconds,
            preferred_agent=sent.preferred_agent,
        ),
        suggestions=sent.suggestions,
    )


def transcript_of(turns: Sequence[TurnRecord]) -> tuple[TranscriptLine, ...]:
    """Write down what was said, without what must not be known.

    Args:
        turns: The turns of a call, in order.

    Returns:
        A redacted line for each.
    """
    lines: list[TranscriptLine] = []
    code_asked = False
    for turn in turns:
        secret = turn.speaker == "caller" and code_asked
        lines.append(
            TranscriptLine(
                turn_id=turn.turn_id,
                speaker=turn.speaker,
                text=redact(turn.text, expecting_code=secret),
                heard=None if turn.heard is None else redact(turn.heard),
                at=turn.started_at,
                confidence=turn.confidence,
                barge_in=turn.barge_in,
            )
        )
        if turn.speaker != "caller":
            code_asked = "code" in turn.text.lower()
    return tuple(lines)


def emotion_of(turns: Sequence[TurnRecord]) -> Emotion:
    """Tell how the caller's mood went.

    Args:
        turns: The turns of a call, in order.

    Returns:
        The scores of the caller's turns, and whether they rise over the last three.
    """
    points = tuple(
        EmotionPoint(turn_id=turn.turn_id, score=turn.affect)
        for turn in turns
        if turn.speaker == "caller" and turn.affect is not None
    )
    if not points:
        return Emotion()
    scores = [point.score for point in points]
    return Emotion(
        direction=_direction(scores[-3:]), latest=scores[-1], peak=max(scores), points=points
    )


def _direction(scores: Sequence[float]) -> EmotionDirection:
    if len(scores) < 2:
        return "unknown"
    change = scores[-1] - scores[0]
    if change >= NOTICEABLE_CHANGE:
        return "rising"
    return "falling" if change <= -NOTICEABLE_CHANGE else "steady"


async def _customer(
    db: Database, call: Call, sent: AssistantDetails
) -> tuple[Customer | None, str]:
    named = sent.identity.customer_id if sent.identity else None
    if named is not None and named != call.customer_id:
        customer = await Customers(db).get(named)
        if customer is not None:
            return customer, "assistant"
    return call.customer, "caller_number"


def _customer_facts(profile: CustomerProfile | None, matched_by: str) -> CustomerFacts | None:
    if profile is None:
        return None
    return CustomerFacts(
        customer_id=profile.customer_id,
        name=profile.name,
        tier=profile.tier,
        is_staff=profile.is_staff,
        matched_by="assistant" if matched_by == "assistant" else "caller_number",
        open_tickets=profile.open_tickets,
        recent_orders=profile.orders,
        recent_contacts=profile.past_contacts,
    )


def _identity(sent: AssistantDetails, customer: Customer | None, matched_by: str) -> Identity:
    if sent.identity is not None and sent.identity.level != "none":
        return Identity(level=sent.identity.level, how=sent.identity.how, until=sent.identity.until)
    if customer is None:
        return Identity()
    # A number can be lent or forged: it says who it may be and proves nothing.
    return Identity(level="claimed", how=matched_by)


def _complaint(
    sent: DetailsComplaint | None, reason: HandoffReason, now: datetime
) -> Complaint | None:
    if sent is None and reason != "complaint":
        return None
    made = sent or DetailsComplaint(level=3)
    owed = deadlines(made.level, now)
    return Complaint(
        level=made.level,
        category=made.category,
        respond_by=owed.respond_by,
        resolve_by=owed.resolve_by,
    )


def _intent(sent: AssistantDetails, state: Mapping[str, Any]) -> Intent | None:
    if sent.intent is not None and sent.intent.name:
        return Intent(name=sent.intent.name, confidence=sent.intent.confidence)
    stored = state.get("intent")
    if isinstance(stored, Mapping) and stored.get("name"):
        confidence = stored.get("confidence")
        return Intent(
            name=str(stored["name"]),
            confidence=confidence if isinstance(confidence, int | float) else None,
        )
    return None


def _slots(sent: AssistantDetails, state: Mapping[str, Any]) -> dict[str, SlotValue]:
    stored = state.get("slots")
    known = stored if isinstance(stored, Mapping) else {}
    given = {name: SlotValue(value=known[name]) for name in GIVEN_SLOTS if name in known}
    return {
        name: slot.model_copy(update={"value": _clean_value(name, slot.value)})
        for name, slot in (given | sent.slots).items()
        if slot.value not in (None, "")
    }


def _clean_value(name: str, value: Any) -> Any:
    if name in SECRET_SLOTS:
        return HIDDEN
    return redact(value, contacts=False) if isinstance(value, str) else value


def _clean(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(redact(line) for line in lines)


def _summary(
    sent: AssistantDetails,
    reason: HandoffReason,
    transcript: Sequence[TranscriptLine],
    trigger_turn_id: str | None,
) -> Summary:
    told = sent.summary
    return Summary(
        issue=redact(told.issue) or _issue_from(transcript, trigger_turn_id),
        tried=_clean(told.tried) or _clean(sent.actions_done),
        asks_for=redact(told.asks_for) or _ASKS_FOR[reason],
        promises=_clean(told.promises),
    )


def _issue_from(transcript: Sequence[TranscriptLine], trigger_turn_id: str | None) -> str:
    """What the caller said first and, if it is something else, what led to the hand-off."""
    said = [line for line in transcript if line.speaker == "caller" and line.text.strip()]
    if not said:
        return "The caller has not said yet what it is about."
    last = next((line for line in said if line.turn_id == trigger_turn_id), said[-1])
    issue = f"The caller said: “{said[0].text}”"
    return issue if last is said[0] else f"{issue}, and at last: “{last.text}”"


def _priority(complaint: Complaint | None, customer: Customer | None) -> Any:
    if complaint is not None and complaint.level == 1:
        return 1
    return 2 if customer is not None and customer.tier == "vip" else 3
