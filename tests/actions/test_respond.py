"""A whole turn: what is said beside the point, two requests, changes of mind, and no circles."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.skills import BEGINS
from contact_center.seed import ORDER_LATE, ORDER_PROCESSING
from tests.actions.conftest import Caller
from tests.actions.test_orders import spoken

RULES = Path(__file__).parents[2] / "nlu_data" / "rules"


@pytest.fixture
async def asked(stranger: Caller) -> Caller:
    """A caller who was just asked for an order number."""
    await stranger.wants("order_status", "where is my order")
    return stranger


def test_what_begins_by_itself_is_what_the_rules_begin() -> None:
    actions = {}
    for path in RULES.glob("*.yml"):
        for rule in yaml.safe_load(path.read_text())["rules"]:
            intent, action = rule["steps"]
            actions[intent["intent"]] = action["action"]
    assert {intent: actions[intent] for intent in BEGINS} == BEGINS


class TestQuestionsAboutTheQuestion:
    @pytest.mark.parametrize("intent", ["order_status", "nlu_fallback", "what_can_you_do"])
    async def test_are_explained_and_the_question_asked_again(
        self, asked: Caller, intent: str
    ) -> None:
        heard = await asked.says("what's an order number", intent)
        assert heard.responses == ["utter_help_order_number", "utter_ask_order_number"]

    async def test_do_not_count_as_misunderstood(self, asked: Caller) -> None:
        await asked.says("why do you need that", "nlu_fallback", action="action_misunderstood")
        assert asked.slots["misunderstandings"] == 0

    async def test_opening_hours_are_told_and_the_question_asked_again(self, asked: Caller) -> None:
        heard = await asked.says(
            "are you open on sunday", "opening_hours", action="action_opening_hours"
        )
        assert heard.responses[-1] == "utter_ask_order_number"
        assert len(heard.responses) == 2


class TestChangesOfMind:
    async def test_never_mind_gives_up_the_task(self, asked: Caller) -> None:
        heard = await asked.says("oh never mind", "deny")
        assert heard.responses == ["utter_dropped", "utter_anything_else"]
        assert asked.slots["active_task"] is None

    async def test_never_mind_with_a_reason_too(self, asked: Caller) -> None:
        heard = await asked.says("never mind i'll look it up online", "nlu_fallback")
        assert heard.responses == ["utter_dropped", "utter_anything_else"]

    async def test_a_task_given_up_for_another_is_not_offered(self, stranger: Caller) -> None:
        await stranger.says("i need a password", "password_reset", action="action_password_reset")
        await stranger.says(
            "forget the password where's my order", "order_status", action="action_order"
        )
        assert stranger.slots["active_task"] == "order_status"
        assert stranger.slots["put_aside"] is None

    async def test_a_task_given_up_is_not_taken_for_the_new_wish(self, maria: Caller) -> None:
        await maria.says("i need a password", "password_reset", action="action_password_reset")
        await maria.says(
            "forget the password where's my floor lamp",
            "password_reset",
            action="action_password_reset",
        )
        assert maria.slots["active_task"] != "password_reset"
        assert maria.slots["order_number"]

    async def test_never_mind_to_a_decision_is_a_no(self, stranger: Caller) -> None:
        stranger.slots["awaiting"] = "offer_person"
        heard = await stranger.says("never mind", "deny")
        assert heard.responses == ["utter_anything_else"]

    async def test_start_over_begins_the_task_again(self, asked: Caller) -> None:
        await asked.says("four eight two", "provide_number")
        heard = await asked.says("no let's start over", "deny")
        assert heard.responses == ["utter_start_over", "utter_ask_order_number"]
        assert not asked.slots["partial_number"]

    async def test_start_over_with_nothing_begun_asks_what_to_do(self, stranger: Caller) -> None:
        heard = await stranger.says("can we start over", "deny")
        assert heard.responses == ["utter_start_over", "utter_go_ahead"]

    async def test_the_lamp_instead_after_the_answer(self, maria: Caller) -> None:
        maria.slots |= {
            "order_number": ORDER_PROCESSING,
            "order_confirmed": True,
            "problem": "order_status",
            "awaiting": "anything_else",
        }
        heard = await maria.says("no the lamp", "deny")
        assert maria.slots["order_number"] == ORDER_LATE
        assert heard.responses[0] == "utter_corrected"

    async def test_the_lamp_instead_before_something_is_done(self, maria: Caller) -> None:
        await maria.wants("cancel_order", "cancel the rain jacket")
        assert maria.slots["awaiting"] == "confirm_cancel"
        await maria.says("actually no i mean the lamp", "correct_that")
        assert maria.slots["order_number"] == ORDER_LATE
        order = await maria.business.orders.find(ORDER_PROCESSING)
        assert order is not None
        assert order.state == "processing"

    async def test_no_thanks_is_no_correction(self, maria: Caller) -> None:
        maria.slots |= {
            "order_number": ORDER_LATE,
            "order_confirmed": True,
            "problem": "order_status",
            "awaiting": "anything_else",
        }
        heard = await maria.says("no thanks that's all", "deny")
        assert heard.hangs_up


class TestTwoRequests:
    async def test_the_second_is_done_when_the_first_is(self, stranger: Caller) -> None:
        also = {"intent": "opening_hours", "text": "are you open on sunday", "confidence": 0.9}
        heard = await stranger.says(
            "where is my order", "order_status", action="action_order", metadata={"also": also}
        )
        assert heard.responses == ["utter_ask_order_number"]
        await stranger.says(spoken(ORDER_PROCESSING), "provide_number")
        heard = await stranger.says("yes", "affirm")
        assert heard.responses[1] == "utter_other_request"
        assert heard.responses[-1] == "utter_anything_else"
        assert len(heard.responses) == 4
        assert stranger.slots["pending_request"] is None

    async def test_hours_are_told_first_when_they_were_asked_first(self, stranger: Caller) -> None:
        also = {"intent": "order_status", "text": "where is my order", "confidence": 0.9}
        heard = await stranger.says(
            "until when are you open",
            "opening_hours",
            action="action_opening_hours",
            metadata={"also": also},
        )
        assert heard.responses[1:] == ["utter_other_request", "utter_ask_order_number"]
        assert stranger.slots["awaiting"] == "order_number"


class TestTopics:
    async def interrupted(self, stranger: Caller) -> None:
        await stranger.says(
            "i forgot my password", "password_reset", action="action_password_reset"
        )
        await stranger.wants("order_status", "wait where is my order")
        await stranger.says(spoken(ORDER_PROCESSING), "provide_number")

    async def test_an_interrupted_task_is_offered_when_the_other_is_done(
        self, stranger: Caller
    ) -> None:
        await self.interrupted(stranger)
        heard = await stranger.says("yes", "affirm")
        assert heard.responses[-1] == "utter_ask_go_on_with"
        assert heard.values("utter_ask_go_on_with")["task"] == "the password reset"

    async def test_yes_goes_on_with_it(self, stranger: Caller) -> None:
        await self.interrupted(stranger)
        await stranger.says("yes", "affirm")
        heard = await stranger.says("yes please", "affirm")
        assert heard.responses[0] == "utter_back_to_it"
        assert stranger.slots["active_task"] == "password_reset"
        assert stranger.slots["put_aside"] is None

    async def test_no_leaves_it(self, stranger: Caller) -> None:
        await self.interrupted(stranger)
        await stranger.says("yes", "affirm")
        heard = await stranger.says("no leave it", "deny")
        assert heard.responses == ["utter_anything_else"]
        assert stranger.slots["put_aside"] is None

    async def test_a_caller_may_come_back_without_being_asked(self, stranger: Caller) -> None:
        await self.interrupted(stranger)
        heard = await stranger.says(
            "okay back to the password", "password_reset", action="action_password_reset"
        )
        assert heard.responses[0] == "utter_back_to_it"
        assert stranger.slots["active_task"] == "password_reset"


class TestCircles:
    async def test_a_question_without_an_answer_ends_with_a_person(self, asked: Caller) -> None:
        course = []
        for _ in range(4):
            heard = await asked.says("hello", "greet", action="action_small_talk")
            course.append(heard.responses)
        assert course[0] == ["utter_still_here", "utter_ask_order_number"]
        assert course[1] == ["utter_help_order_number", "utter_ask_order_number"]
        assert course[2] == ["utter_still_here", "utter_offer_person"]
        await asked.says("hello", "greet", action="action_small_talk")
        await asked.says("hello", "greet", action="action_small_talk")
        assert asked.slots["handoff_reason"] == "repeated_failure"

    async def test_a_finished_task_starts_the_counting_afresh(self, stranger: Caller) -> None:
        stranger.slots |= {"asked": {"order_number": 2, "anything_else": 3}}
        stranger.slots |= {"order_number": ORDER_PROCESSING, "order_confirmed": True}
        heard = await stranger.wants("order_status")
        assert heard.responses[-1] == "utter_anything_else"
        assert stranger.slots["asked"] == {"anything_else": 1}

    async def test_opening_hours_in_between_are_nobodys_fault(self, asked: Caller) -> None:
        for _ in range(5):
            heard = await asked.says(
                "are you open today", "opening_hours", action="action_opening_hours"
            )
            assert heard.responses[-1] == "utter_ask_order_number"
