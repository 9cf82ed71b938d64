"""Where a turn is cut into two requests."""

from __future__ import annotations

import pytest
from channels.breath import Halves, Understood, also, cuts, two_requests


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("where are my boots and are you open on sunday", "where are my boots",
         "are you open on sunday"),
        ("cancel the tent and then tell me when the lamp comes", "cancel the tent",
         "tell me when the lamp comes"),
        ("i forgot my password and i also want to know where my coat is", "i forgot my password",
         "i also want to know where my coat is"),
        ("tell me where my bicycle is and also i think i forgot my password",
         "tell me where my bicycle is", "i think i forgot my password"),
        ("my lamp came broken and can you tell me until when the store is open today",
         "my lamp came broken", "can you tell me until when the store is open today"),
        ("Where is my order? And when are you open?", "Where is my order", "when are you open?"),
        ("i need my password plus where is my order", "i need my password", "where is my order"),
        ("where is my order what time do you close today", "where is my order",
         "what time do you close today"),
    ],
)  # fmt: skip
def test_a_turn_may_be_cut_between_two_requests(text: str, first: str, second: str) -> None:
    assert Halves(first, second) in cuts(text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "four eight two and nine one three",
        "boots and a lamp",
        "i ordered a table and two chairs",
        "yes and no",
        "/start_call",
        "",
        "then",
        "and where is it",
        "oh hi where is my order",
        "i want to know where my order is",
    ],
)
def test_most_turns_are_not_cut(text: str) -> None:
    assert cuts(text) == []


def understood(intent: str, confidence: float = 0.95) -> Understood:
    return Understood(intent, confidence)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("order_status", "opening_hours"),
        ("cancel_order", "order_status"),
        ("order_status", "cancel_order"),
        ("password_reset", "order_late"),
        ("return_refund", "invoice_copy"),
        ("order_damaged", "opening_hours"),
    ],
)
def test_two_tasks_of_different_kinds_are_two_requests(first: str, second: str) -> None:
    assert two_requests(understood(first), understood(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("order_status", "order_late"),
        ("order_late", "cancel_order"),
        ("order_damaged", "return_refund"),
        ("cancel_order", "return_refund"),
        ("order_status", "affirm"),
        ("order_status", "talk_to_person"),
        ("safety_incident", "order_status"),
    ],
)
def test_a_trouble_and_what_should_follow_from_it_are_one_request(first: str, second: str) -> None:
    assert not two_requests(understood(first), understood(second))


def test_a_half_that_is_hardly_understood_is_no_request() -> None:
    assert not two_requests(understood("order_status"), understood("opening_hours", 0.5))


def test_the_second_request_travels_with_its_words() -> None:
    halves = Halves("where are my boots", "are you open")
    assert also(halves, understood("opening_hours", 0.98765)) == {
        "intent": "opening_hours",
        "text": "are you open",
        "confidence": 0.988,
    }
