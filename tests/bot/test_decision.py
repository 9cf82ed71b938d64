"""When a call leaves the assistant, and when it does not."""

from __future__ import annotations

import pytest
from policies.decision import Escalation, Signals, decide
from policies.warning_words import legal_words, problems_named, safety_words


@pytest.mark.parametrize(
    ("signals", "reason"),
    [
        (Signals(intent="talk_to_person"), "requested"),
        (Signals(intent="complaint"), "complaint"),
        (Signals(intent="safety_incident"), "complaint"),
        (Signals(intent="affirm", affect=(0.85,)), "emotion"),
        (Signals(intent="affirm", affect=(0.3, 0.5, 0.6)), "emotion"),
        (Signals(intent="frustration", frustrations=2), "emotion"),
        (Signals(intent="nlu_fallback", misunderstandings=1), "low_confidence"),
        (Signals(intent="out_of_scope", misunderstandings=1), "low_confidence"),
        (Signals(intent="order_late", tier="vip"), "policy"),
        (Signals(intent="order_status", text="i will sue you"), "policy"),
        (
            Signals(intent="order_wrong", problems=frozenset({"order_wrong", "order_late"})),
            "complex",
        ),
        (Signals(text="it was the wrong size and it is broken and charged twice"), "complex"),
    ],
)
def test_a_call_leaves(signals: Signals, reason: str) -> None:
    escalation = decide(signals)
    assert escalation is not None
    assert escalation.reason == reason


@pytest.mark.parametrize(
    "signals",
    [
        Signals(),
        Signals(intent="order_late"),
        Signals(intent="order_status", tier="vip"),
        Signals(intent="frustration", frustrations=1, affect=(0.5,)),
        Signals(intent="affirm", affect=(0.7, 0.6, 0.65)),
        Signals(intent="affirm", affect=(0.1, 0.3, 0.5)),
        Signals(intent="affirm", affect=(0.9, 0.2)),
        Signals(intent="nlu_fallback", misunderstandings=0),
        Signals(intent="affirm", misunderstandings=1),
        Signals(intent="order_late", problems=frozenset({"order_late", "order_missing"})),
        Signals(intent="order_damaged", text="my fire pit arrived broken"),
    ],
)
def test_a_call_stays(signals: Signals) -> None:
    assert decide(signals) is None


def test_danger_comes_before_everything_else() -> None:
    signals = Signals(
        intent="talk_to_person", text="it caught fire", affect=(1.0,), handed_off=True
    )
    assert decide(signals) == Escalation("complaint", 1)


def test_a_complaint_with_a_lawyer_is_of_the_second_level() -> None:
    assert decide(Signals("complaint", "my lawyer will call you")) == Escalation("complaint", 2)


def test_old_anger_does_not_hand_over_again_but_a_new_wish_does() -> None:
    angry = Signals(intent="affirm", affect=(0.9,), misunderstandings=3, handed_off=True)
    assert decide(angry) is None
    asking = Signals(intent="talk_to_person", handed_off=True)
    assert decide(asking) == Escalation("requested")


@pytest.mark.parametrize(
    "text",
    [
        "the lamp caught fire",
        "it burned my hand",
        "i got an electric shock",
        "we had to go to the hospital",
        "there was smoke coming out of it",
        "my daughter had an allergic reaction",
    ],
)
def test_words_of_danger(text: str) -> None:
    assert safety_words(text)


@pytest.mark.parametrize(
    "text", ["i ordered a fire pit", "it hurts to wait", "the smoke grey jacket", "a first aid kit"]
)
def test_products_are_no_danger(text: str) -> None:
    assert not safety_words(text)


def test_words_of_law() -> None:
    assert legal_words("you will hear from my attorney")
    assert not legal_words("i would like to sew a button on")


def test_different_names_for_one_trouble_are_one() -> None:
    assert problems_named("it never arrived and it is late") == {"not_delivered"}
