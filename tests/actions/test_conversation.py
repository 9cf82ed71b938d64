"""Small talk, repeating, not understanding, and the end of a call."""

from __future__ import annotations

import pytest

from actions.business import Business
from actions.conversation import repeat
from actions.turn import Instruct, SayAgain, Turn
from tests.actions.conftest import Caller


async def test_the_second_misunderstanding_in_a_row_is_counted(stranger: Caller) -> None:
    for count in (1, 2):
        heard = await stranger.says("blah", "nlu_fallback", action="action_misunderstood")
        assert heard.responses == ["utter_rephrase"]
        assert stranger.slots["misunderstandings"] == count


async def test_being_understood_again_starts_the_count_afresh(maria: Caller) -> None:
    await maria.says("blah", "nlu_fallback", action="action_misunderstood")
    await maria.wants("order_status")
    assert maria.slots["misunderstandings"] == 0


async def test_what_was_not_recognised_may_still_answer_the_question(maria: Caller) -> None:
    await maria.wants("order_status")
    heard = await maria.says(
        "it's uh four eight two nine one three", "nlu_fallback", action="action_misunderstood"
    )
    assert heard.responses == ["utter_confirm_number"]


async def test_after_a_misunderstanding_the_question_is_asked_again(maria: Caller) -> None:
    await maria.wants("order_status")
    heard = await maria.says("purple", "nlu_fallback", action="action_misunderstood")
    assert heard.responses == ["utter_rephrase", "utter_ask_order_number"]


@pytest.mark.parametrize("intent", ["greet", "what_can_you_do", "are_you_a_robot"])
async def test_small_talk_returns_to_the_open_question(maria: Caller, intent: str) -> None:
    await maria.wants("order_status")
    heard = await maria.says("", intent, action="action_small_talk")
    assert heard.responses == [f"utter_{intent}", "utter_ask_order_number"]


async def test_a_caller_who_needs_a_moment_is_not_asked_again(maria: Caller) -> None:
    await maria.wants("order_status")
    heard = await maria.says("hold on", "wait", action="action_small_talk")
    assert heard.responses == ["utter_wait"]
    assert heard.expects == {"type": "expect", "grammar": "digits", "length": 6}


async def test_the_last_answer_is_said_again(business: Business) -> None:
    last = (SayAgain("It is open."), Instruct({"type": "expect", "grammar": "free"}))
    turn = Turn("call-1", "what", "repeat", last_answer=last)
    await repeat(turn, business)
    assert turn.messages[1:] == list(last)


async def test_nothing_else_ends_the_call_politely(stranger: Caller) -> None:
    stranger.slots["awaiting"] = "anything_else"
    heard = await stranger.says("no that's all", "deny")
    assert heard.responses == ["utter_goodbye"]
    assert heard.hangs_up


async def test_something_else_keeps_the_line_open(stranger: Caller) -> None:
    stranger.slots["awaiting"] = "anything_else"
    heard = await stranger.says("yes", "affirm")
    assert heard.responses == ["utter_go_ahead"]
    assert not heard.hangs_up


async def test_goodbye_hangs_up(stranger: Caller) -> None:
    heard = await stranger.says("bye", "goodbye", action="action_goodbye")
    assert heard.hangs_up


async def test_declining_a_person_keeps_the_bot(stranger: Caller) -> None:
    stranger.slots["awaiting"] = "offer_person"
    heard = await stranger.says("no thanks", "deny")
    assert heard.responses == ["utter_anything_else"]
    assert stranger.slots.get("handoff_reason") is None
