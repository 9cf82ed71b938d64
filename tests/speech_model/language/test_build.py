"""The language model of a line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from speech_model.language import build, classes, training_data
from speech_model.language.assembly import assemble
from speech_model.language.build import domain_model, language_model, phrases_of, sentences_of
from speech_model.language.general import shipped
from speech_model.language.mixture import mixed
from speech_model.language.model import LanguageModel
from speech_model.language.perplexity import Scorer
from warmline.places import NLU_DATA, PROJECT


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return language_model(NLU_DATA, taught=["zyrtex"])


@pytest.fixture(scope="module")
def scorer(model: LanguageModel) -> Scorer:
    return Scorer(model)


def surprise(scorer: Scorer, said: str) -> float:
    """Nats a word."""
    return -scorer.log_prob(said.split()) / (len(said.split()) + 1)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_it_is_small_enough_for_a_telephone_line(model: LanguageModel) -> None:
    assert 25_000 < len(model.words()) < 40_000
    assert model.size < 300_000
    assert sum(phrases.size for phrases in model.classes.values()) < 30_000


def test_every_word_of_the_examples_is_known(model: LanguageModel) -> None:
    data = training_data.read(NLU_DATA)
    said = {word for example in data.examples for piece in example for word in piece.words}
    assert said <= model.words()


def test_sentences_that_were_kept_apart_are_foreseen(scorer: Scorer) -> None:
    held = YAML(typ="safe", pure=True).load(
        (PROJECT / "tests/nlu_data/heldout_utterances.yml").read_text(encoding="utf-8")
    )
    sentences = [sentence.lower().split() for group in held.values() for sentence in group]
    measured = scorer.foresight(sentences)
    assert measured.perplexity < 40
    assert measured.unknown == 0


def test_examples_that_were_left_out_are_foreseen() -> None:
    data = training_data.read(NLU_DATA)
    automata = classes.load(data.word_lists)
    kept = training_data.TrainingData(
        tuple(each for at, each in enumerate(data.examples) if at % 10), data.word_lists
    )
    lines = (classes.FOLDER / build.PHRASES).read_text(encoding="utf-8").splitlines()
    sentences = [*sentences_of(kept, automata), *phrases_of(lines, automata)]
    domain = domain_model(sentences, automata, shipped().tokens)
    left_out = [[word for piece in each for word in piece.words] for each in data.examples[::10]]
    scorer = Scorer(assemble(mixed(domain, shipped(), build.SHARE), automata))
    assert scorer.foresight(left_out).perplexity < 50


@pytest.mark.parametrize(
    "said",
    [
        "four eight two nine one three",
        "my order number is seven one five two oh four",
        "it's b as in bravo four eight two nine one three",
        "yes please",
        "i want to talk to a person",
        "where is my order",
        "are you open on sunday",
    ],
)
def test_what_callers_say_is_no_surprise(scorer: Scorer, said: str) -> None:
    assert surprise(scorer, said) < 3


def test_general_english_is_understood_too(scorer: Scorer) -> None:
    assert surprise(scorer, "the weather is nice today") < 5
    assert surprise(scorer, "weather the nice today is") > 6


def test_a_taught_word_is_known_without_any_example(scorer: Scorer) -> None:
    assert math.isfinite(scorer.log_prob(["my", "zyrtex", "is", "late"]))


def test_a_new_product_is_expected_wherever_products_are(tmp_path: Path) -> None:
    nlu = (NLU_DATA / "nlu" / "orders.yml").read_text(encoding="utf-8")
    lists = (NLU_DATA / "lookups" / "products.yml").read_text(encoding="utf-8")
    write(tmp_path, "nlu/orders.yml", nlu)
    write(tmp_path, "lookups/products.yml", lists.replace("- kettle\n", "- kettle\n    - zyrtex\n"))
    scorer = Scorer(language_model(tmp_path))
    new, nonsense = "where is my zyrtex", "where is my giraffe"
    assert scorer.log_prob(new.split()) > scorer.log_prob(nonsense.split()) + 2


def test_a_new_sentence_is_expected(tmp_path: Path) -> None:
    write(
        tmp_path,
        "nlu/orders.yml",
        "nlu:\n- intent: thanks\n  examples: |\n    - your crocodile ate my parcel\n    - thanks\n",
    )
    scorer = Scorer(language_model(tmp_path))
    assert surprise(scorer, "your crocodile ate my parcel") < 4


def test_phrases_are_read_with_their_weights() -> None:
    automata = classes.load({})
    lines = ["# answers", "/40/ yes", "", "it's <digits> # a number", "/0.5/ by <contact_kind>"]
    assert phrases_of(lines, automata) == [(("yes",), 40.0), (("it's", "<digits>"), 1.0)]


def test_every_class_of_the_phrases_is_there() -> None:
    data = training_data.read(NLU_DATA)
    automata = classes.load(data.word_lists)
    lines = (classes.FOLDER / build.PHRASES).read_text(encoding="utf-8").splitlines()
    phrases = [line for line in lines if line.partition("#")[0].strip()]
    assert len(phrases_of(lines, automata)) == len(phrases)


def test_a_folder_without_training_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(training_data.TrainingDataError):
        language_model(tmp_path)
