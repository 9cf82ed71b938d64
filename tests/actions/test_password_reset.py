"""A password reset by telephone, turn by turn; its rules are in `tests/reset_rules`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from actions.business import Business
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.even_time import EvenTime
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_RECENTLY_CHANGED,
    DEMO_STAFF,
    DEMO_VIP,
    ORDER_LATE,
    UNKNOWN_ORDER,
    SeedCustomer,
)
from contact_center.settings import ContactCenterSettings
from tests.actions.conftest import Caller
from tests.actions.reset_caller import CODE_EXPECTED, Clock, ResetCaller, reset_by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def business(db: Database, tmp_path: Path, clock: Clock) -> Business:
    """The company, without waiting."""
    settings = ContactCenterSettings(data_dir=tmp_path, reset_answer_s=0.0)
    return Business.over(db, settings, clock=clock, even=EvenTime(0.0, sleep=_no_wait))


async def _no_wait(_seconds: float) -> None:
    return None


@pytest.fixture
async def maria(business: Business, db: Database, clock: Clock) -> ResetCaller:
    return await reset_by(business, db, clock, DEMO_CUSTOMER)


@pytest.fixture
async def stranger(business: Business, db: Database, clock: Clock) -> ResetCaller:
    return await reset_by(business, db, clock, None)


async def test_from_the_code_to_the_link(maria: ResetCaller) -> None:
    heard = await maria.begins()
    assert heard.expects == {
        "type": "expect",
        "grammar": "choice",
        "choices": ["email", "text message"],
    }
    heard = await maria.says("by email please", "choose_contact")
    assert heard.responses == ["utter_code_sent", "utter_ask_code"]
    assert heard.expects == CODE_EXPECTED
    heard = await maria.enters(await maria.code())
    assert heard.responses == ["utter_link_sent", "utter_anything_else"]
    assert maria.slots["promises"] == [
        "A link to set a new password by e-mail, good for 30 minutes"
    ]
    assert maria.slots["active_task"] is None
    assert await maria.messages() == [("email", DEMO_CUSTOMER.email)] * 2


async def test_a_stranger_is_asked_for_an_order(stranger: ResetCaller) -> None:
    heard = await stranger.begins()
    assert heard.responses == ["utter_reset_identify", "utter_ask_order_number"]
    await stranger.gives_order(ORDER_LATE)
    assert stranger.slots["awaiting"] == "contact_kind"
    await stranger.says("text", "choose_contact")
    assert await stranger.messages() == [("text", DEMO_CUSTOMER.phone)]


async def test_without_an_order_number_it_goes_on_as_if_there_were_one(
    stranger: ResetCaller,
) -> None:
    await stranger.begins()
    await stranger.says("i don't have it", "deny")
    assert stranger.slots["awaiting"] == "contact_kind"
    heard = await stranger.says("email", "choose_contact")
    assert heard.responses == ["utter_code_sent", "utter_ask_code"]
    assert await stranger.messages() == []


async def test_a_wrong_code_may_be_tried_again(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    heard = await maria.enters("wrong!")
    assert heard.values("utter_code_wrong") == {"tries": "2 more tries"}
    heard = await maria.enters("wrong!")
    assert heard.values("utter_code_wrong_key_in") == {"tries": "one more try"}
    assert heard.expects == CODE_EXPECTED
    assert (await maria.enters(await maria.code())).responses[0] == "utter_link_sent"


async def test_three_wrong_codes_bring_a_person(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    for _ in range(3):
        heard = await maria.enters("wrong!")
    assert heard.responses == ["utter_reset_needs_person"]
    assert maria.slots["handoff_reason"] == "repeated_failure"
    assert maria.slots["actions_not_done"] == ["The code was wrong too often; no link was sent"]


async def test_what_is_missing_of_a_code_is_asked_for(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    heard = await maria.reports(outcome="incomplete", missing=2)
    assert heard.values("utter_code_incomplete") == {"missing": "2 more digits"}
    assert heard.expects == {**CODE_EXPECTED, "length": 2}
    heard = await maria.says("hold on", "wait", "action_small_talk")
    assert heard.expects == {**CODE_EXPECTED, "length": 2}
    maria.clock.wait(30)
    heard = await maria.says("can you send me a new one", "password_reset")
    assert heard.responses == ["utter_code_sent", "utter_ask_code"]
    assert heard.expects == CODE_EXPECTED


async def test_a_code_heard_short_twice_is_asked_for_by_keys_and_then_by_a_person(
    maria: ResetCaller,
) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    heard = [await maria.reports(outcome="incomplete", missing=1) for _ in range(4)]
    assert [each.responses for each in heard] == [
        ["utter_code_incomplete"],
        ["utter_key_code_in"],
        ["utter_key_code_in"],
        ["utter_reset_needs_person"],
    ]
    assert heard[1].expects == CODE_EXPECTED
    assert maria.slots["handoff_reason"] == "repeated_failure"


async def test_a_code_said_in_pieces_is_waited_for(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    for missing in (5, 4, 3, 2, 1):
        heard = await maria.reports(outcome="incomplete", missing=missing)
        assert heard.responses == ["utter_code_incomplete"]
    assert (await maria.enters(await maria.code())).responses[0] == "utter_link_sent"


async def test_after_a_short_and_a_wrong_entry_the_keys_are_asked_for(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    await maria.reports(outcome="incomplete", missing=2)
    heard = await maria.enters("wrong!")
    assert heard.responses == ["utter_code_wrong_key_in"]
    assert heard.expects == CODE_EXPECTED


@pytest.mark.parametrize("outcome", ["expired", "none_sent"])
async def test_a_code_that_is_no_longer_good_is_replaced(maria: ResetCaller, outcome: str) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    maria.clock.wait(700)
    heard = await maria.reports(outcome=outcome, tries_left=0)
    assert heard.responses == ["utter_code_expired", "utter_ask_code"]
    assert len(await maria.messages()) == 2


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("i didn't get the code", "password_reset", "action_password_reset"),
        ("send it again", "repeat", "action_answer"),
        ("it never came", "order_late", "action_order"),
        ("can you send it once more", "repeat", "action_repeat"),
        ("nothing came", "out_of_scope", "action_small_talk"),
        ("no", "deny", "action_answer"),
    ],
)
async def test_a_code_that_did_not_come_is_sent_again(
    maria: ResetCaller, text: str, intent: str, action: str
) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    maria.clock.wait(5)
    heard = await maria.says(text, intent, action)
    assert heard.responses == ["utter_code_on_its_way"]
    maria.clock.wait(30)
    heard = await maria.says(text, intent, action)
    assert heard.responses == ["utter_code_sent", "utter_ask_code"]
    assert await maria.messages() == [("email", DEMO_CUSTOMER.email)] * 2


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("send it to my phone instead", "choose_contact"),
        ("i can't get into my email", "password_reset"),
        ("try the other way", "choose_contact"),
    ],
)
async def test_it_may_come_the_other_way(maria: ResetCaller, text: str, intent: str) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    maria.clock.wait(30)
    await maria.says(text, intent)
    assert await maria.messages() == [("email", DEMO_CUSTOMER.email), ("text", DEMO_CUSTOMER.phone)]
    assert maria.slots["awaiting"] == "code"


async def test_the_fourth_code_is_a_persons(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    for _ in range(3):
        maria.clock.wait(120)
        heard = await maria.says("i didn't get it", "password_reset")
    assert heard.responses == ["utter_reset_needs_person"]
    assert maria.slots["handoff_reason"] == "repeated_failure"


async def test_who_can_reach_no_contact_gets_a_person(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("i can't get to my email or my phone", "choose_contact")
    assert maria.slots["handoff_reason"] == "policy"
    assert await maria.messages() == []


async def test_having_the_code_is_not_yet_the_code(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    heard = await maria.says("okay i got it", "affirm")
    assert heard.responses == ["utter_ask_code"]


async def test_an_order_that_did_not_come_is_an_order(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    await maria.says("my order never came", "order_late", "action_order")
    assert maria.slots["active_task"] != "password_reset"
    assert maria.slots["put_aside"][0]["awaiting"] == "code"


async def test_a_moment_is_given_to_look_for_it(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    heard = await maria.says("hold on", "wait", "action_small_talk")
    assert heard.responses == ["utter_wait"]
    assert heard.expects == CODE_EXPECTED


async def test_somebody_elses_account_is_found_by_its_order(maria: ResetCaller) -> None:
    heard = await maria.begins("my husband forgot his password")
    assert heard.responses == ["utter_reset_somebody_elses", "utter_ask_order_number"]
    await maria.gives_order(UNKNOWN_ORDER)
    await maria.says("email", "choose_contact")
    assert await maria.messages() == []


async def test_whoever_wants_to_hear_the_password_is_told_that_nobody_can(
    maria: ResetCaller,
) -> None:
    heard = await maria.begins("can you tell me my password")
    assert heard.responses == ["utter_cannot_tell_password", "utter_ask_contact_kind"]


@pytest.mark.parametrize("question", ["contact_kind", "code"])
async def test_whoever_begins_to_say_one_is_stopped(maria: ResetCaller, question: str) -> None:
    await maria.begins()
    if question == "code":
        await maria.says("email", "choose_contact")
    heard = await maria.says("my password is [hidden]", "password_reset")
    assert heard.responses[0] == "utter_no_password"
    assert maria.slots["awaiting"] == question


async def test_asking_for_it_twice_does_not_begin_twice(maria: ResetCaller) -> None:
    await maria.begins()
    heard = await maria.begins("i want to reset my password")
    assert heard.responses == ["utter_ask_contact_kind"]


@pytest.mark.parametrize("who", [DEMO_VIP, DEMO_STAFF])
async def test_vips_and_staff_are_told_openly_on_their_own_line(
    business: Business, db: Database, clock: Clock, who: SeedCustomer
) -> None:
    reset = await reset_by(business, db, clock, who)
    heard = await reset.begins()
    assert heard.responses == ["utter_reset_needs_person"]
    assert reset.slots["handoff_reason"] == "policy"


async def test_a_contact_that_changed_lately_is_told_openly_on_its_own_line(
    business: Business, db: Database, clock: Clock
) -> None:
    reset = await reset_by(business, db, clock, DEMO_RECENTLY_CHANGED)
    await reset.begins()
    heard = await reset.says("email", "choose_contact")
    assert heard.responses == ["utter_reset_needs_person"]
    assert reset.slots["handoff_reason"] == "policy"


async def test_after_a_broken_call_a_new_code_is_sent_in_the_new_one(
    maria: ResetCaller, business: Business
) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    code = await maria.code()
    await Calls(maria.db).start("call-again", DEMO_CUSTOMER.phone, "browser", maria.clock())
    again = replace(maria, caller=Caller(business, dict(maria.slots), call_id="call-again"))
    maria.clock.wait(60)
    heard = await again.enters(code)
    assert heard.responses == ["utter_code_expired", "utter_ask_code"]
    assert (await again.enters(await again.code())).responses[0] == "utter_link_sent"


async def test_a_link_that_is_no_longer_due_is_a_new_code(maria: ResetCaller) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    maria.clock.wait(60)
    heard = await maria.reports(outcome="verified", tries_left=2)
    assert heard.responses == ["utter_code_expired", "utter_ask_code"]


async def test_no_slot_and_no_message_to_the_gateway_holds_a_code(maria: ResetCaller) -> None:
    await maria.begins()
    heard = await maria.says("text message", "choose_contact")
    code = await maria.code()
    entered = await maria.enters(code)
    assert code not in f"{maria.slots}{heard.messages}{entered.messages}"
