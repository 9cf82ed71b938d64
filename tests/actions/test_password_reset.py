"""The start of a password reset by telephone."""

from __future__ import annotations

import re

import pytest

from actions.business import Business
from actions.password_reset import contact_kind
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.outbox import Outbox
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_RECENTLY_CHANGED,
    DEMO_STAFF,
    DEMO_VIP,
    ORDER_LATE,
    UNKNOWN_ORDER,
)
from tests.actions.conftest import NOW, Caller, Heard, caller_of, known
from tests.actions.test_orders import spoken


@pytest.fixture(autouse=True)
async def calls(db: Database) -> None:
    """Calls are stored before anything is said in them; codes are bound to them."""
    for call_id in ("call-1", f"call-{ORDER_LATE}", f"call-{UNKNOWN_ORDER}"):
        await Calls(db).start(call_id, None, "browser", NOW)


async def begin(caller: Caller) -> Heard:
    return await caller.says(
        "i forgot my password", "password_reset", action="action_password_reset"
    )


async def begin_by_order(caller: Caller, number: str) -> list[str]:
    """Begin as a caller whose number nobody has, and give an order number twice if need be."""
    heard = await begin(caller)
    said = list(heard.responses)
    for text, intent in ((spoken(number), "provide_number"), ("yes", "affirm")):
        heard = await caller.says(text, intent)
        said += heard.responses
    return said


async def test_rule_4_a_code_goes_to_the_contact_on_file(maria: Caller, db: Database) -> None:
    heard = await begin(maria)
    assert heard.expects == {
        "type": "expect",
        "grammar": "choice",
        "choices": ["email", "text message"],
    }
    heard = await maria.says("by email please", "choose_contact")
    assert heard.responses == ["utter_code_sent", "utter_anything_else"]
    pending = await Outbox(db).pending(10)
    assert [(each.kind, each.to) for each in pending] == [("email", DEMO_CUSTOMER.email)]


async def test_rule_9_the_same_words_whether_or_not_there_is_an_account(
    business: Business, db: Database
) -> None:
    said = {}
    for number in (ORDER_LATE, UNKNOWN_ORDER):
        caller = Caller(business, call_id=f"call-{number}")
        said[number] = await begin_by_order(caller, number)
        heard = await caller.says("by text", "choose_contact")
        said[number] += heard.responses
    assert said[ORDER_LATE] == said[UNKNOWN_ORDER]
    assert len(await Outbox(db).pending(10)) == 1


@pytest.mark.parametrize("who", [DEMO_VIP, DEMO_STAFF])
async def test_rule_16_vip_and_staff_accounts_go_to_a_person(
    business: Business, db: Database, who: object
) -> None:
    caller = caller_of(business, await known(business, who.phone))  # type: ignore[attr-defined]
    heard = await begin(caller)
    assert heard.responses == ["utter_reset_needs_person"]
    assert caller.slots["handoff_reason"] == "policy"
    assert await Outbox(db).pending(10) == []


async def test_rule_10_a_contact_that_changed_lately_goes_to_a_person(
    business: Business, db: Database
) -> None:
    caller = caller_of(business, await known(business, DEMO_RECENTLY_CHANGED.phone))
    await begin(caller)
    heard = await caller.says("email", "choose_contact")
    assert heard.responses == ["utter_reset_needs_person"]
    assert caller.slots["handoff_reason"] == "policy"
    assert await Outbox(db).pending(10) == []


async def test_no_slot_and_no_message_to_the_gateway_holds_a_code(
    maria: Caller, db: Database
) -> None:
    await begin(maria)
    heard = await maria.says("text message", "choose_contact")
    code = re.search(r"\d{6}", (await Outbox(db).pending(1))[0].body)
    assert code is not None
    assert code.group() not in f"{maria.slots}{heard.messages}"


async def test_an_unclear_choice_is_asked_again_once(maria: Caller) -> None:
    await begin(maria)
    heard = await maria.says("whatever", "nlu_fallback", action="action_misunderstood")
    assert heard.responses == ["utter_rephrase", "utter_ask_contact_kind"]
    await maria.says("dunno", "nlu_fallback", action="action_misunderstood")
    assert maria.slots["handoff_reason"] == "repeated_failure"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("email", "email"),
        ("send it by e-mail", "email"),
        ("the first one", "email"),
        ("text message", "text"),
        ("to my phone", "text"),
        ("the second", "text"),
        ("email or text i don't care", None),
        ("hello", None),
    ],
)
def test_ways_to_choose(text: str, kind: str | None) -> None:
    assert contact_kind(text) == kind
