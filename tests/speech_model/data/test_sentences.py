from __future__ import annotations

import random
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from speech_model.data.manifest import Utterance
from speech_model.data.sentences import Sentences, as_read_out, random_phrase, to_read_aloud
from speech_model.language.drawing import of_phrases

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
GENERAL = ["the lighthouse was painted green"]


def drawn(sentences: Sentences, count: int, seed: int = 0) -> list[str]:
    return list(islice(sentences.draw(random.Random(seed)), count))


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return Sentences.of(NLU_DATA, GENERAL)


def test_callers_say_sentences_numbers_and_general_english(sentences: Sentences) -> None:
    said = drawn(sentences, 2000)
    digits = {"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    strings = [text for text in said if len(digits.intersection(text.split())) >= 3]
    assert 0.15 < said.count(GENERAL[0]) / len(said) < 0.35
    assert len(strings) > 200
    assert len(set(said)) > 1000
    assert all(text == " ".join(text.lower().split()) for text in said)
    assert not any("<" in text or "[" in text for text in said)


def test_the_same_seed_says_the_same(sentences: Sentences) -> None:
    assert drawn(sentences, 50, seed=4) == drawn(sentences, 50, seed=4)
    assert drawn(sentences, 50, seed=4) != drawn(sentences, 50, seed=5)


def test_without_general_english_only_the_domain_is_spoken(sentences: Sentences) -> None:
    own = Sentences(sentences.examples, sentences.automata, ())
    assert GENERAL[0] not in drawn(own, 500)


def test_where_there_are_no_word_classes_only_sentences_are_said() -> None:
    assert set(drawn(Sentences([("where", "is", "it")], {}, ()), 20)) == {"where is it"}


def test_class_tokens_are_filled() -> None:
    products = of_phrases({"red lamp": 1.0})
    only = Sentences([("my", "<product>", "broke")], {"<product>": products}, ())
    assert set(drawn(only, 20)) == {"my red lamp broke"}


def test_nothing_is_read_aloud_that_is_kept_for_measuring() -> None:
    heard = [
        Utterance(Path("a.flac"), speaker, text, "fsdd", 1.0)
        for speaker, text in [
            ("george", "we call it a bear"),
            ("lucas", "we call it a bear"),
            ("george", "yes"),
            ("george", "she had your suit in wash water"),
            ("jackson", "she had your suit in wash water"),
            ("jackson", "nobody else says this"),
        ]
    ]
    assert to_read_aloud(heard) == ["we call it a bear"]


def test_phrases_are_said_as_often_as_they_are_likely() -> None:
    phrases = of_phrases({"red lamp": 3.0, "red": 1.0, "kettle": 4.0})
    chance = random.Random(0)
    counts = Counter(" ".join(random_phrase(phrases, chance)) for _ in range(4000))
    assert counts["red lamp"] == pytest.approx(1500, rel=0.1)
    assert counts["red"] == pytest.approx(500, rel=0.2)
    assert counts["kettle"] == pytest.approx(2000, rel=0.1)


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("i think i'm next", "I think I'm next"),
        ("a lamp and a kettle", "a lamp and a kettle"),
        ("it's a b c one two", "it's A B C one two"),
        ("a as in apple", "A as in apple"),
        ("as a gift", "as a gift"),
        ("x ray", "X ray"),
        ("do i want a", "do I want a"),
        ("a", "A"),
    ],
)
def test_letters_that_are_spelled_are_written_large(sentence: str, read: str) -> None:
    assert as_read_out(sentence) == read
