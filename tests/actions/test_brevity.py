"""Two sentences at most before the caller gets the turn, whatever is said beside the point."""

from __future__ import annotations

import re
from typing import Any

import pytest

from actions.business import Business
from actions.questions import QUESTIONS
from actions.respond import respond
from actions.turn import COURTESIES, Say, SayAgain, Turn
from contact_center.seed import DEMO_CUSTOMER
from tests.actions.conftest import known
from tests.actions.test_random_callers import ACTIONS, RESPONSES, SAYINGS
from warmline.rehearsal.speakable_check import overlong

# What opens a question, as (intent, text), one turn after another.
OPENINGS: dict[str, list[tuple[str, str]]] = {
    "nothing": [],
    "order_number": [("order_status", "where is order number")],
    "rest_of_number": [("order_status", "where is it"), ("provide_number", "four eight two")],
    "confirm_number": [("order_status", "where is order one one nine five eight zero")],
    "which_order": [("order_status", "where is my order")],
    "confirm_cancel": [("cancel_order", "cancel the rain jacket")],
    "offer_trace": [("order_status", "where is the floor lamp")],
    "remedy": [("order_damaged", "the camp stove is broken")],
    "offer_label": [("return_refund", "i want to return the camp stove")],
    "contact_kind": [("password_reset", "i forgot my password")],
    "code": [("password_reset", "i forgot my password"), ("choose_contact", "by email")],
    "code_incomplete": [
        ("password_reset", "i forgot my password"),
        ("choose_contact", "by email"),
        ("enter_code", "incomplete"),
    ],
    "code_wrong": [
        ("password_reset", "i forgot my password"),
        ("choose_contact", "by email"),
        ("enter_code", "wrong"),
        ("enter_code", "wrong"),
    ],
    "go_on_with": [
        ("password_reset", "i forgot my password"),
        ("order_status", "where is the floor lamp"),
        ("affirm", "yes"),
    ],
    "anything_else": [("order_status", "where are the hiking boots")],
}
SECOND: list[dict[str, Any]] = [
    {"intent": intent, "text": text, "confidence": 0.9}
    for intent, text in (
        ("order_status", "where is the floor lamp"),
        ("order_late", "the floor lamp is late"),
        ("order_damaged", "the camp stove is broken"),
        ("cancel_order", "cancel the rain jacket"),
        ("return_refund", "i want to return the camp stove"),
        ("invoice_copy", "send me the receipt for the hiking boots"),
        ("opening_hours", "are you open on sunday"),
        ("password_reset", "i forgot my password"),
    )
]


class Line:
    """A call, with every wording that a caller may hear."""

    def __init__(self, business: Business, customer_id: int | None) -> None:
        self.business = business
        self.slots: dict[str, Any] = {"customer_id": customer_id, "tier": "standard"}
        self.last: tuple[Any, ...] = ()

    async def hears(self, intent: str, text: str, also: Any = None) -> Turn:
        metadata = {"also": also} if also else {}
        if intent == "enter_code":
            metadata = {"code": {"outcome": text, "missing": 1, "tries_left": 1}}
        turn = Turn("call-1", text, intent, 0.9, self.slots, metadata=metadata)
        turn.last_answer = tuple(self.last)
        await respond(ACTIONS.get(intent, "action_misunderstood"), turn, self.business)
        said = [each for each in turn.messages if isinstance(each, Say | SayAgain)]
        self.slots = self.slots | turn.changes
        self.last = tuple(SayAgain(each) for each in (said and longest(turn)) or ())
        if self.slots.get("handoff_reason"):
            then = Turn("call-1", text, intent, 0.9, self.slots, answered=bool(said))
            await respond("action_hand_off", then, self.business)
            turn.messages += then.messages
        return turn


def longest(turn: Turn) -> list[str]:
    """Each message in the wording with most to say."""
    texts = []
    for each in turn.messages:
        if isinstance(each, SayAgain):
            texts.append(each.text)
        elif isinstance(each, Say):
            values = {"company": "Warmline", **each.values}
            filled = [
                re.sub(r"{(\w+)}", lambda blank: str(values[blank[1]]), wording)  # noqa: B023
                for wording in RESPONSES[each.response]
            ]
            texts.append(max(filled, key=weight))
    return texts


def weight(text: str) -> tuple[int, int]:
    """How many sentences count, and how many words."""
    found = re.match(r"(\d+) sentences", overlong([text, *[TELLING] * 2]) or "")
    return int(found[1]) if found else 0, len(text.split())


TELLING = "This is a sentence of six words."


def said_by(turn: Turn) -> list[str]:
    return [each.response for each in turn.messages if isinstance(each, Say)]


async def line_of(business: Business, who: Any) -> Line:
    customer = await known(business, who.phone) if who else None
    return Line(business, customer.id if customer else None)


WHO = pytest.mark.parametrize("who", [None, DEMO_CUSTOMER], ids=["stranger", "known"])


@pytest.mark.parametrize("opening", sorted(OPENINGS))
async def test_no_aside_makes_an_answer_long(business: Business, opening: str) -> None:
    for intent, texts in SAYINGS.items():
        line = await line_of(business, DEMO_CUSTOMER)
        for each in [*OPENINGS[opening], (intent, texts[0])]:
            if not line.slots.get("handoff_reason"):
                turn = await line.hears(*each)
                assert overlong(longest(turn)) is None, (each, longest(turn))


@WHO
@pytest.mark.parametrize("first", SECOND, ids=[each["intent"] for each in SECOND])
async def test_two_requests_are_not_told_in_one_go(
    business: Business, who: Any, first: dict[str, Any]
) -> None:
    for second in (each for each in SECOND if each is not first):
        line = await line_of(business, who)
        turn = await line.hears(first["intent"], first["text"], second)
        for _ in range(3):
            assert overlong(longest(turn)) is None, (first, second, longest(turn))
            if not line.slots.get("handoff_reason"):
                turn = await line.hears("affirm", "yes")


@pytest.mark.parametrize("name", sorted(COURTESIES))
def test_what_does_not_count_is_short(name: str) -> None:
    assert all(overlong([text, TELLING, TELLING]) is None for text in RESPONSES[name])


@pytest.mark.parametrize("question", ["go_on_briefly", "other_request", "anything_else"])
def test_a_question_behind_two_sentences_is_short(question: str) -> None:
    wordings = RESPONSES[QUESTIONS[question].response]
    assert all(overlong([TELLING, TELLING, text]) is None for text in wordings)


async def test_a_second_request_that_would_be_too_much_is_offered_and_done(
    business: Business,
) -> None:
    line = await line_of(business, DEMO_CUSTOMER)
    hours = {"intent": "opening_hours", "text": "are you open on sunday", "confidence": 0.9}
    await line.hears("order_late", "the floor lamp is late", hours)
    assert line.slots["awaiting"] == "other_request"
    turn = await line.hears("affirm", "yes")
    assert said_by(turn) == ["utter_closed_on", "utter_anything_else"]


async def test_a_second_request_that_is_offered_may_be_declined_or_just_said(
    business: Business,
) -> None:
    hours = {"intent": "opening_hours", "text": "are you open on sunday", "confidence": 0.9}
    for said in (("deny", "no"), ("opening_hours", "are you open on sunday")):
        line = await line_of(business, DEMO_CUSTOMER)
        await line.hears("order_late", "the floor lamp is late", hours)
        turn = await line.hears(*said)
        assert said_by(turn)[-1] == "utter_anything_else"
        assert line.slots["pending_request"] is None
