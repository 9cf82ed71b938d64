"""A designer adds words, and calls hear them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph.build import words_of
from speech_model.graph.lesson import Lesson, NewWord, Source
from speech_model.graph.teaching import teach
from speech_model.language.training_data import TrainingDataError
from speech_model.lexicon.user_words import UserWordsError
from tests.speech_model.graph.hearing import heard, spoken
from voice_gateway.speech.caller_voice import CallerVoice

NLU_DATA = SHIPPED_PATH.parents[1] / "nlu_data"
PRODUCTS = "lookups/products.yml"
FIRST_PRODUCT = "    - hiking boots\n"


def with_products(nlu_data: Path, *products: str) -> None:
    """Add products to the designers' list."""
    path = nlu_data / PRODUCTS
    text = path.read_text()
    assert FIRST_PRODUCT in text
    added = "".join(f"    - {product}\n" for product in products)
    path.write_text(text.replace(FIRST_PRODUCT, FIRST_PRODUCT + added, 1))


@pytest.fixture
def nlu_data(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data"
    shutil.copytree(NLU_DATA, folder)
    return folder


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lesson]:
    """A model that was taught two products, of one of which it was told how it is said."""
    work = tmp_path_factory.mktemp("taught")
    shutil.copytree(NLU_DATA, work / "nlu_data")
    with_products(work / "nlu_data", "zyrtex", "vorlumi tent", "size 42 boots")
    with (work / "nlu_data" / "pronunciations.txt").open("a") as file:
        file.write("vorlumi = vor loomy\n")
    return work / "model", teach(SHIPPED_PATH, work / "nlu_data", work / "model")


@pytest.mark.parametrize("said", ["where is my zyrtex", "i want to return the zyrtex"])
def test_a_new_product_is_heard_after_teaching_and_not_before(
    taught: tuple[Path, Lesson], said: str
) -> None:
    model, _ = taught
    audio = spoken(CallerVoice(), said)
    assert "zyrtex" not in heard(SHIPPED_PATH, audio)
    assert heard(model, audio) == said


def test_new_words_are_told_with_how_they_are_said_and_who_says_so(
    taught: tuple[Path, Lesson],
) -> None:
    _, lesson = taught
    new = {word.word: word for word in lesson.new}
    assert new["zyrtex"].source == Source.spelling
    assert new["zyrtex"].pronunciations[0][-4:] == ("T", "EH", "K", "S")
    assert new["vorlumi"] == NewWord(
        "vorlumi", (("V", "AO", "R", "L", "UW", "M", "IY"),), Source.designers
    )
    assert "order" not in new


def test_all_words_of_the_line_can_be_heard_afterwards(taught: tuple[Path, Lesson]) -> None:
    model, lesson = taught
    known = words_of(model)
    assert {"zyrtex", "vorlumi", "tent", "order", "[unk]"} <= known.keys()
    assert lesson.words == len(known) - len(("<eps>", "[unk]"))


def test_what_is_not_written_as_it_is_said_is_named(taught: tuple[Path, Lesson]) -> None:
    _, lesson = taught
    assert lesson.missing == ("42",)


def test_a_model_with_a_lexicon_of_its_own_tells_what_it_lacks(
    tmp_path: Path, nlu_data: Path
) -> None:
    official = tmp_path / "official"
    shutil.copytree(SHIPPED_PATH, official)
    (official / "graph" / "phones.txt").write_text("<eps> 0\nanother 1\n")
    with_products(nlu_data, "zyrtex")
    lesson = teach(official, nlu_data, tmp_path / "taught")
    assert "zyrtex" in lesson.missing
    assert "order" not in lesson.missing
    assert lesson.new == ()
    assert words_of(tmp_path / "taught") == words_of(official)
    said = "where is my order"
    assert heard(tmp_path / "taught", spoken(CallerVoice(), said)) == said


def test_a_network_fresh_from_training_becomes_a_whole_model(
    tmp_path: Path, nlu_data: Path
) -> None:
    for part in ("am", "conf"):
        shutil.copytree(SHIPPED_PATH / part, tmp_path / "fresh" / part)
    lesson = teach(tmp_path / "fresh", nlu_data, tmp_path / "model")
    assert lesson.words == len(lesson.new)
    said = "where is my order"
    assert heard(tmp_path / "model", spoken(CallerVoice(), said)) == said


def test_mistakes_of_the_designers_are_told(tmp_path: Path, nlu_data: Path) -> None:
    (nlu_data / "pronunciations.txt").write_text("zyrtex zur tex\n")
    with pytest.raises(UserWordsError, match="line 1"):
        teach(SHIPPED_PATH, nlu_data, tmp_path / "taught")
    (nlu_data / "pronunciations.txt").unlink()
    (nlu_data / PRODUCTS).write_text("no: training data")
    with pytest.raises(TrainingDataError, match=r"products\.yml"):
        teach(SHIPPED_PATH, nlu_data, tmp_path / "taught")
    assert not (tmp_path / "taught").exists()
