"""Telling by its words what is said beside the point."""

from __future__ import annotations

import pytest

from actions.asides import (
    after_giving_up,
    asks_about_question,
    asks_to_ask,
    corrects,
    disputes_charge,
    gives_up,
    other_one,
    starts_over,
    task_come_back_to,
)


@pytest.mark.parametrize(
    "text",
    [
        "what's an order number",
        "what is an order number",
        "why do you need that",
        "why do you need to know that",
        "but why are you asking me this",
        "why",
        "what for",
        "where do i find it",
        "where can i find that number",
        "where would i see that",
        "where is the order number",
        "where's my order number",
        "which number do you mean",
        "what number",
        "what code",
        "what do you mean",
        "what do you need it for",
        "is it on the email",
        "how do i find my order number",
    ],
)
def test_a_question_about_the_question(text: str) -> None:
    assert asks_about_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "where's my package",
        "when are you open",
        "why is my order late",
        "why is it not here yet",
        "what is the status of my order",
        "four eight two nine one three",
        "yes",
        "where is it",
        "where can i find your store",
        "what happened to my order number four eight two nine one three",
        "which one is cheaper",
    ],
)
def test_an_answer_or_a_request_is_no_question_about_the_question(text: str) -> None:
    assert not asks_about_question(text)


@pytest.mark.parametrize(
    "text",
    ["never mind", "oh never mind", "forget it", "forget about it then", "i changed my mind",
     "no leave it", "it doesn't matter", "actually never mind"],
)  # fmt: skip
def test_giving_up(text: str) -> None:
    assert gives_up(text)


@pytest.mark.parametrize(
    "text",
    ["no", "never mind the number i want a person", "i forgot my password", "leave me alone",
     "never"],
)  # fmt: skip
def test_saying_more_is_not_giving_up(text: str) -> None:
    assert not gives_up(text)


@pytest.mark.parametrize(
    "text",
    ["start over", "let's start over please", "can we start again", "no start from the beginning",
     "i want to start over", "go back to the beginning", "from the top"],
)  # fmt: skip
def test_starting_over(text: str) -> None:
    assert starts_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "when do you start",
        "it went over the fence",
        "say it again",
        "go back",
        "eight eight zero no sorry let me start over four eight two nine one three",
        "let me start again, 482913",
    ],
)
def test_not_starting_over(text: str) -> None:
    assert not starts_over(text)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("okay back to the password", "password_reset"),
        ("let's go on with the cancellation", "cancel_order"),
        ("can we go back to my order", "order_status"),
        ("i forgot my password", None),
        ("where is my order", None),
    ],
)
def test_coming_back(text: str, task: str | None) -> None:
    assert task_come_back_to(text) == task


def test_announcing_a_question() -> None:
    assert asks_to_ask("can i ask you something")
    assert asks_to_ask("i have a question")
    assert not asks_to_ask("i have a question about my bill")


@pytest.mark.parametrize(
    "text",
    ["no the lamp", "actually it's the other one", "i meant the lamp", "not that one",
     "oh sorry i mean the boots"],
)  # fmt: skip
def test_correcting(text: str) -> None:
    assert corrects(text)


@pytest.mark.parametrize("text", ["the lamp please", "yes", "where is my lamp"])
def test_not_correcting(text: str) -> None:
    assert not corrects(text)


def test_the_other_one() -> None:
    assert other_one("actually it's the other one")
    assert not other_one("no the lamp")


@pytest.mark.parametrize(
    "text",
    [
        "you charged my card twice",
        "i paid for the tent two times",
        "i was double charged",
        "that is the wrong amount",
    ],
)
def test_disputing_a_charge(text: str) -> None:
    assert disputes_charge(text)


@pytest.mark.parametrize(
    "text", ["can i pay by card", "i called twice", "how much is the tent", "i want my money back"]
)
def test_not_disputing_a_charge(text: str) -> None:
    assert not disputes_charge(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("forget the password where's my watch", "where's my watch"),
        ("never mind that is the store open", "is the store open"),
        ("oh never mind", ""),
        ("forget about the order", ""),
    ],
)
def test_what_is_wanted_instead(text: str, rest: str) -> None:
    assert after_giving_up(text) == rest
