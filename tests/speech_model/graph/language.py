"""Small language models for tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from speech_model.language.automaton import Arc, WordAutomaton
from speech_model.language.model import LanguageModel

Backoffs = Mapping[int, tuple[int, float]]


def written(
    arcs: Sequence[Sequence[Arc]],
    final: Mapping[int, float],
    backoff: Backoffs | None = None,
    classes: Mapping[str, WordAutomaton] | None = None,
    start: int = 0,
) -> LanguageModel:
    """Write a language model down state by state; the costs are as they are told."""
    tokens = sorted({arc.word for state in arcs for arc in state})
    flat = [arc for state in arcs for arc in sorted(state)]
    shorter = backoff or {}
    states = range(len(arcs))
    return LanguageModel(
        tokens=tuple(tokens),
        first_arc=np.cumsum([0, *map(len, arcs)]).astype(np.int64),
        arc_token=np.array([tokens.index(arc.word) for arc in flat], np.int32),
        arc_cost=np.array([arc.cost for arc in flat], np.float32),
        arc_next=np.array([arc.next for arc in flat], np.int32),
        backoff_state=np.array([shorter.get(at, (-1, 0.0))[0] for at in states], np.int32),
        backoff_cost=np.array([shorter.get(at, (-1, 0.0))[1] for at in states], np.float32),
        final_cost=np.array([final.get(at, math.inf) for at in states], np.float32),
        start=start,
        classes=classes or {},
    )


def sentences(*said: str, classes: Mapping[str, WordAutomaton] | None = None) -> LanguageModel:
    """A language model that knows some sentences, each as likely as the others."""
    states: list[dict[str, int]] = [{}]
    ends: set[int] = set()
    for sentence in said:
        state = 0
        for word in sentence.split():
            if word not in states[state]:
                states[state][word] = len(states)
                states.append({})
            state = states[state][word]
        ends.add(state)
    cost = math.log(len(said))
    arcs = [
        [Arc(word, cost if at == 0 else 0.0, goal) for word, goal in state.items()]
        for at, state in enumerate(states)
    ]
    return written(arcs, dict.fromkeys(ends, 0.0), classes=classes)


def phrases(*said: str) -> WordAutomaton:
    """A class of phrases, one word after the other, each as likely as the others."""
    cost = math.log(len(said))
    arcs: list[list[Arc]] = [[]]
    final: dict[int, float] = {}
    for phrase in said:
        state = 0
        for word in phrase.split():
            arcs[state].append(Arc(word, cost if state == 0 else 0.0, len(arcs)))
            state = len(arcs)
            arcs.append([])
        final[state] = 0.0
    return WordAutomaton(tuple(tuple(state) for state in arcs), final)
