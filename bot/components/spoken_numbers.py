"""A pipeline component that recognises spoken numbers by rule.

A statistical classifier is sure of "four eight two nine one three" only if it has seen enough like
it. Numbers need no luck: an utterance of number words is `provide_number` (or `spell`), and a long
run of number words inside a sentence is an `order_number`, whatever was classified before.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.number_words import SHORTEST_ORDER_NUMBER, Run, only_numbers, runs

ORDER_NUMBER = "order_number"


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=False,
)
class SpokenNumbers(GraphComponent):
    """Overrules the classifier on numbers; belongs behind it in the pipeline."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpokenNumbers:
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and entities of messages that contain numbers."""
        for message in messages:
            recognise(message)
        return messages


def recognise(message: Message) -> None:
    """Recognise the numbers of one message.

    Args:
        message: A parsed message; its intent and entities are replaced where a rule applies.
    """
    text = message.get(TEXT) or ""
    if text.startswith("/"):
        return
    found = runs(text)
    whole = only_numbers(text)
    if whole:
        spelled = all(run.spelled_only for run in found)
        name = "spell" if spelled else "provide_number"
        message.set(INTENT, {"name": name, "confidence": 1.0}, add_to_output=True)
    numbers = [
        run
        for run in found
        if not run.spelled_only and (whole or run.symbols >= SHORTEST_ORDER_NUMBER)
    ]
    if not numbers:
        return
    kept = [
        entity
        for entity in message.get(ENTITIES) or []
        if not any(_overlaps(entity, run) for run in numbers)
    ]
    entities = kept + [_entity(text, run) for run in numbers]
    message.set(ENTITIES, entities, add_to_output=True)


def _overlaps(entity: dict[str, Any], run: Run) -> bool:
    return bool(entity["start"] < run.end and run.start < entity["end"])


def _entity(text: str, run: Run) -> dict[str, Any]:
    return {
        "entity": ORDER_NUMBER,
        "start": run.start,
        "end": run.end,
        "value": text[run.start : run.end],
        "confidence_entity": 1.0,
        "extractor": "SpokenNumbers",
    }
