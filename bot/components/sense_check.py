"""A pipeline component that doubts a turn whose words make no sense.

The classifier sees a bag of words: from a bad line, "order the of to on my a" is an order to it,
and it is sure. What `word_order` takes for a heap of words becomes `nlu_fallback`, as if the
classifier had been unsure, so that the line asks again and the second time calls a person.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_EXAMPLE,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.number_words import only_numbers
from components.word_order import WordOrder, words_of

MISHEARD = "misheard"
_STORED = "said.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SenseCheck(GraphComponent):
    """Turns heaps of words into `nlu_fallback`; belongs last in the pipeline.

    Behind `FallbackClassifier`, because that one would find the doubted intent ambiguous. Rasa has
    no way to ask for a classifier in front of a component that is trained without one.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """From where on a turn is doubted.

        `least_evidence` is what `WordOrder.evidence` must reach: at -4 a turn is doubted if its
        words are over e^4 = 55 times likelier as a heap than as a sentence. `fewest_words`:
        shorter turns are never doubted, because an answer needs no word order. `sure`: nor are
        turns whose intent is this likely; of garbled ones hardly any is.
        """
        return {"least_evidence": -4.0, "fewest_words": 4, "sure": 0.65}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        said: Sequence[str] = (),
    ) -> None:
        """Make the component; without sentences to learn from it doubts nothing."""
        self._least_evidence = float(config["least_evidence"])
        self._fewest_words = int(config["fewest_words"])
        self._sure = float(config["sure"])
        self._model_storage = model_storage
        self._resource = resource
        self._order = WordOrder(said)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SenseCheck:
        """Create the component that is to be trained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the sentences into the model.

        They are counted when the model is loaded, which takes no time to speak of: so the counts
        never belong to another way of splitting words than the turns do.
        """
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _STORED).write_text(json.dumps(well_said(training_data)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SenseCheck:
        """Create the component of a trained model."""
        with model_storage.read_from(resource) as folder:
            said = json.loads((folder / _STORED).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, said)

    def process(self, messages: list[Message]) -> list[Message]:
        """Doubt the messages that make no sense."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._may_be_doubted(text) and _confidence(message) < self._sure:
                evidence = self._order.evidence(text)
                if evidence < self._least_evidence:
                    doubt(message, _probability(evidence))
        return messages

    def _may_be_doubted(self, text: str) -> bool:
        long_enough = len(words_of(text)) >= self._fewest_words
        return long_enough and not text.startswith("/") and not only_numbers(text)


def well_said(training_data: TrainingData) -> list[str]:
    """Pick the examples that show how callers order their words.

    Args:
        training_data: With or without the recogniser's mistakes, which teach intents but no order;
            their `metadata` says `misheard: true`, for an example or for all of an intent's list.

    Returns:
        The texts of all other examples.
    """
    return [
        example.get(TEXT)
        for example in training_data.intent_examples
        if example.get(TEXT) and not _misheard(example)
    ]


def doubt(message: Message, confidence: float) -> None:
    """Take a message for not understood; what it was taken for stays in the ranking.

    Args:
        message: A classified message.
        confidence: How likely it makes sense all the same, 0 to 1.
    """
    if (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == DEFAULT_NLU_FALLBACK_INTENT_NAME:
        return
    doubted = {
        INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME,
        PREDICTED_CONFIDENCE_KEY: confidence,
    }
    ranking = message.get(INTENT_RANKING_KEY) or []
    message.set(INTENT, doubted, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [dict(doubted), *ranking], add_to_output=True)


def _confidence(message: Message) -> float:
    return float((message.get(INTENT) or {}).get(PREDICTED_CONFIDENCE_KEY) or 0.0)


def _misheard(example: Message) -> bool:
    metadata = example.get(METADATA) or {}
    told = (metadata.get(METADATA_INTENT), metadata.get(METADATA_EXAMPLE))
    return any(isinstance(each, dict) and each.get(MISHEARD) is True for each in told)


def _probability(evidence: float) -> float:
    odds = math.exp(min(evidence, 0.0))
    return odds / (1.0 + odds)
