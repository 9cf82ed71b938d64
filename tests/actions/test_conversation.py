"""Small talk, repeating, not understanding, and the end of a call."""

from __future__ import annotations

import pytest

from actions.business import Business
from actions.conversation import misunderstood, repeat
from actions.turn import Instruct, Say, SayAgain, Turn
from tests.actions.conftest import Caller

DIGITS = {"type": "expect", "grammar": "digits", "length": 6}


@pytest.fixture
async def asked(stranger: Caller) -> Caller:
    """A caller who was just asked for an order number."""
    await stranger.wants("order_status", "where is my order")
    assert stranger.slots["awaiting"] == "order_number"
    return stranger


class TestMisunderstanding:
    async def test_is_counted_in_a_row(self, stranger: Caller) -> None:
        for count in (1, 2):
            heard = await stranger.says("blah", "nlu_fallback", action="action_misunderstood")
            assert heard.responses == ["utter_rephrase"]
            assert stranger.slots["misunderstandings"] == count

    async def test_is_counted_afresh_after_being_understood(self, stranger: Caller) -> None:
        await stranger.says("blah", "nlu_fallback", action="action_misunderstood")
        await stranger.wants("order_status")
        assert stranger.slots["misunderstandings"] == 0

    async def test_is_none_when_the_words_answer_the_question(self, asked: Caller) -> None:
        heard = await asked.says(
            "it's uh four eight two nine one three", "nlu_fallback", action="action_misunderstood"
        )
        assert heard.responses == ["utter_confirm_number"]

    async def test_asks_the_open_question_again_and_no_other(self, asked: Caller) -> None:
        heard = await asked.says("purple", "nlu_fallback", action="action_misunderstood")
        assert heard.responses == ["utter_not_understood", "utter_ask_order_number"]

    async def test_is_none_when_an_order_of_the_caller_is_named(self, maria: Caller) -> None:
        heard = await maria.says(
            "floor lamp left the warehouse", "nlu_fallback", action="action_misunderstood"
        )
        assert maria.slots["order_number"]
        assert "utter_rephrase" not in heard.responses

    async def test_says_what_the_line_does_not_do(self, stranger: Caller) -> None:
        heard = await stranger.says("tell me a joke", "out_of_scope", action="action_misunderstood")
        assert heard.responses == ["utter_out_of_scope", "utter_go_ahead"]

    async def test_is_none_when_it_is_surely_something_else(self, stranger: Caller) -> None:
        for _ in range(2):
            await stranger.says(
                "do you sell shoe laces", "out_of_scope", action="action_misunderstood"
            )
            assert not stranger.slots.get("misunderstandings")

    async def test_a_charge_in_dispute_goes_to_a_person(self, stranger: Caller) -> None:
        heard = await stranger.says(
            "you charged me twice", "out_of_scope", action="action_misunderstood"
        )
        assert heard.responses == ["utter_problem_needs_person"]
        assert stranger.slots["handoff_reason"] == "complex"


class TestMatterBeyondTheLine:
    """The escalation table hands over what is sure; these are turns it did not believe."""

    @pytest.mark.parametrize(
        "intent", ["billing_problem", "special_matter", "several_troubles", "legal_question"]
    )
    async def test_a_person_is_offered_and_comes_after_a_yes(
        self, stranger: Caller, intent: str
    ) -> None:
        heard = await stranger.says("it's about the gift", intent, action="action_misunderstood")
        assert heard.responses == ["utter_beyond_the_line", "utter_offer_person"]
        await stranger.says("yes please", "affirm", action="action_answer")
        assert stranger.slots["handoff_reason"] == "requested"

    async def test_counts_as_misunderstood_so_that_the_next_one_leaves(
        self, stranger: Caller
    ) -> None:
        await stranger.says("the gift thing", "special_matter", action="action_misunderstood")
        assert stranger.slots["misunderstandings"] == 1

    async def test_a_no_before_it_does_not_end_the_call(self, stranger: Caller) -> None:
        await stranger.says("thank you", "thanks", action="action_small_talk")
        assert stranger.slots["awaiting"] == "anything_else"
        heard = await stranger.says(
            "no there is something with my bill", "billing_problem", action="action_misunderstood"
        )
        assert heard.responses == ["utter_beyond_the_line", "utter_offer_person"]

    async def test_a_faint_one_does_not_drop_the_open_question(self, asked: Caller) -> None:
        turn = Turn(asked.call_id, "the bill", "billing_problem", 0.4, asked.slots)
        await misunderstood(turn, asked.business)
        heard = [each.response for each in turn.messages if isinstance(each, Say)]
        assert heard == ["utter_not_understood", "utter_ask_order_number"]


class TestWaiting:
    async def test_leaves_the_question_open(self, asked: Caller) -> None:
        heard = await asked.says("one moment", "wait", action="action_small_talk")
        assert heard.responses == ["utter_wait"]
        assert asked.slots["awaiting"] == "order_number"

    async def test_does_not_go_on_for_ever(self, asked: Caller) -> None:
        for _ in range(4):
            await asked.says("one moment", "wait", action="action_small_talk")
        heard = await asked.says("one moment", "wait", action="action_small_talk")
        assert heard.responses == ["utter_offer_person"]

    async def test_for_a_number_that_is_not_there_is_no_waiting(self, asked: Caller) -> None:
        heard = await asked.says("i don't have any here", "wait", action="action_small_talk")
        assert "utter_wait" not in heard.responses


class TestSmallTalk:
    @pytest.mark.parametrize(
        ("intent", "response"),
        [
            ("greet", "utter_still_here"),
            ("thanks", "utter_thanks"),
            ("what_can_you_do", "utter_what_can_you_do"),
            ("are_you_a_robot", "utter_are_you_a_robot"),
        ],
    )
    async def test_returns_to_the_open_question(
        self, asked: Caller, intent: str, response: str
    ) -> None:
        heard = await asked.says("hello", intent, action="action_small_talk")
        assert heard.responses == [response, "utter_ask_order_number"]

    async def test_a_greeting_asks_how_to_help_and_nothing_else(self, stranger: Caller) -> None:
        heard = await stranger.says("hello", "greet", action="action_small_talk")
        assert heard.responses == ["utter_greet"]
        assert heard.expects == {"type": "expect", "grammar": "free"}

    async def test_a_caller_who_needs_a_moment_is_not_asked_again(self, asked: Caller) -> None:
        heard = await asked.says("hold on", "wait", action="action_small_talk")
        assert heard.responses == ["utter_wait"]
        assert heard.expects == DIGITS

    async def test_a_caller_who_wants_to_ask_something_may(self, asked: Caller) -> None:
        heard = await asked.says(
            "can i ask you something", "what_can_you_do", action="action_small_talk"
        )
        assert heard.responses == ["utter_ask_away"]
        assert heard.expects == DIGITS

    async def test_thanks_at_the_end_ask_for_more_once(self, stranger: Caller) -> None:
        stranger.slots["awaiting"] = "anything_else"
        heard = await stranger.says("thank you", "thanks", action="action_small_talk")
        assert heard.responses == ["utter_thanks", "utter_anything_else"]


class TestRepeating:
    LAST = (SayAgain("It is open."), Instruct({"type": "expect", "grammar": "free"}))

    async def test_says_the_last_answer_again_behind_a_lead_in(self, business: Business) -> None:
        turn = Turn("call-1", "what", "repeat", last_answer=self.LAST)
        await repeat(turn, business)
        assert turn.messages == [Say("utter_repeat"), *self.LAST]

    async def test_slower_sets_the_pace_and_says_it_again(self, business: Business) -> None:
        turn = Turn("call-1", "slower please", "slow_down", last_answer=self.LAST)
        await repeat(turn, business)
        pace, lead_in, *rest = turn.messages
        assert pace == Instruct({"type": "pace", "pace": 0.8})
        assert lead_in == Say("utter_slow_down")
        assert rest == list(self.LAST)

    async def test_slower_still_is_slower_still(self, business: Business) -> None:
        turn = Turn("call-1", "slower", "slow_down", slots={"pace": 0.8}, last_answer=self.LAST)
        await repeat(turn, business)
        assert turn.messages[0] == Instruct({"type": "pace", "pace": 0.7})
        assert turn.messages[1] == Say("utter_even_slower")

    async def test_without_an_answer_before_says_what_can_be_asked(
        self, business: Business
    ) -> None:
        turn = Turn("call-1", "what", "repeat")
        await repeat(turn, business)
        said = [each.response for each in turn.messages if isinstance(each, Say)]
        assert said == ["utter_repeat", "utter_what_can_you_do"]

    async def test_again_and_again_offers_a_person(self, business: Business) -> None:
        turn = Turn(
            "call-1", "what", "repeat", slots={"asked": {"repeat": 3}}, last_answer=self.LAST
        )
        await repeat(turn, business)
        assert [each.response for each in turn.messages if isinstance(each, Say)] == [
            "utter_offer_person"
        ]


class TestEnd:
    async def test_nothing_else_ends_the_call_politely(self, stranger: Caller) -> None:
        stranger.slots["awaiting"] = "anything_else"
        heard = await stranger.says("no that's all", "deny")
        assert heard.responses == ["utter_goodbye"]
        assert heard.hangs_up

    async def test_something_else_keeps_the_line_open(self, stranger: Caller) -> None:
        stranger.slots["awaiting"] = "anything_else"
        heard = await stranger.says("yes", "affirm")
        assert heard.responses == ["utter_go_ahead"]
        assert not heard.hangs_up

    async def test_goodbye_hangs_up(self, stranger: Caller) -> None:
        heard = await stranger.says("bye", "goodbye", action="action_goodbye")
        assert heard.hangs_up

    async def test_declining_a_person_keeps_the_bot(self, stranger: Caller) -> None:
        stranger.slots["awaiting"] = "offer_person"
        heard = await stranger.says("no thanks", "deny")
        assert heard.responses == ["utter_anything_else"]
        assert stranger.slots.get("handoff_reason") is None
