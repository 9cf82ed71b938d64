"""General English from openly licensed sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.language.english_text import (
    DEFINITION_WEIGHT,
    EXAMPLE_WEIGHT,
    TRANSCRIPT_WEIGHT,
    common_words,
    transcripts,
    wordnet,
    words,
)

LICENCE = "  1 This software and database is being provided to you by Princeton\n"
NOUN = (
    '00001740 03 n 01 lamp 0 001 @ 1 n 0000 | a source of light (usually electric); "he lit the'
    ' lamp"; "Dr. Ford\'s lamps -- all of them"\n'
)
VERB = '00001741 29 v 01 light 0 | make lighter; "he lit the lamp"; "at 10 o\'clock"\n'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    for part, text in (("noun", LICENCE + NOUN), ("verb", VERB), ("adj", LICENCE), ("adv", "")):
        (tmp_path / f"data.{part}").write_text(text, encoding="latin-1")
    return tmp_path


def test_words_are_taken_as_they_are_spoken() -> None:
    assert words("Don't tell Mr. Ford!") == ["don't", "tell", "mister", "ford"]


def test_a_sentence_with_figures_tells_nothing() -> None:
    assert words("a .22 caliber pistol") == []


def test_examples_and_definitions_are_read_once_each(database: Path) -> None:
    found = {" ".join(text): weight for text, weight in wordnet(database)}
    assert found["a source of light"] == DEFINITION_WEIGHT
    assert found["make lighter"] == DEFINITION_WEIGHT
    assert found["he lit the lamp"] == EXAMPLE_WEIGHT
    assert sum(text == ["he", "lit", "the", "lamp"] for text, _ in wordnet(database)) == 1


def test_the_licence_is_no_example(database: Path) -> None:
    assert not any("princeton" in text for text, _ in wordnet(database))


def test_speakers_for_measuring_are_left_out(tmp_path: Path) -> None:
    table = tmp_path / "refs.tsv"
    table.write_text("path\tspeaker\ttext\na\tann\tgo on\nb\tbob\tcome back\n", encoding="utf-8")
    assert list(transcripts(table, {"bob"})) == [(["go", "on"], TRANSCRIPT_WEIGHT)]


def test_common_words_are_real_words_with_a_sound() -> None:
    dictionary = {"the", "of", "a", "b", "mr", "hello", "don't"}
    found = common_words(1000, dictionary)
    assert next(iter(found)) == "the"
    # A letter is no word, and what is written short is said long.
    assert set(found) == {"the", "of", "a", "hello", "don't"}
    assert found["the"] > found["hello"] > 0
