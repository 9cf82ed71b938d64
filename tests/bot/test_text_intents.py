"""Intents by regression over words and letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from components.intent_regression import IntentRegression
from components.text_intents import TextIntents
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

SAID = {
    "opening_hours": ["when are you open", "what time do you close", "are you open on sunday"],
    "order_status": ["where is my order", "when does my order come", "where's my package"],
    "cancel_order": ["please cancel my order", "i want to cancel it", "stop the order"],
}
PAIRS = [(text, intent) for intent, texts in SAID.items() for text in texts]


@pytest.fixture(scope="module")
def learnt() -> TextIntents:
    return TextIntents.fit([text for text, _ in PAIRS], [intent for _, intent in PAIRS], 20.0)


@pytest.mark.parametrize(("text", "intent"), PAIRS)
def test_knows_its_examples(learnt: TextIntents, text: str, intent: str) -> None:
    assert learnt.ranking(text)[0][0] == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cancelling my order please", "cancel_order"),
        ("are you opening on Sundays", "opening_hours"),
        ("so where is the package", "order_status"),
    ],
)
def test_recognises_what_is_said_otherwise(learnt: TextIntents, text: str, intent: str) -> None:
    assert learnt.ranking(text)[0][0] == intent


@pytest.mark.parametrize("text", ["where is it", "blibbl", "\u00e9\u4e2d 7 !?"])
def test_ranks_every_intent_by_its_probability(learnt: TextIntents, text: str) -> None:
    ranking = learnt.ranking(text)
    confidences = [confidence for _, confidence in ranking]
    assert sorted(intent for intent, _ in ranking) == sorted(SAID)
    assert sum(confidences) == pytest.approx(1.0)
    assert confidences == sorted(confidences, reverse=True)


def test_is_less_sure_of_words_it_never_saw(learnt: TextIntents) -> None:
    assert learnt.ranking("blibbl blabbl")[0][1] < learnt.ranking("when are you open")[0][1]


def test_ranks_the_same_after_it_was_stored(learnt: TextIntents, tmp_path: Path) -> None:
    learnt.save(tmp_path)
    stored = TextIntents.load(tmp_path)
    for text, _ in PAIRS:
        assert [intent for intent, _ in stored.ranking(text)] == [
            intent for intent, _ in learnt.ranking(text)
        ]
        assert stored.ranking(text)[0][1] == pytest.approx(learnt.ranking(text)[0][1])


def test_two_intents_are_told_apart() -> None:
    learnt = TextIntents.fit(["yes", "yes please", "no", "no thanks"], ["y", "y", "n", "n"], 20.0)
    assert learnt.ranking("yes")[0][0] == "y"
    assert learnt.ranking("no")[0][0] == "n"


class TestComponent:
    def trained(self, storage: LocalModelStorage, resource: Resource) -> IntentRegression:
        component = IntentRegression(IntentRegression.get_default_config(), storage, resource)
        component.train(TrainingData([Message.build(text, intent) for text, intent in PAIRS]))
        return component

    def test_learns_stores_and_classifies(self, tmp_path: Path) -> None:
        storage, resource = LocalModelStorage(tmp_path), Resource("intents")
        self.trained(storage, resource)
        loaded = IntentRegression.load(
            {**IntentRegression.get_default_config(), "ranking_length": 2},
            storage,
            resource,
            None,  # type: ignore[arg-type]
        )
        message = Message({TEXT: "when are you open"})
        loaded.process([message])
        assert message.get(INTENT)["name"] == "opening_hours"
        assert len(message.get(INTENT_RANKING_KEY)) == 2

    def test_leaves_messages_without_text_alone(self, tmp_path: Path) -> None:
        message = Message({TEXT: ""})
        self.trained(LocalModelStorage(tmp_path), Resource("intents")).process([message])
        assert message.get(INTENT) is None
