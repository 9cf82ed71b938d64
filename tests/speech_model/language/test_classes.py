"""Word classes: which there are, and where one is meant."""

from __future__ import annotations

import pytest

from speech_model.language.automaton import WordAutomaton
from speech_model.language.classes import load, with_classes
from speech_model.language.training_data import pieces


@pytest.fixture(scope="module")
def automata() -> dict[str, WordAutomaton]:
    return load({"product": {"lamp": 3, "camp stove": 0}, "day": {"sunday": 1}})


def seen(example: str, automata: dict[str, WordAutomaton]) -> str:
    return " ".join(with_classes(pieces(example), automata))


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("<order_number>", "four eight two nine one three"),
        ("<order_number>", "b four eight two nine oh three"),
        ("<order_number>", "b as in bravo four eight two nine one three"),
        ("<order_number>", "forty eight twenty nine thirteen"),
        ("<order_number>", "double five nine zero one two"),
        ("<order_number>", "four eight two"),
        ("<digits>", "nine four one one oh"),
        ("<digits>", "five five five two six eight nine one four seven"),
        ("<digit>", "oh"),
        ("<number>", "two hundred and forty"),
        ("<ordinal>", "twenty first"),
        ("<letter>", "b"),
        ("<letter>", "b as in boy"),
        ("<letter>", "bravo"),
        ("<spelling>", "m a r i a"),
        ("<spelling>", "b as in boy e as in easy n as in nancy"),
        ("<spelling>", "mike alpha romeo india alpha"),
        ("<time>", "six forty five"),
        ("<time>", "seven thirty in the morning"),
        ("<time>", "a quarter past eight"),
        ("<time>", "three p m"),
        ("<time>", "four o'clock"),
        ("<date>", "july fourth"),
        ("<date>", "the twenty sixth of december"),
        ("<date>", "march third nineteen eighty two"),
        ("<amount>", "forty nine dollars and ninety five cents"),
        ("<amount>", "a hundred and twenty dollars"),
        ("<first_name>", "maria"),
        ("<last_name>", "nguyen"),
        ("<product>", "camp stove"),
    ],
)
def test_what_callers_say_is_in_its_class(
    automata: dict[str, WordAutomaton], name: str, phrase: str
) -> None:
    assert automata[name].probability(phrase.split()) > 0


def test_what_is_in_a_list_can_be_said_before_anybody_said_it(
    automata: dict[str, WordAutomaton],
) -> None:
    assert automata["<product>"].probability(["lamp"]) == pytest.approx(0.8)
    assert automata["<product>"].probability(["camp", "stove"]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("example", "tokens"),
    [
        ("where is my [lamp](product)", "where is my <product>"),
        ("where is [four eight two nine one three](order_number)", "where is <order_number>"),
        ("are you open on [sunday](day) at [six](time)", "are you open on <day> at <time>"),
        # What the class does not have stays as it is said.
        ("where is my [kettle](product)", "where is my kettle"),
        ("it was [nine](order_number) not five", "it was nine not five"),
        # Unless it is a number as the recogniser misheard it.
        ("order [for eight to nine one three](order_number)", "order <order_number>"),
        ("by [email](contact_kind)", "by email"),
    ],
)
def test_what_is_marked_becomes_its_class(
    automata: dict[str, WordAutomaton], example: str, tokens: str
) -> None:
    assert seen(example, automata) == tokens


@pytest.mark.parametrize(
    ("example", "tokens"),
    [
        ("the code is four eight one seven two nine", "the code is <digits>"),
        ("it's spelled k a t h e r i n e", "it's spelled <spelling>"),
        ("you charged me forty dollars twice", "you charged me <amount> twice"),
        ("my name is maria lopez", "my name is <first_name> <last_name>"),
        ("hi this is anna calling", "hi this is <first_name> calling"),
    ],
)
def test_what_nobody_marked_is_found_where_it_is_certain(
    automata: dict[str, WordAutomaton], example: str, tokens: str
) -> None:
    assert seen(example, automata) == tokens


@pytest.mark.parametrize(
    "example",
    [
        "i have one two person tent",
        "i will mark it",
        "the grace of god",
        "i a",
        "this is the second time",
        "may i return it",
    ],
)
def test_what_may_be_anything_stays(automata: dict[str, WordAutomaton], example: str) -> None:
    assert seen(example, automata) == example
