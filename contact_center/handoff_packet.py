"""The hand-off packet: all that an agent knows of a call before saying hello.

It is one immutable, versioned JSON document. Run this module to print or write its JSON Schema:
`python -m contact_center.handoff_packet docs/handoff_packet.schema.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field

PACKET_VERSION: Literal["1"] = "1"

HandoffReason = Literal[
    "requested",
    "emotion",
    "complaint",
    "complex",
    "low_confidence",
    "repeated_failure",
    "policy",
    "after_hours",
    "system_error",
]
HandoffState = Literal[
    "offered",
    "accepted",
    "declined",
    "timed_out",
    "abandoned",
    "after_hours",
    "connected",
    "closed",
]
IdentityLevel = Literal["none", "claimed", "verified"]
EmotionDirection = Literal["rising", "steady", "falling", "unknown"]

HANDOFF_REASONS: tuple[HandoffReason, ...] = get_args(HandoffReason)


class _Part(BaseModel):
    # What a later version adds must not keep an older desk from showing the rest.
    model_config = ConfigDict(frozen=True, extra="ignore")


class CallFacts(_Part):
    """The call itself; `resumed_from` names the broken call that it goes on with."""

    call_id: str
    channel: str
    caller_number: str | None
    started_at: datetime
    resumed_from: str | None = None


class TicketFacts(_Part):
    """An open ticket of the customer, with the times by which it is owed."""

    ticket_id: int
    kind: str
    subject: str
    opened_at: datetime
    promised_at: datetime
    owner: str | None = None
    complaint_level: Literal[1, 2, 3] | None = None
    respond_by: datetime | None = None
    resolve_by: datetime | None = None
    responded_at: datetime | None = None


class OrderFacts(_Part):
    """A recent order of the customer."""

    number: str
    state: str
    items: tuple[str, ...]
    placed_on: date
    expected_on: date | None
    delivered_on: date | None
    late: bool
    total_cents: int


class ContactFacts(_Part):
    """An earlier call of the customer: what it was about, who took it, and what came of it."""

    call_id: str
    at: datetime
    end_reason: str | None
    topic: str | None = None
    outcome: str | None = None
    agent_name: str | None = None
    summary: str = ""


class CustomerFacts(_Part):
    """Who the caller is taken to be, and by what."""

    customer_id: int
    name: str
    tier: Literal["standard", "gold", "vip"]
    is_staff: bool
    matched_by: Literal["caller_number", "assistant"]
    open_tickets: tuple[TicketFacts, ...] = ()
    recent_orders: tuple[OrderFacts, ...] = ()
    recent_contacts: tuple[ContactFacts, ...] = ()


class Identity(_Part):
    """How far the caller has shown who they are."""

    level: IdentityLevel = "none"
    how: str | None = None
    until: datetime | None = None


class Intent(_Part):
    """What the assistant took the caller to want; confidence from 0 to 1."""

    name: str
    confidence: float | None = None


class SlotValue(_Part):
    """Something that the caller has given; `confirmed` when it was read back and agreed to."""

    value: Any = None
    confirmed: bool = False
    confidence: float | None = None


class EmotionPoint(_Part):
    """How upset one turn sounded, from 0 to 1."""

    turn_id: str
    score: float


class Emotion(_Part):
    """How the caller's mood went."""

    direction: EmotionDirection = "unknown"
    latest: float | None = None
    peak: float | None = None
    points: tuple[EmotionPoint, ...] = ()


class Complaint(_Part):
    """A complaint with what is owed to it."""

    level: Literal[1, 2, 3]
    category: str
    respond_by: datetime
    resolve_by: datetime


class Summary(_Part):
    """The call in four answers."""

    issue: str = ""
    tried: tuple[str, ...] = ()
    asks_for: str = ""
    promises: tuple[str, ...] = ()


class TranscriptLine(_Part):
    """One turn, redacted; `heard` is what of a spoken answer reached the caller."""

    turn_id: str
    speaker: Literal["caller", "bot", "agent"]
    text: str
    heard: str | None
    at: datetime
    confidence: float | None
    barge_in: bool = False


class Routing(_Part):
    """Where the call goes; priority 1 (safety) comes before 2 (VIP) and 3 (in turn).

    `language` is what the agent must speak, None for that of the line. `preferred_agent` names the
    agent who knows the matter already; others may take the call too.
    """

    queue: str = "support"
    skills: tuple[str, ...] = ()
    language: str | None = None
    priority: Literal[1, 2, 3] = 3
    wait_told_seconds: int | None = None
    preferred_agent: str | None = None


class PassedOn(_Part):
    """What an agent wrote who gave the caller on to a queue."""

    from_agent: str
    queue: str
    note: str
    at: datetime


class StateChange(_Part):
    """One step in the life of the hand-off."""

    state: HandoffState
    at: datetime
    agent_name: str | None = None


class HandoffPacket(_Part):
    """All that is handed over with a call."""

    version: Literal["1"] = PACKET_VERSION
    handoff_id: str
    created_at: datetime
    call: CallFacts
    customer: CustomerFacts | None
    identity: Identity
    reason: HandoffReason
    trigger_turn_id: str | None
    intent: Intent | None
    slots: dict[str, SlotValue]
    actions_done: tuple[str, ...]
    actions_not_done: tuple[str, ...]
    emotion: Emotion
    complaint: Complaint | None
    summary: Summary
    transcript: tuple[TranscriptLine, ...]
    routing: Routing
    suggestions: tuple[str, ...]
    passed_on: tuple[PassedOn, ...] = ()
    state_history: tuple[StateChange, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def do_not_ask_again(self) -> tuple[str, ...]:
        """What the caller has already given, so that nobody asks for it a second time."""
        given = []
        if self.customer is not None:
            given.append("name")
        if self.call.caller_number:
            given.append("phone number")
        if self.identity.level == "verified":
            given.append("proof of identity")
        if self.summary.issue:
            given.append("reason for the call")
        given += [
            name.replace("_", " ")
            for name, slot in self.slots.items()
            if slot.value not in (None, "")
        ]
        return tuple(dict.fromkeys(given))


class DetailsIntent(_Part):
    """The intent as the assistant sends it."""

    name: str | None = None
    confidence: float | None = None


class DetailsIdentity(_Part):
    """The identity as the assistant sends it."""

    level: IdentityLevel = "none"
    how: str | None = None
    customer_id: int | None = None
    until: datetime | None = None


class DetailsComplaint(_Part):
    """The complaint as the assistant sends it, without deadlines."""

    level: Literal[1, 2, 3]
    category: str = "other"


class AssistantDetails(_Part):
    """What the assistant sends with a hand-off; everything may be missing."""

    queue: str = "support"
    skills: tuple[str, ...] = ()
    preferred_agent: str | None = None
    intent: DetailsIntent | None = None
    slots: dict[str, SlotValue] = Field(default_factory=dict)
    identity: DetailsIdentity | None = None
    actions_done: tuple[str, ...] = ()
    actions_not_done: tuple[str, ...] = ()
    complaint: DetailsComplaint | None = None
    summary: Summary = Field(default_factory=Summary)
    suggestions: tuple[str, ...] = ()

    @classmethod
    def lenient(cls, details: Mapping[str, Any]) -> AssistantDetails:
        """Read whatever is sound in what the assistant sent.

        Args:
            details: The assistant's message.

        Returns:
            The details, without the fields that were of the wrong kind: a hand-off must not fail
            because a detail of it is broken.
        """
        kept = {name: value for name, value in details.items() if value is not None}
        try:
            return cls.model_validate(kept)
        except ValidationError as error:
            broken = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
            return cls.model_validate(
                {name: value for name, value in kept.items() if name not in broken}
            )


def json_schema() -> dict[str, Any]:
    """Describe the packet for programs in other languages.

    Returns:
        The JSON Schema of a packet as it is written.
    """
    schema = HandoffPacket.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The JSON Schema as the documentation keeps it.

    Returns:
        Indented JSON with a final newline.
    """
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
    else:
        sys.stdout.write(schema_text())
