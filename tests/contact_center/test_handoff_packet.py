"""The hand-off packet as a document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from contact_center.handoff_packet import (
    AssistantDetails,
    CallFacts,
    Emotion,
    HandoffPacket,
    Identity,
    Routing,
    SlotValue,
    Summary,
    json_schema,
    schema_text,
)

from .conftest import NOW

ROOT = Path(__file__).parents[2]


def packet(**changes: object) -> HandoffPacket:
    fields: dict[str, object] = {
        "handoff_id": "h1",
        "created_at": NOW,
        "call": CallFacts(
            call_id="c1", channel="browser", caller_number="+15550100042", started_at=NOW
        ),
        "customer": None,
        "identity": Identity(),
        "reason": "requested",
        "trigger_turn_id": "t3",
        "intent": None,
        "slots": {"order_number": SlotValue(value="715204", confirmed=True)},
        "actions_done": (),
        "actions_not_done": (),
        "emotion": Emotion(),
        "complaint": None,
        "summary": Summary(issue="The lamp is late."),
        "transcript": (),
        "routing": Routing(),
        "suggestions": (),
    }
    return HandoffPacket.model_validate({**fields, **changes})


def test_it_survives_being_written_and_read() -> None:
    original = packet()
    assert HandoffPacket.model_validate_json(original.model_dump_json()) == original
    assert original.version == "1"


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        packet().reason = "emotion"  # type: ignore[misc]


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValidationError):
        packet(reason="boredom")


def test_what_a_later_version_adds_is_passed_over() -> None:
    body = {**packet().model_dump(mode="json"), "weather": "rain"}
    assert HandoffPacket.model_validate(body) == packet()


def test_what_was_given_need_not_be_asked_again() -> None:
    assert packet().do_not_ask_again == ("phone number", "reason for the call", "order number")
    anonymous = packet(
        call=CallFacts(call_id="c1", channel="browser", caller_number=None, started_at=NOW),
        identity=Identity(level="verified", how="one-time code"),
        slots={"order_number": SlotValue(value=None)},
        summary=Summary(),
    )
    assert anonymous.do_not_ask_again == ("proof of identity",)
    assert "do_not_ask_again" in json.loads(packet().model_dump_json())


def test_the_documented_schema_is_the_schema() -> None:
    documented = (ROOT / "docs" / "handoff_packet.schema.json").read_text(encoding="utf-8")
    assert documented == schema_text(), (
        "run: python -m contact_center.handoff_packet docs/handoff_packet.schema.json"
    )


def test_the_schema_can_be_written_by_command(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    command = [sys.executable, "-m", "contact_center.handoff_packet"]
    subprocess.run([*command, str(path)], cwd=ROOT, check=True)
    assert json.loads(path.read_text(encoding="utf-8")) == json_schema()


class TestAssistantDetails:
    def test_nothing_need_be_sent(self) -> None:
        assert AssistantDetails.lenient({}) == AssistantDetails()

    def test_unknown_fields_are_passed_over(self) -> None:
        details = AssistantDetails.lenient({"type": "handoff", "mood": 3, "queue": "returns"})
        assert details.queue == "returns"

    def test_a_broken_field_does_not_spoil_the_others(self) -> None:
        details = AssistantDetails.lenient(
            {
                "slots": "none",
                "complaint": {"level": 9},
                "summary": {"issue": "The lamp is late."},
                "skills": None,
                "actions_done": ["looked up order 715204"],
            }
        )
        assert details.slots == {}
        assert details.complaint is None
        assert details.summary.issue == "The lamp is late."
        assert details.actions_done == ("looked up order 715204",)
