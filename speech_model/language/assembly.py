"""The n-gram model turned into the automaton that a graph is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from speech_model.language.automaton import WordAutomaton
from speech_model.language.model import LanguageModel
from speech_model.language.ngram import (
    BEGIN,
    END,
    Keys,
    NGramModel,
    context,
    find,
    last,
    suffix,
)


def assemble(ngrams: NGramModel, classes: Mapping[str, WordAutomaton]) -> LanguageModel:
    """Make the language model of an n-gram model.

    A state is a context after which something is written down, so two contexts that know nothing
    of their own are one.

    Args:
        ngrams: The probabilities.
        classes: The phrases of its class tokens; those of tokens it does not have are left out.

    Returns:
        The language model.
    """
    states = _States([np.unique(context(level.keys)) for level in ngrams.levels[1:]])
    sources, labels, costs, targets = [], [], [], []
    final = np.full(states.count, np.inf)
    for length, level in enumerate(ngrams.levels, start=1):
        said = last(level.keys)
        source = states.of(context(level.keys), length - 1)
        ends = said == END
        final[source[ends]] = -level.log_probs[ends]
        arcs = ~ends & (level.log_probs > -np.inf) & (level.keys != BEGIN if length == 1 else True)
        sources.append(source[arcs])
        labels.append(said[arcs])
        costs.append(-level.log_probs[arcs])
        targets.append(states.of(level.keys[arcs], length))
    source, label = np.concatenate(sources), np.concatenate(labels)
    order = np.lexsort((label, source))
    backoff_state, backoff_cost = _backoffs(ngrams, states)
    return LanguageModel(
        tokens=ngrams.tokens,
        first_arc=np.searchsorted(source[order], np.arange(states.count + 1)).astype(np.int64),
        arc_token=label[order].astype(np.int32),
        arc_cost=np.concatenate(costs)[order].astype(np.float32),
        arc_next=np.concatenate(targets)[order].astype(np.int32),
        backoff_state=backoff_state,
        backoff_cost=backoff_cost,
        final_cost=final.astype(np.float32),
        start=int(states.of(np.array([BEGIN], np.int64), 1)[0]),
        classes={token: classes[token] for token in ngrams.tokens if token in classes},
    )


class _States:
    """Numbers of contexts: the empty one first, then those of one token, then of two."""

    def __init__(self, contexts: Sequence[Keys]) -> None:
        self.contexts = contexts
        self.first = np.cumsum([1, *map(len, contexts)])
        self.count = int(self.first[-1])

    def of(self, keys: Keys, length: int) -> NDArray[np.int64]:
        """The state after each n-gram: the longest of its endings that is a context."""
        if length == 0:
            return np.zeros(len(keys), np.int64)
        if length > len(self.contexts):
            return self.of(suffix(keys, length), length - 1)
        at = find(self.contexts[length - 1], keys)
        found: NDArray[np.int64] = at + self.first[length - 1]
        missing = at < 0
        if missing.any():
            found[missing] = self.of(suffix(keys[missing], length), length - 1)
        return found


def _backoffs(ngrams: NGramModel, states: _States) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    shorter, cost = [np.array([-1], np.int64)], [np.zeros(1)]
    for length, contexts in enumerate(states.contexts, start=1):
        level = ngrams.levels[length - 1]
        shorter.append(states.of(suffix(contexts, length), length - 1))
        cost.append(-level.log_backoffs[level.find(contexts)])
    return np.concatenate(shorter).astype(np.int32), np.concatenate(cost).astype(np.float32)
