"""What the person who takes over is told."""

from __future__ import annotations

import pytest

from actions.business import Business
from actions.skills import SKILLS
from actions.turn import Turn
from contact_center.handoff_packet import AssistantDetails
from contact_center.seed import ORDER_LATE
from tests.actions.conftest import Caller, Heard
from tests.actions.test_orders import confirmed


async def test_the_person_learns_what_was_said_and_done(maria: Caller) -> None:
    await confirmed(maria, "order_late", ORDER_LATE)
    maria.slots["handoff_reason"] = "emotion"
    heard = await maria.says("this is outrageous", "frustration", action="action_hand_off")
    handoff = heard.handoff
    assert handoff is not None
    assert heard.responses == ["utter_hand_off_sorry"]
    assert handoff["reason"] == "emotion"
    assert handoff["slots"]["order_number"] == {"value": ORDER_LATE, "confirmed": True}
    assert handoff["identity"]["level"] == "claimed"
    assert handoff["identity"]["customer_id"] == maria.slots["customer_id"]
    assert ORDER_LATE in handoff["summary"]["issue"]
    assert "late" in handoff["summary"]["issue"]
    assert handoff["actions_done"][0].startswith(f"Looked up order {ORDER_LATE}")
    assert f"Asked for a trace of order {ORDER_LATE}" in handoff["actions_done"]
    assert handoff["actions_not_done"] == []
    assert "by Wednesday" in handoff["summary"]["promises"][0]
    assert handoff["suggestions"]


async def test_the_packet_builder_understands_every_detail(maria: Caller) -> None:
    heard = await maria.says("i want a person", "talk_to_person", action="action_hand_off")
    details = AssistantDetails.model_validate(heard.handoff)
    assert details.identity.customer_id == maria.slots["customer_id"]
    assert details.summary.asks_for == "To speak with a person"


async def test_after_a_reason_the_announcement_is_one_sentence(business: Business) -> None:
    turn = Turn("call-1", "where is my order", slots={"handoff_reason": "policy"}, answered=True)
    await SKILLS["action_hand_off"](turn, business)
    assert Heard(turn.messages).responses == ["utter_hand_off_briefly"]


async def test_a_caller_nobody_knows_has_no_identity(stranger: Caller) -> None:
    heard = await stranger.says("agent", "talk_to_person", action="action_hand_off")
    assert heard.handoff is not None
    assert heard.handoff["identity"] == {"level": "none", "how": None, "customer_id": None}


async def test_a_safety_complaint_is_of_the_first_level(stranger: Caller) -> None:
    stranger.slots |= {"handoff_reason": "complaint", "complaint_level": 1}
    heard = await stranger.says("the heater burned me", action="action_hand_off")
    assert heard.responses == ["utter_hand_off_safety"]
    assert heard.handoff is not None
    assert heard.handoff["complaint"] == {"level": 1, "category": "safety"}


async def test_the_same_reason_does_not_hand_over_twice(stranger: Caller) -> None:
    stranger.slots["handoff_reason"] = "complex"
    await stranger.says("help", action="action_hand_off")
    assert stranger.slots["handoff_reason"] is None
    assert stranger.slots["handed_off"] is True


@pytest.mark.parametrize(
    ("problem", "team", "skills"),
    [
        ("return_refund", "returns team", ["returns"]),
        ("password_reset", "accounts team", ["accounts"]),
        ("invoice_copy", "billing team", ["billing"]),
        ("order_late", "support team", []),
        (None, "support team", []),
    ],
)
async def test_the_caller_hears_who_comes(
    stranger: Caller, problem: str | None, team: str, skills: list[str]
) -> None:
    stranger.slots["problem"] = problem
    heard = await stranger.says("a person please", "talk_to_person", action="action_hand_off")
    assert heard.values("utter_hand_off") == {"team": team}
    assert heard.handoff is not None
    assert heard.handoff["skills"] == skills


async def test_the_person_learns_what_else_the_caller_wanted(stranger: Caller) -> None:
    stranger.slots |= {
        "problem": "password_reset",
        "put_aside": [{"task": "cancel_order", "problem": "cancel_order"}],
        "pending_request": {"intent": "opening_hours", "text": "are you open"},
    }
    heard = await stranger.says("a person please", "talk_to_person", action="action_hand_off")
    assert heard.handoff is not None
    issue = heard.handoff["summary"]["issue"]
    assert "also wants to cancel an order" in issue
    assert "also asks about opening hours" in issue
