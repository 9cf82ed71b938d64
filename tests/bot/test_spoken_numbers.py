"""Utterances of number words are recognised by rule."""

from __future__ import annotations

import pytest
from components.number_words import only_numbers
from components.spoken_numbers import recognise
from rasa.shared.nlu.training_data.message import Message


def parsed(text: str, intent: str = "out_of_scope") -> Message:
    message = Message({"text": text, "intent": {"name": intent, "confidence": 0.6}})
    recognise(message)
    return message


@pytest.mark.parametrize(
    "text",
    [
        "four eight two nine one three",
        "uh four eight um two",
        "double five triple seven",
        "forty eight twenty nine thirteen",
        "four hundred eighty two nine thirteen",
        "b four eight two nine one three",
        "b as in bravo four eight",
        "bravo four eight",
        "482913",
        "b482913",
        "three",
    ],
)
def test_numbers_are_never_taken_for_anything_else(text: str) -> None:
    message = parsed(text)
    assert message.get("intent") == {"name": "provide_number", "confidence": 1.0}
    assert [each["entity"] for each in message.get("entities")] == ["order_number"]


@pytest.mark.parametrize("text", ["m a r i a", "b as in bravo c as in charlie", "mike alpha"])
def test_letters_alone_are_spelling(text: str) -> None:
    assert parsed(text).get("intent")["name"] == "spell"


@pytest.mark.parametrize(
    "text",
    ["oh", "okay", "i", "where is my order", "november twenty fourth", "two tents please", ""],
)
def test_other_words_keep_their_intent(text: str) -> None:
    assert not only_numbers(text)
    assert parsed(text).get("intent")["name"] == "out_of_scope"


def test_a_number_inside_a_sentence_is_an_entity_and_keeps_the_intent() -> None:
    text = "where is order four eight two nine one three please"
    message = parsed(text, "order_status")
    assert message.get("intent")["name"] == "order_status"
    (entity,) = message.get("entities")
    assert entity["value"] == "four eight two nine one three"
    assert text[entity["start"] : entity["end"]] == entity["value"]


def test_small_numbers_in_a_sentence_are_no_order_numbers() -> None:
    assert not parsed("i ordered two tents", "order_status").get("entities")


def test_an_overlapping_entity_gives_way() -> None:
    text = "order four eight two nine one three"
    message = Message(
        {
            "text": text,
            "intent": {"name": "order_status", "confidence": 0.9},
            "entities": [{"entity": "time", "start": 6, "end": 10, "value": "four"}],
        }
    )
    recognise(message)
    assert [each["entity"] for each in message.get("entities")] == ["order_number"]
