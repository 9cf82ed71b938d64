"""How calls begin and go on after they were cut off."""

from __future__ import annotations

from typing import Any

from contact_center.seed import ORDER_LATE
from tests.actions.conftest import Caller, Heard
from tests.actions.test_orders import confirmed

CALLER = {"number": "+15550100042", "customer_id": 1, "name": "Maria Delgado", "tier": "standard"}


async def start(caller: Caller, resume: dict[str, Any] | None = None) -> Heard:
    return await caller.says(
        "/start_call",
        "start_call",
        action="action_start_call",
        metadata={"caller": CALLER, "resume": resume},
    )


async def test_a_call_begins_without_a_word(stranger: Caller) -> None:
    heard = await start(stranger)
    assert heard.messages == []
    assert stranger.slots["caller_number"] == "+15550100042"
    assert stranger.slots["customer_id"] == 1
    assert stranger.slots["tier"] == "standard"


async def test_a_caller_who_agrees_goes_on_at_the_open_question(
    maria: Caller, stranger: Caller
) -> None:
    await confirmed(maria, "order_status", ORDER_LATE)
    state = {"slots": dict(maria.slots), "active_task": maria.slots["active_task"]}
    await start(stranger, state)
    heard = await stranger.says("yes please", "affirm")
    assert heard.responses == ["utter_resumed", "utter_offer_person"]
    assert stranger.slots["order_number"] == ORDER_LATE


async def test_a_caller_who_declines_starts_afresh(stranger: Caller) -> None:
    await start(stranger, {"slots": {"order_number": ORDER_LATE, "awaiting": "offer_person"}})
    heard = await stranger.says("no", "deny")
    assert heard.responses == ["utter_go_ahead"]
    assert stranger.slots.get("order_number") is None


async def test_a_new_wish_instead_of_an_answer_is_followed(stranger: Caller) -> None:
    await start(stranger, {"slots": {"awaiting": "offer_person"}})
    heard = await stranger.wants("order_status", "where is my order")
    assert heard.responses == ["utter_ask_order_number"]


async def test_a_resumed_call_is_not_handed_over_for_old_reasons(stranger: Caller) -> None:
    await start(stranger, {"slots": {"handoff_reason": "emotion", "handed_off": True}})
    await stranger.says("yes", "affirm")
    assert stranger.slots.get("handoff_reason") is None
