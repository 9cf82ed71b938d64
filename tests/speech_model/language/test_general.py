"""The model of general English."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from speech_model.language import general
from speech_model.language.ngram import NGramModel, pack

TEXTS = [(["the", "cat", "sleeps"], 1.0), (["the", "zebra", "sleeps"], 1.0)] * 20
COMMON = {"the": 0.05, "cat": 0.01, "sleeps": 0.001, "dog": 0.01}


def probability(model: NGramModel, said: str) -> float:
    packed = pack([np.array([model.tokens.index(word)], np.int64) for word in said.split()])
    return float(np.exp(model.log_prob(packed, len(said.split())))[0])


def test_a_model_knows_the_common_words_and_no_others() -> None:
    model = general.estimate(TEXTS, COMMON, keep=100)
    assert model.tokens == ("<s>", "</s>", "cat", "dog", "sleeps", "the")
    assert probability(model, "dog") > 0


def test_nothing_is_learnt_across_an_unknown_word() -> None:
    model = general.estimate(TEXTS, COMMON, keep=100)
    assert probability(model, "cat sleeps") > 0.5
    # "the zebra" is not "the": what follows "the" is all cats.
    assert probability(model, "the cat") > 0.5


def test_no_more_is_kept_than_wanted() -> None:
    model = general.estimate(TEXTS, COMMON, keep=2)
    assert sum(len(level.keys) for level in model.levels[1:]) <= 4


def test_the_shipped_model_knows_english() -> None:
    model = general.shipped()
    assert 20_000 <= len(model.tokens) <= 40_000
    assert sum(len(level.keys) for level in model.levels) < 250_000
    assert probability(model, "<s> thank you") > 50 * probability(model, "you")
    assert probability(model, "i don't know") > 20 * probability(model, "know")


def test_the_shipped_model_is_small_and_names_its_sources() -> None:
    assert general.SHIPPED.stat().st_size < 2_000_000
    content = gzip.decompress(general.SHIPPED.read_bytes()).decode()
    head = content[: content.index("\\data\\")]
    for name in ("Copyright 2006 by Princeton", "speechocean762", "wordfreq", "CC BY-SA 4.0"):
        assert name in head


@pytest.mark.parametrize("word", ["mister", "doctor", "yes", "password", "delivery", "don't"])
def test_the_shipped_model_has_words_as_they_are_spoken(word: str) -> None:
    assert word in general.shipped().tokens


@pytest.mark.parametrize("word", ["mr", "dr", "etc", "b", "q"])
def test_the_shipped_model_has_no_letters_and_short_forms(word: str) -> None:
    assert word not in general.shipped().tokens
