"""What must hold of a conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from warmline.rehearsal.cast import CastOrder
from warmline.rehearsal.conversation_file import Conversation
from warmline.rehearsal.judgement import judge
from warmline.rehearsal.rehearse import Exchange, Played

ORDERS = {
    "boots": CastOrder("boots", "482913", "482513", ("hiking boots",)),
    "stove": CastOrder("stove", "700123", "700124", ("camp stove",), own=False),
}


def played(*exchanges: Exchange, must: dict[str, Any] | None = None, **told: Any) -> Played:
    """A call of a known customer with boots, beside a stranger's stove."""
    conversation = Conversation.model_validate(
        {
            "conversation": "A call",
            "caller": {"orders": {"boots": "hiking boots, shipped, arrives tomorrow"}},
            "others": {"stove": "camp stove, shipped, arrives tomorrow"},
            "says": ["hi"],
            "must": must or {},
        }
    )
    states = {"boots": ("shipped", "shipped"), "stove": ("shipped", "shipped")}
    return Played(
        conversation, exchanges, **{"orders": ORDERS, "matched": True, "states": states, **told}
    )


def answered(*texts: str, said: str = "hi", **told: Any) -> Exchange:
    return Exchange(said, said, texts=texts, **told)


def failed(call: Played) -> list[str]:
    return [check.name for check in judge(call).failures]


def test_a_call_in_which_all_holds_passes() -> None:
    call = played(
        answered("Your boots should arrive tomorrow."),
        must={
            "tells": ["TOMORROW"],
            "never_tells": ["lamp"],
            "order": "boots",
            "done": "order_status",
            "sends": ["email"],
            "ends": True,
        },
        confirmed=("482913",),
        tasks_done=("order_status",),
        messages=("email",),
        hung_up=True,
    )
    assert judge(call).passed, judge(call).failures


@pytest.mark.parametrize(
    ("must", "told", "name"),
    [
        ({"tells": ["friday"]}, {}, "tells"),
        ({"never_tells": ["tomorrow"]}, {}, "never tells"),
        ({"order": "boots"}, {}, "order"),
        ({"order": "none"}, {"confirmed": ("482913",)}, "order"),
        ({"done": "cancel_order"}, {"tasks_done": ("order_status",)}, "done"),
        ({"sends": ["email"]}, {}, "sends"),
        ({"sends": []}, {"messages": ("text",)}, "sends"),
        ({"ends": True}, {}, "ends"),
        ({"hands_over": "policy"}, {}, "hands over"),
        ({"hands_over": "policy"}, {"handoff": {"reason": "emotion"}}, "hands over"),
        ({}, {"handoff": {"reason": "emotion"}}, "hands over"),
        ({"changes": {"boots": "cancelled"}}, {}, "changes"),
        ({}, {"states": {"boots": ("shipped", "cancelled")}}, "changes"),
        ({}, {"failure": "it is down"}, "is answered"),
        ({}, {"gave_up": True}, "comes to an end"),
    ],
)
def test_what_does_not_hold_is_named(must: dict[str, Any], told: dict[str, Any], name: str) -> None:
    assert failed(played(answered("It arrives tomorrow."), must=must, **told)) == [name]


def test_a_return_that_was_begun_is_a_change_of_its_own() -> None:
    states = {"boots": ("delivered", "delivered")}
    wanted = {"changes": {"boots": "being returned"}}
    assert failed(played(must=wanted, states=states)) == ["changes"]
    begun = frozenset({"boots"})
    assert failed(played(must=wanted, states=states, returning=begun)) == []
    assert failed(played(states=states, returning=begun)) == []


def test_the_level_of_a_complaint_counts() -> None:
    must = {"hands_over": "complaint", "complaint_level": 1}
    handoff = {"reason": "complaint", "complaint": {"level": 2}}
    assert failed(played(must=must, handoff=handoff)) == ["complaint level"]
    handoff = {"reason": "complaint", "complaint": {"level": 1}}
    assert failed(played(must=must, handoff=handoff)) == []


def test_an_item_of_somebody_else_must_not_be_told() -> None:
    assert judge(played(answered("The camp stove comes tomorrow."))).disclosed
    # Who names it first hears nothing new.
    named = answered("I can't find a camp stove.", said="where is the camp stove")
    assert not judge(played(named)).disclosed
    assert not judge(played(answered("Your hiking boots come tomorrow."))).disclosed
    assert judge(played(answered("Your hiking boots come."), matched=False)).disclosed


def test_a_number_of_somebody_else_must_not_be_told() -> None:
    text = "I have 7 0 0, 1 2 3. Is that right?"
    assert judge(played(answered(text))).disclosed
    assert not judge(played(answered(text, number="700123"))).disclosed
    said = answered(text, said="seven zero zero one two three")
    assert not judge(played(said)).disclosed


def test_an_order_that_nobody_gave_must_not_be_confirmed() -> None:
    assert judge(played(answered("It comes."), confirmed=("700123",))).disclosed
    given = answered("It comes.", number="700123")
    assert not judge(played(given, confirmed=("700123",))).disclosed


def test_a_code_must_not_be_spoken() -> None:
    call = played(answered("Your code is 1 2 3, 4 5 6."), codes=("123456",))
    assert judge(call).codes_spoken
    assert not judge(replace(call, codes=("654321",))).codes_spoken


def test_the_same_sentence_must_not_come_twice_running_unless_it_was_asked_for() -> None:
    again = (answered("What is your order number?"), answered("What is your order number?"))
    assert failed(played(*again)) == ["says nothing twice"]
    asked = (again[0], replace(again[1], intent="repeat"))
    assert failed(played(*asked)) == []


def test_what_cannot_be_spoken_is_no_failed_task() -> None:
    verdict = judge(played(answered("See www.example.com for more.")))
    assert [check.name for check in verdict.failures] == ["can be spoken"]
    assert verdict.task_completed
    assert not verdict.passed


def test_wrong_and_missed_escalations_are_told_apart() -> None:
    wrong = judge(played(handoff={"reason": "emotion"}))
    missed = judge(played(must={"hands_over": "emotion"}))
    assert (wrong.wrongly_escalated, wrong.missed_escalation) == (True, False)
    assert (missed.wrongly_escalated, missed.missed_escalation) == (False, True)
