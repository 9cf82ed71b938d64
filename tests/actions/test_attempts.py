"""Two failed attempts at one question: then a person helps, and not before."""

from __future__ import annotations

import pytest

from actions.attempts import WHICH_CONTACT, WHICH_ORDER, unclear, understood
from actions.turn import Turn
from contact_center.seed import ORDER_ARRIVING_TOMORROW
from tests.actions.conftest import Caller, Heard
from tests.actions.test_orders import spoken

UNKNOWN = ("one one nine five eight zero", "seven six two eight four zero")


def over(caller: Caller) -> bool:
    return caller.slots.get("handoff_reason") == "repeated_failure"


async def mumbles(
    caller: Caller, text: str = "the usual one", intent: str = "nlu_fallback"
) -> Heard:
    actions = {"nlu_fallback": "action_misunderstood", "order_status": "action_order"}
    return await caller.says(text, intent, action=actions.get(intent, "action_answer"))


class TestCounting:
    def test_the_second_is_one_too_many(self) -> None:
        turn = Turn("call-1")
        assert [unclear(turn, WHICH_ORDER) for _ in range(2)] == [False, True]

    def test_each_thing_is_counted_by_itself(self) -> None:
        turn = Turn("call-1")
        assert not unclear(turn, WHICH_ORDER)
        assert not unclear(turn, WHICH_CONTACT)

    def test_an_answer_that_is_understood_starts_afresh(self) -> None:
        turn = Turn("call-1", slots={"asked": {"code": 1}})
        unclear(turn, WHICH_ORDER)
        understood(turn, WHICH_ORDER)
        assert turn.get("asked") == {"code": 1}
        assert not unclear(turn, WHICH_ORDER)

    def test_a_number_that_was_wrong_is_counted_beside_it(self) -> None:
        turn = Turn("call-1", slots={"number_attempts": 1})
        assert not unclear(turn, WHICH_CONTACT)
        assert unclear(turn, WHICH_ORDER)


class TestNumbersThatAreNotFound:
    @pytest.mark.parametrize("wish", ["order_status", "cancel_order", "return_refund"])
    @pytest.mark.parametrize("yes", ["yes you read it right", "mm hmm yes", "that's the one yes"])
    async def test_twice(self, stranger: Caller, wish: str, yes: str) -> None:
        await stranger.wants(wish, "it's about an order")
        await stranger.says(UNKNOWN[0], "provide_number")
        await stranger.says(yes, "affirm")
        assert not over(stranger)
        await stranger.says(f"then it's {UNKNOWN[1]}", "provide_number")
        await stranger.says(yes, "affirm")
        assert over(stranger)

    async def test_also_when_the_number_comes_with_the_wish(self, stranger: Caller) -> None:
        await stranger.wants("order_status", f"where is order {UNKNOWN[0]}")
        await stranger.says("yes", "affirm")
        await stranger.wants("order_status", f"where is order {UNKNOWN[1]}")
        await stranger.says("yes", "affirm")
        assert over(stranger)

    async def test_once_and_then_it_is_found(self, maria: Caller) -> None:
        await maria.wants("order_status", f"where is order {UNKNOWN[0]}")
        await maria.says("yes", "affirm")
        heard = await maria.says(spoken(ORDER_ARRIVING_TOMORROW), "provide_number")
        assert heard.responses[0] == "utter_order_shipped"

    async def test_are_counted_anew_for_another_order(self, maria: Caller) -> None:
        await self.test_once_and_then_it_is_found(maria)
        await maria.wants("order_status", f"and where is order {UNKNOWN[1]}")
        await maria.says("yes", "affirm")
        assert not over(maria)


class TestReadBacksDenied:
    @pytest.mark.parametrize(
        ("intent", "action"),
        [("deny", "action_answer"), ("correct_that", "action_answer"),
         ("frustration", "action_frustration"), ("nlu_fallback", "action_misunderstood")],
    )  # fmt: skip
    async def test_twice(self, stranger: Caller, intent: str, action: str) -> None:
        await stranger.wants("order_status", "where is my order")
        await stranger.says(UNKNOWN[0], "provide_number")
        await stranger.says("no that's wrong", intent, action=action)
        assert not over(stranger)
        await stranger.says(UNKNOWN[0], "provide_number")
        await stranger.says("no you got it wrong again", intent, action=action)
        assert over(stranger)

    async def test_with_a_number_behind_the_no_are_put_right(self, stranger: Caller) -> None:
        await stranger.wants("order_status", "where is my order")
        await stranger.says(UNKNOWN[0], "provide_number")
        for number in ("264751", "264715"):
            heard = await stranger.says(f"no it's {spoken(number)}", "deny")
            assert heard.responses[-1] == "utter_confirm_number"
        assert not over(stranger)


class TestQuestionsThatCannotBeAnswered:
    @pytest.mark.parametrize("intent", ["nlu_fallback", "answer", "correct_that", "order_status"])
    async def test_which_order(self, maria: Caller, intent: str) -> None:
        await maria.wants("order_status", "where is my order")
        heard = await mumbles(maria, intent=intent)
        assert heard.responses[-1] == "utter_ask_which_order"
        assert not over(maria)
        await mumbles(maria, "the one you know", intent)
        assert over(maria)

    async def test_what_is_said_beside_the_point_is_no_attempt(self, maria: Caller) -> None:
        await maria.wants("order_status", "where is my order")
        await mumbles(maria)
        await maria.says("hold on", "wait", action="action_small_talk")
        await maria.says("are you open today", "opening_hours", action="action_opening_hours")
        assert not over(maria)
        await mumbles(maria)
        assert over(maria)

    async def test_a_number_that_nobody_can_read(self, stranger: Caller) -> None:
        await stranger.wants("order_status", "where is my order")
        heard = await stranger.says("i can't make it out it's smudged", "deny")
        assert heard.responses == ["utter_help_order_number", "utter_ask_order_number"]
        await stranger.says("i can't read any of it", "deny")
        assert over(stranger)

    async def test_a_known_caller_may_say_what_it_was_instead(self, maria: Caller) -> None:
        maria.slots |= {"awaiting": "order_number", "active_task": "order_status"}
        heard = await maria.says("i can't read it", "deny")
        assert heard.responses == ["utter_ask_which_order"]

    async def test_a_number_without_its_end(self, stranger: Caller) -> None:
        await stranger.wants("order_status", "where is my order")
        await stranger.says("two eight four", "provide_number")
        heard = await stranger.says("there's only two eight four", "provide_number")
        assert heard.responses == ["utter_help_order_number", "utter_ask_order_number"]
        await mumbles(stranger, "there are no more digits")
        assert over(stranger)

    async def test_pieces_of_a_number_are_answers(self, stranger: Caller) -> None:
        await stranger.wants("order_status", "where is my order")
        await mumbles(stranger)
        await stranger.says("two eight four", "provide_number")
        await mumbles(stranger)
        heard = await stranger.says("five six seven", "provide_number")
        assert heard.responses == ["utter_confirm_number"]

    async def test_by_which_way_the_code_comes(self, maria: Caller) -> None:
        await maria.says("i forgot my password", "password_reset", action="action_password_reset")
        await mumbles(maria, "the usual way")
        assert not over(maria)
        heard = await mumbles(maria, "like always")
        assert heard.responses == ["utter_reset_needs_person"]
        assert over(maria)

    async def test_in_a_reset_nobody_learns_whether_there_is_an_account(
        self, stranger: Caller
    ) -> None:
        await stranger.says("my password", "password_reset", action="action_password_reset")
        await mumbles(stranger)
        heard = await mumbles(stranger)
        assert heard.responses == ["utter_ask_contact_kind"]
        assert not over(stranger)
