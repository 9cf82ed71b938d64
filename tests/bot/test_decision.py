"""When a call leaves the assistant, and when it does not, by the table that designers edit."""

from __future__ import annotations

from typing import Any

import pytest
from policies.decision import Escalation, Signals, decide
from policies.table import read_table

from tests.bot.conftest import ROOT

TABLE = read_table((ROOT / "nlu_data" / "escalation.yml").read_text(encoding="utf-8"))


def decided(**signals: Any) -> Escalation | None:
    return decide(TABLE, Signals(**signals))


@pytest.mark.parametrize(
    ("signals", "reason"),
    [
        ({"intent": "talk_to_person"}, "requested"),
        ({"intent": "order_status", "text": "where is it no let me talk to a person"}, "requested"),
        ({"intent": "complaint"}, "complaint"),
        ({"intent": "safety_incident"}, "complaint"),
        ({"intent": "affirm", "affect": (0.85,)}, "emotion"),
        ({"intent": "affirm", "affect": (0.3, 0.5, 0.6)}, "emotion"),
        (
            {
                "intent": "frustration",
                "intents": ("frustration", "greet", "frustration"),
                "affect": (0.5, 0.0, 0.55),
            },
            "emotion",
        ),
        ({"intent": "frustration", "intents": ("frustration",) * 3}, "emotion"),
        ({"intent": "nlu_fallback", "misunderstandings": 1}, "low_confidence"),
        ({"intent": "out_of_scope", "misunderstandings": 1}, "low_confidence"),
        (
            {"intent": "billing_problem", "misunderstandings": 1, "confidence": 0.3},
            "low_confidence",
        ),
        ({"intent": "billing_problem"}, "complex"),
        ({"intent": "special_matter"}, "complex"),
        ({"intent": "several_troubles", "text": "what a mess with my boxes"}, "complex"),
        ({"intent": "legal_question"}, "policy"),
        ({"intent": "order_status", "text": "where is it and you charged me twice"}, "complex"),
        ({"intent": "provide_number", "failed_attempts": 3}, "repeated_failure"),
        ({"intent": "order_late", "tier": "vip"}, "policy"),
        ({"intent": "order_status", "text": "i will sue you"}, "policy"),
        (
            {"intent": "order_wrong", "problems": frozenset({"order_wrong", "order_late"})},
            "complex",
        ),
        ({"text": "it was the wrong size and it is broken and i was charged twice"}, "complex"),
    ],
)
def test_a_call_leaves(signals: dict[str, Any], reason: str) -> None:
    escalation = decided(**signals)
    assert escalation is not None
    assert escalation.reason == reason


@pytest.mark.parametrize(
    "signals",
    [
        {},
        {"intent": "order_late"},
        {"intent": "complaint", "confidence": 0.3, "text": "it should have come on monday"},
        {"intent": "safety_incident", "confidence": 0.6, "text": "i ordered a fire pit"},
        {"intent": "order_status", "tier": "gold"},
        {"intent": "frustration", "intents": ("frustration",), "affect": (0.5,)},
        {"intent": "frustration", "intents": ("frustration", "frustration"), "affect": (0.4, 0.5)},
        {
            "intent": "frustration",
            "intents": ("frustration", "frustration", "greet", "affirm", "frustration"),
        },
        {"intent": "affirm", "affect": (0.5, 0.4, 0.55)},
        {"intent": "affirm", "affect": (0.1, 0.3, 0.5)},
        {"intent": "affirm", "affect": (0.9, 0.2)},
        {"intent": "nlu_fallback", "misunderstandings": 0},
        {"intent": "nlu_fallback", "misunderstandings": 1, "answers": True},
        {"intent": "affirm", "misunderstandings": 1},
        {"intent": "order_late", "problems": frozenset({"order_late", "order_missing"})},
        {"intent": "order_damaged", "text": "my fire pit arrived broken"},
        {"intent": "billing_problem", "confidence": 0.3},
        {"intent": "special_matter", "confidence": 0.3},
        {"intent": "several_troubles", "confidence": 0.3, "text": "what a mess with my boxes"},
        {"intent": "several_troubles", "text": "the and of a for on the"},
        {"intent": "legal_question", "confidence": 0.3},
        {"intent": "legal_question", "text": "is it legal to return it without the box"},
        {"intent": "return_refund", "text": "where is my refund it has been ten days"},
    ],
)
def test_a_call_stays(signals: dict[str, Any]) -> None:
    assert decided(**signals) is None


def test_danger_comes_before_everything_else() -> None:
    escalation = decided(
        intent="talk_to_person", text="it caught fire", affect=(1.0,), handed_off=True
    )
    assert escalation == Escalation("complaint", 1, "safety", "Somebody may be hurt")


@pytest.mark.parametrize(
    ("text", "level", "category"),
    [
        ("your driver was rude to me i want to complain", 2, "staff"),
        ("i want to complain i was on hold for an hour", 2, "waiting"),
        ("i want to complain about the quality of this tent", 3, "product"),
        ("i want to complain", 3, "other"),
        ("i want to complain my lawyer will call you", 2, "legal"),
    ],
)
def test_a_complaint_is_weighed_by_its_words(text: str, level: int, category: str) -> None:
    escalation = decided(intent="complaint", text=text)
    assert escalation is not None
    assert (escalation.complaint_level, escalation.complaint_category) == (level, category)


def test_old_anger_does_not_hand_over_again_but_a_new_wish_does() -> None:
    assert decided(intent="affirm", affect=(0.9,), misunderstandings=3, handed_off=True) is None
    asking = decided(intent="talk_to_person", handed_off=True)
    assert asking is not None
    assert asking.reason == "requested"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("safety", "the lamp caught fire"),
        ("safety", "it burned my hand"),
        ("safety", "i got an electric shock"),
        ("safety", "we had to go to the hospital"),
        ("safety", "there was smoke coming out of it"),
        ("safety", "my daughter had an allergic reaction"),
        ("legal", "you will hear from my attorney"),
        ("legal", "are you liable for my floor"),
        ("legal", "by law you have to repair it"),
        ("legal", "what are my rights when it breaks"),
        ("legal", "where can somebody serve papers on you"),
        ("money", "you charged me twice"),
        ("money", "i was billed for it twice"),
        ("money", "there is a charge i don't recognize"),
        ("money", "my discount didn't come off"),
        ("money", "the gift card is empty"),
        ("money", "you sent me a refund to the wrong card"),
        ("money", "my payment was declined"),
        ("money", "i never noticed that i was overcharged"),
        ("account_of_others", "someone has been ordering stuff with my account"),
        ("account_of_others", "my husband passed away in march"),
        ("person", "could you put me through to someone"),
    ],
)
def test_warning_words(words: str, text: str) -> None:
    assert TABLE.words[words].occurs_in(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("safety", "i ordered a fire pit"),
        ("safety", "it hurts to wait"),
        ("safety", "the smoke grey jacket"),
        ("safety", "a first aid kit"),
        ("safety", "nobody really got hurt"),
        ("legal", "i would like to sew a button on"),
        ("legal", "the police jacket has not come"),
        ("legal", "do i have any legal rights to return it"),
        ("legal", "a book about law for my son"),
        ("account_of_others", "my phone died so where is my order"),
        ("account_of_others", "somebody else signed for my package"),
        ("money", "the battery was charged twice"),
        ("money", "has my refund been paid"),
        ("money", "i called you twice about the bill"),
        ("money", "do you sell gift cards"),
        ("money", "please send the bill again"),
        ("person", "am i talking to a real person"),
    ],
)
def test_what_only_looks_like_a_warning(words: str, text: str) -> None:
    assert not TABLE.words[words].occurs_in(text)


def test_a_caller_between_two_matters_for_a_person_gets_one() -> None:
    unsure = {"intent": "billing_problem", "confidence": 0.3}
    other = {"billing_problem": 0.3, "order_status": 0.29}
    both = {"billing_problem": 0.3, "special_matter": 0.29}
    assert decided(**unsure, ranking=other) is None
    escalation = decided(**unsure, ranking=both)
    assert escalation is not None
    assert escalation.reason == "complex"
