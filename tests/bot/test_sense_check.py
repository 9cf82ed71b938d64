"""A turn whose words make no sense is taken for not understood, whatever the classifier says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from components.sense_check import SenseCheck, well_said
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from tests.bot.conftest import BOT, ROOT

LIKELIEST = {"name": "order_status", "confidence": 0.47}
RANKING = [LIKELIEST, {"name": "order_late", "confidence": 0.02}]


def trained(folder: Path, data: TrainingData, **config: Any) -> SenseCheck:
    """The component as it comes out of a trained model."""
    folder.mkdir(exist_ok=True)
    settings = {**SenseCheck.get_default_config(), **config}
    stored = (LocalModelStorage(folder), Resource("sense"), ExecutionContext(GraphSchema({})))
    SenseCheck.create(settings, *stored).train(data)
    return SenseCheck.load(settings, *stored)


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> SenseCheck:
    """Trained with what the assistant is trained with."""
    return trained(tmp_path_factory.mktemp("model"), load_data(str(ROOT / "nlu_data" / "nlu")))


def classified(text: str, intent: dict[str, Any] | None = None) -> Message:
    return Message(
        {
            "text": text,
            "intent": dict(intent or LIKELIEST),
            "intent_ranking": [dict(x) for x in RANKING],
        }
    )


def doubted(check: SenseCheck, text: str) -> bool:
    (message,) = check.process([classified(text)])
    return bool(message.get("intent")["name"] == "nlu_fallback")


@pytest.mark.parametrize(
    "text",
    [
        "thin eagle round and the butter was to",
        "when forty is the cloud a hammer did",
        "the of a on and thing for",
        "package of the rain is am tree for to",
        "order where the my a is on of",
        "and but i the for was my tomorrow of",
    ],
)
def test_word_salad_is_doubted(check: SenseCheck, text: str) -> None:
    assert doubted(check, text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "um so i ordered a ukulele for my nephew and it hasn't turned up",
        "hello yes my name is anna and i would like to know until when you are open tonight",
        "the delivery guy left it in the rain and the box fell apart",
        "my order number is b as in bravo four eight two nine one three",
        "could you spell that it's k o w a l s k i",
    ],
)
def test_sensible_sentences_are_not(check: SenseCheck, text: str) -> None:
    assert not doubted(check, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tuesday",
        "the blue one",
        "expect a lawsuit",
        "of the to",
        "four eight two nine one three",
        "seven oh oh seven x dash double nine",
        "m a r i a",
        "/resume of the to my a on for",
    ],
)
def test_short_turns_numbers_and_signals_never_are(check: SenseCheck, text: str) -> None:
    assert not doubted(check, text)


def test_what_it_was_taken_for_stays_in_the_ranking(check: SenseCheck) -> None:
    (message,) = check.process([classified("the of a on and thing for")])
    intent = message.get("intent")
    assert intent["name"] == "nlu_fallback"
    assert 0 < intent["confidence"] < 0.02
    assert message.get("intent_ranking") == [intent, *RANKING]
    assert {"intent", "intent_ranking"} <= message.output_properties


def test_a_fallback_stays_as_it_is(check: SenseCheck) -> None:
    fallback = {"name": "nlu_fallback", "confidence": 0.33}
    (message,) = check.process([classified("the of a on and thing for", fallback)])
    assert message.get("intent") == fallback
    assert message.get("intent_ranking") == RANKING


def test_a_very_long_heap_is_no_error(check: SenseCheck) -> None:
    assert doubted(check, "of the to my a on for " * 500)


def test_the_limits_are_settings(tmp_path: Path) -> None:
    data = load_data(str(ROOT / "nlu_data" / "nlu"))
    patient = trained(tmp_path / "patient", data, least_evidence=-1000)
    strict = trained(tmp_path / "strict", data, fewest_words=3)
    assert not doubted(patient, "the of a on and thing for")
    assert doubted(strict, "of of of")


def test_a_sure_intent_is_not_doubted(check: SenseCheck) -> None:
    message = classified("the of a on and thing for", {**LIKELIEST, "confidence": 0.97})
    check.process([message])
    assert message.get("intent")["name"] == "order_status"


def test_without_training_nothing_is_doubted(tmp_path: Path) -> None:
    assert not doubted(trained(tmp_path, TrainingData()), "the of a on and thing for")


def test_the_recognisers_mistakes_teach_no_order() -> None:
    data = RasaYAMLReader().reads(
        """
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my order
- intent: order_status
  metadata: {misheard: true}
  examples: |
    - wear is my odor
- intent: order_late
  examples:
    - text: it is late
    - text: it his lay
      metadata: {misheard: true}
    - text: it is very late
      metadata: {source: a call}
"""
    )
    assert sorted(well_said(data)) == ["it is late", "it is very late", "where is my order"]


def test_it_is_the_last_word_of_the_assistants_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BOT)
    config = read_yaml_file("config.yml")
    names = [each["name"] for each in config["pipeline"]]
    assert names[-2:] == ["FallbackClassifier", "components.sense_check.SenseCheck"]
    graph = DefaultV1Recipe().graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    validate(graph)
