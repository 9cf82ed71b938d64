"""Models made smaller."""

from __future__ import annotations

import numpy as np
import pytest

from speech_model.language.counting import count, discounted
from speech_model.language.ngram import MARKS, NGramModel, context, pack
from speech_model.language.pruning import pruned

WORDS = 12


@pytest.fixture(scope="module")
def sentences() -> list[tuple[list[int], float]]:
    """Words in a row, each mostly followed by the next one."""
    chance = np.random.default_rng(5)
    spoken = []
    for _ in range(400):
        at = int(chance.integers(WORDS))
        steps = np.cumsum(
            [at, *np.where(chance.random(6) < 0.8, 1, chance.integers(WORDS, size=6))]
        )
        spoken.append(([int(step) % WORDS + 2 for step in steps], 1.0))
    return spoken


@pytest.fixture(scope="module")
def model(sentences: list[tuple[list[int], float]]) -> NGramModel:
    return discounted((*MARKS, *(f"w{at}" for at in range(WORDS))), count(sentences))


def size(model: NGramModel) -> int:
    return sum(len(level.keys) for level in model.levels[1:])


def surprise(model: NGramModel, sentences: list[tuple[list[int], float]]) -> float:
    level = count(sentences)[2]
    return -float(np.average(model.log_prob(level.keys, 3), weights=level.weights))


def test_about_as_many_are_kept_as_wanted(model: NGramModel) -> None:
    smaller = pruned(model, 100)
    assert size(model) > 300
    # Contexts of what stays are kept besides.
    assert 100 <= size(smaller) < 130


def test_single_words_stay(model: NGramModel) -> None:
    assert len(pruned(model, 0).levels[0].keys) == len(model.levels[0].keys)
    assert size(pruned(model, 0)) == 0


def test_a_model_that_is_small_enough_stays_as_it_is(model: NGramModel) -> None:
    assert pruned(model, 10_000) is model


def test_every_context_of_what_stays_is_there(model: NGramModel) -> None:
    _, pairs, triples = pruned(model, 100).levels
    assert set(context(triples.keys)) <= set(pairs.keys)


def test_what_matters_stays(model: NGramModel, sentences: list[tuple[list[int], float]]) -> None:
    # A third of the model foresees nearly as well as all of it, and far better than words alone.
    third = surprise(pruned(model, size(model) // 3), sentences)
    alone = surprise(pruned(model, 0), sentences)
    whole = surprise(model, sentences)
    assert third - whole < 0.25 * (alone - whole)


def test_it_still_tells_probabilities(model: NGramModel) -> None:
    smaller = pruned(model, 60)
    tokens = np.arange(WORDS + 2)
    for first in tokens[2:]:
        for second in tokens[2:]:
            grams = pack([np.full(WORDS + 2, first), np.full(WORDS + 2, second), tokens])
            assert np.exp(smaller.log_prob(grams, 3)).sum() == pytest.approx(1.0, abs=1e-3)
