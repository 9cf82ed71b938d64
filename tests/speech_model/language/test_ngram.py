"""N-gram models in sorted arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.language.ngram import (
    MARKS,
    Level,
    NGramModel,
    context,
    find,
    last,
    pack,
    suffix,
    tabulate,
    unpack,
)

TOKENS = st.integers(0, (1 << 20) - 1)
TRIPLES = st.lists(st.tuples(TOKENS, TOKENS, TOKENS), min_size=1, max_size=20)


def keys(*grams: tuple[int, ...]) -> np.ndarray:
    return pack([np.array(column, np.int64) for column in zip(*grams, strict=True)])


@given(TRIPLES)
def test_packing_keeps_every_token_and_the_order(grams: list[tuple[int, int, int]]) -> None:
    packed = keys(*grams)
    assert list(zip(*unpack(packed, 3), strict=True)) == grams
    assert [grams[at] for at in np.argsort(packed, kind="stable")] == sorted(grams)


def test_parts_of_an_ngram() -> None:
    packed = keys((7, 8, 9))
    assert context(packed) == keys((7, 8))
    assert suffix(packed, 3) == keys((8, 9))
    assert last(packed) == 9


@given(st.lists(st.integers(0, 50), unique=True), st.lists(st.integers(0, 50)))
def test_keys_are_found_where_they_are(present: list[int], wanted: list[int]) -> None:
    there = np.array(sorted(present), np.int64)
    found = find(there, np.array(wanted, np.int64))
    assert [(at >= 0) for at in found] == [one in present for one in wanted]
    assert all(there[at] == one for at, one in zip(found, wanted, strict=True) if at >= 0)


@pytest.fixture
def model() -> NGramModel:
    """`<s>`, `</s>`, a, b; after "a" comes "b" with 0.9, and a tenth goes to single tokens."""
    singles = Level(
        np.arange(4), np.log([1e-300, 0.2, 0.5, 0.3]), np.array([0.0, 0.0, math.log(0.1), 0.0])
    )
    pairs = Level(keys((2, 3)), np.log([0.9]), np.zeros(1))
    return NGramModel((*MARKS, "a", "b"), (singles, pairs))


def test_what_is_written_down_is_told(model: NGramModel) -> None:
    assert np.exp(model.log_prob(keys((2, 3)), 2)) == pytest.approx(0.9)


def test_what_is_not_comes_from_the_shorter_context(model: NGramModel) -> None:
    assert np.exp(model.log_prob(keys((2, 2)), 2)) == pytest.approx(0.1 * 0.5)
    # "b" is no context: nothing is lost on the way.
    assert np.exp(model.log_prob(keys((3, 2)), 2)) == pytest.approx(0.5)


def test_longer_histories_than_it_has_are_shortened(model: NGramModel) -> None:
    assert np.exp(model.log_prob(keys((3, 2, 3)), 3)) == pytest.approx(0.9)


def test_a_history_is_as_likely_as_its_tokens_in_a_row(model: NGramModel) -> None:
    begun = model.log_history(keys((0, 2)), 2, log_begin=math.log(0.5))
    assert np.exp(begun) == pytest.approx(0.5 * 0.5)
    assert model.log_history(keys((2,)), 0) == 0.0


@given(
    st.lists(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), min_size=4, max_size=4),
    st.sets(st.tuples(st.integers(0, 3), st.integers(1, 3))),
)
def test_after_every_context_probabilities_add_up_to_one(
    weights: list[list[float]], written: set[tuple[int, int]]
) -> None:
    table = np.array(weights)
    table[:, 0] = 1e-12
    table /= table.sum(axis=1, keepdims=True)

    def log_prob(packed: np.ndarray, length: int) -> np.ndarray:
        if length == 1:
            return np.asarray(np.log(table.mean(axis=0)[packed]))
        first, second = unpack(packed, 2)
        return np.asarray(np.log(table[first, second]))

    pairs = keys(*sorted(written)) if written else np.zeros(0, np.int64)
    model = tabulate((*MARKS, "a", "b"), [np.arange(4), pairs], log_prob)
    for first in range(4):
        told = np.exp(model.log_prob(keys(*((first, second) for second in range(4))), 2))
        assert told.sum() == pytest.approx(1.0, abs=1e-4)
        for second in range(1, 4):
            if (first, second) in written:
                assert told[second] == pytest.approx(table[first, second])


def test_an_ngram_without_its_context_is_refused() -> None:
    def even(packed: np.ndarray, _length: int) -> np.ndarray:
        return np.full(len(packed), math.log(0.25))

    with pytest.raises(ValueError, match="context"):
        tabulate((*MARKS, "a", "b"), [np.arange(3), keys((3, 2))], even)
