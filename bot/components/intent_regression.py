"""A pipeline component that classifies intents by `text_intents`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.text_intents import TextIntents


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentRegression(GraphComponent):
    """Sets the intent of a message and the ranking of all others; needs no features."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How closely to follow the examples, and how many intents a ranking has."""
        return {"strength": 20.0, "ranking_length": 5}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        intents: TextIntents | None = None,
    ) -> None:
        """Make the component; untrained, it leaves messages as they are."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents = intents

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentRegression:
        """Create the component that is to be trained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have a text, and put what was learnt into the model."""
        said = [
            (example.get(TEXT), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        if len({intent for _, intent in said}) > 1:
            texts, intents = zip(*said, strict=True)
            learnt = TextIntents.fit(texts, intents, float(self._config["strength"]))
            with self._model_storage.write_to(self._resource) as folder:
                learnt.save(folder)
            self._intents = learnt
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentRegression:
        """Create the component of a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TextIntents.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify messages; one that only holds an action or an intent's name has no text."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._intents is None:
                continue
            ranking = [
                {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}
                for intent, confidence in self._intents.ranking(text)
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            shown = ranking[: int(self._config["ranking_length"])]
            message.set(INTENT_RANKING_KEY, shown, add_to_output=True)
        return messages
