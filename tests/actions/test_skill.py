"""The border to Rasa: what a tracker's latest turn is answered with, and what may be guessed."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.business import Business
from actions.password_reset import TASK
from actions.skill import SkillAction
from contact_center.database import Database
from contact_center.only_reading import WriteRefused, only_reading
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_CUSTOMER, DEMO_GOLD, ORDER_LATE, UNKNOWN_ORDER
from tests.actions.conftest import known


async def answered(
    business: Business, action: str, text: str, intent: str, **slots: Any
) -> CollectingDispatcher:
    """Let an action answer a turn as the action server does."""
    latest = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "metadata": {}}
    tracker = Tracker("call-1", slots, latest, [], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    await SkillAction(action, business).run(dispatcher, tracker, {})
    return dispatcher


async def test_a_turn_is_answered_with_responses_and_what_to_listen_for(
    business: Business,
) -> None:
    said = await answered(business, "action_order", "where is my order", "order_status")
    assert [message["response"] for message in said.messages] == ["utter_ask_order_number", None]
    assert said.messages[1]["custom"]["grammar"] == "digits"


class TestGuess:
    @pytest.mark.parametrize(
        ("action", "text", "intent"),
        [
            ("action_opening_hours", "what time do you close on saturday", "opening_hours"),
            ("action_order", "where is my order", "order_status"),
            ("action_order", "where are my hiking boots", "order_status"),
            ("action_order", "cancel the rain jacket", "cancel_order"),
            ("action_small_talk", "hello", "greet"),
            ("action_repeat", "say that again", "repeat"),
            ("action_misunderstood", "do you sell goldfish", "nlu_fallback"),
            ("action_frustration", "this is ridiculous", "frustration"),
            ("action_hand_off", "let me talk to a person", "talk_to_person"),
            ("action_goodbye", "bye", "goodbye"),
        ],
    )
    async def test_of_what_only_reads_is_answered(
        self, business: Business, action: str, text: str, intent: str
    ) -> None:
        maria = await known(business, DEMO_CUSTOMER.phone)
        for_real = await answered(business, action, text, intent, customer_id=maria.id)
        with only_reading():
            guessed = await answered(business, action, text, intent, customer_id=maria.id)
        assert guessed.messages == for_real.messages != []

    @pytest.mark.parametrize("customer", ["maria", "nobody"])
    async def test_of_a_password_reset_is_refused_whether_or_not_there_is_an_account(
        self, business: Business, customer: str
    ) -> None:
        maria = await known(business, DEMO_CUSTOMER.phone)
        account = maria.id if customer == "maria" else 987_654
        with only_reading(), pytest.raises(WriteRefused, match="may not be written"):
            await answered(
                business,
                "action_password_reset",
                "i forgot my password",
                "password_reset",
                customer_id=account,
            )

    @pytest.mark.parametrize("number", [ORDER_LATE, UNKNOWN_ORDER])
    @pytest.mark.parametrize("action", ["action_answer", "action_order", "action_misunderstood"])
    async def test_of_a_number_in_a_password_reset_is_refused_whosever_it_is(
        self, business: Business, action: str, number: str
    ) -> None:
        with only_reading(), pytest.raises(WriteRefused, match="password reset"):
            await answered(
                business,
                action,
                "yes that's right",
                "affirm",
                active_task=TASK,
                awaiting="confirm_number",
                candidate=number,
            )

    async def test_that_would_send_something_is_refused_and_sends_nothing(
        self, business: Business, db: Database
    ) -> None:
        terrence = await known(business, DEMO_GOLD.phone)
        wish = "i need a receipt for the stove"
        with only_reading(), pytest.raises(WriteRefused):
            await answered(business, "action_order", wish, "invoice_copy", customer_id=terrence.id)
        assert await Outbox(db).pending() == []
