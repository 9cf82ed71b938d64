"""What can be spoken, and that every response can."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from warmline.places import NLU_DATA
from warmline.rehearsal.speakable_check import overlong, spoken_seconds, unspeakable

# As they may be filled: the longest that is likely.
SAMPLES = {
    "company": "Northwind Outfitters",
    "number": "B, 4 8 2, 9 1 3",
    "heard": "4 8 2",
    "day": "on Wednesday, September 23",
    "until": "8:30 PM",
    "time": "8:30 AM",
    "hours": "from 8:30 AM to 6 PM",
    "who": "our returns department",
    "amount": "$149",
    "count": "3",
    "minutes": "10",
}
OTHERWISE = "the hiking boots"
RESPONSES = [
    (name, variation["text"])
    for path in sorted((NLU_DATA / "responses").glob("*.yml"))
    for name, variations in YAML(typ="safe").load(path.read_text())["responses"].items()
    for variation in variations
    if "text" in variation
]


@pytest.mark.parametrize(("name", "text"), RESPONSES)
def test_every_response_can_be_spoken(name: str, text: str) -> None:
    filled = re.sub(r"\{(\w+)\}", lambda blank: SAMPLES.get(blank[1], OTHERWISE), text)
    assert unspeakable(filled) == []


@pytest.mark.parametrize(
    "text",
    [
        "Your order with the hiking boots should arrive on Friday, September 18.",
        "We open at 8:30 AM. It costs $24.95.",
        "I have B, 4 8 2, 9 1 3. Is that right?",
        "The caf\u00e9 \u2013 it\u2019s open.",
    ],
)
def test_good_text_can_be_spoken(text: str) -> None:
    assert unspeakable(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Look at www.example.com now.", "has a web address"),
        ("It is <b>late</b>.", "has markup"),
        ("It is *late*.", "has markup"),
        ("Your {items} is late.", "has markup"),
        ("Order 482913 is late.", "has a long number in one piece"),
        ("It comes on 2026-09-18.", "has a date in figures"),
        ("It comes on 9/18.", "has a date in figures"),
        ("We close at 18:00 today.", "has a time without AM or PM"),
        ("It arrives None.", "has a value that was left empty"),
        ("Good news \U0001f600.", "has a sign nobody can say"),
        ("Bring the label (printed).", "has brackets"),
        ("It is LATE.", "has a word in capitals"),
        ("...", "says nothing"),
        ("One. Two. Three.", "has 3 sentences"),
    ],
)
def test_what_is_only_for_the_eye_is_found(text: str, problem: str) -> None:
    assert problem in unspeakable(text)


def test_numbers_count_as_the_words_they_become() -> None:
    assert spoken_seconds("4 8 2, 9 1 3") > spoken_seconds("yes")
    assert any(each.startswith("takes") for each in unspeakable("word " * 40))


def test_two_sentences_are_said_before_the_caller_has_the_turn_again() -> None:
    cancelled, asks = "It has been cancelled now.", "What else can I do for you today?"
    assert overlong([f"{cancelled} You won't be charged for it."]) is None
    assert overlong([cancelled, asks]) is None
    assert overlong(["You're welcome.", cancelled, asks, "Anything else?"]) is None
    assert overlong([f"{cancelled} You won't be charged for it.", asks]) is not None
    assert overlong(["word " * 30, "word " * 30]) is not None
