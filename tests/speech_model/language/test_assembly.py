"""The automaton of an n-gram model."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.language.assembly import assemble
from speech_model.language.counting import count, smoothed
from speech_model.language.drawing import of_phrases
from speech_model.language.model import LanguageModel
from speech_model.language.ngram import BEGIN, END, MARKS, NGramModel, pack

TOKENS = (*MARKS, "a", "b", "c")
SENTENCES = st.lists(
    st.tuples(st.lists(st.integers(2, 4), max_size=5), st.just(1.0)), min_size=1, max_size=15
)


def cost(model: LanguageModel, said: Sequence[int]) -> float:
    """Minus the log probability of a sentence, looked up as the automaton says."""
    state, total = model.start, 0.0
    for token in said:
        while True:
            arc = next((a for a in model.arcs(state) if a.word == model.tokens[token]), None)
            if arc is not None:
                break
            shorter = model.backoff(state)
            if shorter is None:
                return math.inf
            state, further = shorter
            total += further
        total += arc.cost
        state = arc.next
    while (ending := model.final(state)) is None:
        shorter = model.backoff(state)
        assert shorter is not None
        state, further = shorter
        total += further
    return total + ending


def expected(ngrams: NGramModel, said: Sequence[int]) -> float:
    total, row = 0.0, [BEGIN, *said, END]
    for at in range(1, len(row)):
        gram = row[max(0, at - 2) : at + 1]
        packed = pack([np.array([token], np.int64) for token in gram])
        total -= float(ngrams.log_prob(packed, len(gram))[0])
    return total


@given(SENTENCES, st.lists(st.integers(2, 4), max_size=6))
def test_it_tells_what_the_ngrams_tell(
    sentences: list[tuple[list[int], float]], said: list[int]
) -> None:
    ngrams = smoothed(TOKENS, count(sentences))
    model = assemble(ngrams, {})
    assert cost(model, said) == pytest.approx(expected(ngrams, said), rel=1e-4, abs=1e-4)


@pytest.fixture
def model() -> LanguageModel:
    tokens = (*MARKS, "my", "<product>", "is", "late")
    sentences = [((2, 3, 4, 5), 1.0), ((3,), 1.0), ((4, 3, 5), 1.0)]
    products = of_phrases({"lamp": 1.0, "camp stove": 1.0})
    ngrams = smoothed(tokens, count(sentences, alone=frozenset({3})))
    return assemble(ngrams, {"<product>": products, "<never_said>": products})


def test_arcs_of_a_state_lie_together_sorted_by_token(model: LanguageModel) -> None:
    for state in range(model.states):
        tokens = [model.tokens.index(arc.word) for arc in model.arcs(state)]
        assert tokens == sorted(set(tokens))


def test_every_word_is_known_to_the_state_without_memory(model: LanguageModel) -> None:
    assert [arc.word for arc in model.arcs(0)] == ["my", "<product>", "is", "late"]
    assert model.backoff(0) is None
    assert model.final(0) is not None


def test_backing_off_ends_at_the_state_without_memory(model: LanguageModel) -> None:
    for start in range(1, model.states):
        way = [start]
        while (shorter := model.backoff(way[-1])) is not None and len(way) < 4:
            way.append(shorter[0])
        assert way[-1] == 0


def test_all_ways_into_a_class_that_stands_alone_lead_to_one_state(model: LanguageModel) -> None:
    goals = {
        arc.next
        for state in range(model.states)
        for arc in model.arcs(state)
        if arc.word == "<product>"
    }
    assert len(goals) == 1


def test_classes_that_no_token_names_are_left_out(model: LanguageModel) -> None:
    assert list(model.classes) == ["<product>"]


def test_its_words_are_those_of_the_classes_too(model: LanguageModel) -> None:
    assert model.words() == {"my", "is", "late", "lamp", "camp", "stove"}
