"""Counts of n-grams, and the models smoothed from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.language.counting import Counts, count, discounted, smoothed, without
from speech_model.language.ngram import BEGIN, END, MARKS, NGramModel, pack, unpack

TOKENS = (*MARKS, "a", "b", "c")
SENTENCES = st.lists(
    st.tuples(st.lists(st.integers(2, 4), max_size=5), st.floats(0.2, 4.0)),
    min_size=1,
    max_size=15,
)


def as_dict(counts: Counts, length: int) -> dict[tuple[int, ...], float]:
    columns = unpack(counts.keys, length)
    grams = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(grams, counts.weights.tolist(), strict=True))


def probability(model: NGramModel, *gram: int) -> float:
    packed = pack([np.array([token], np.int64) for token in gram])
    return float(np.exp(model.log_prob(packed, len(gram)))[0])


def test_sentences_are_counted_with_their_ends_and_weights() -> None:
    singles, pairs, triples = count([((2, 3), 1.0), ((2,), 0.5)])
    assert as_dict(singles, 1) == {(2,): 1.5, (3,): 1.0, (END,): 1.5}
    assert as_dict(pairs, 2) == {(BEGIN, 2): 1.5, (2, 3): 1.0, (3, END): 1.0, (2, END): 0.5}
    assert as_dict(triples, 3) == {(BEGIN, 2, 3): 1.0, (2, 3, END): 1.0, (BEGIN, 2, END): 0.5}


def test_no_ngram_reaches_from_one_sentence_into_the_next() -> None:
    _, pairs, _ = count([((2,), 1.0), ((3,), 1.0)])
    assert (END, BEGIN) not in as_dict(pairs, 2)
    assert (2, 3) not in as_dict(pairs, 2)


def test_after_a_token_that_stands_alone_nothing_before_it_is_remembered() -> None:
    _, pairs, triples = count([((2, 3, 4), 1.0)], alone=frozenset({3}))
    assert (3, 4) in as_dict(pairs, 2)
    assert set(as_dict(triples, 3)) == {(BEGIN, 2, 3), (3, 4, END)}


def test_ngrams_with_a_certain_token_can_be_left_out() -> None:
    singles, pairs, _ = without(count([((2, 3, 4), 1.0)]), 3)
    assert set(as_dict(singles, 1)) == {(2,), (4,), (END,)}
    assert set(as_dict(pairs, 2)) == {(BEGIN, 2), (4, END)}


@given(SENTENCES, st.sampled_from([smoothed, discounted]))
def test_a_model_tells_probabilities(
    sentences: list[tuple[list[int], float]], estimate: Callable[..., NGramModel]
) -> None:
    model = estimate(TOKENS, count(sentences))
    contexts = [(), (2,), (BEGIN,), (2, 3), (BEGIN, 2), (4, 4)]
    for context in contexts:
        told = [probability(model, *context, token) for token in range(len(TOKENS))]
        assert sum(told) == pytest.approx(1.0, abs=1e-3)
        assert told[BEGIN] == 0.0


@given(SENTENCES)
def test_what_was_said_is_likelier_than_what_was_not(
    sentences: list[tuple[list[int], float]],
) -> None:
    model = smoothed(TOKENS, count([*sentences, ((2, 3), 20.0)]))
    assert probability(model, BEGIN, 2, 3) > 0.3


def test_a_word_that_follows_many_words_is_a_likelier_surprise() -> None:
    # "c" was said as often as "b", but "b" after one word only (Kneser and Ney's example).
    tokens = (*TOKENS, "d", "e", "f")
    sentences = [((2, 3), 3.0), ((5, 4), 1.0), ((6, 4), 1.0), ((7, 4), 1.0)]
    model = smoothed(tokens, count(sentences))
    assert probability(model, 4, 4) > 2 * probability(model, 4, 3)
    plain = discounted(tokens, count(sentences))
    assert probability(plain, 4, 4) == pytest.approx(probability(plain, 4, 3))


def test_common_words_are_known_though_the_text_does_not_have_them() -> None:
    common = np.array([0.0, 0.0, 1.0, 1.0, 2.0])
    model = discounted(TOKENS, count([((2, 3), 1.0)] * 10), common)
    assert probability(model, 4) > 0.1
    # The end of a sentence is as likely as before.
    assert probability(model, END) == pytest.approx(1 / 3)
