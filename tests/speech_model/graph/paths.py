"""Small transducers for tests, and what walking through them gives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from hypothesis import strategies as st

from speech_model.graph.fst import ARC, EPSILON, Fst

Step = tuple[int, int, int, float, int]
"""From, input label, output label, cost, to."""


def made_of(steps: Iterable[Step], final: dict[int, float], states: int, start: int = 0) -> Fst:
    """Put a transducer together from its arcs."""
    steps = list(steps)
    ending = np.full(states, np.inf, np.float32)
    for state, cost in final.items():
        ending[state] = cost
    sources = np.array([source for source, *_ in steps], np.int64)
    return Fst.of(start, ending, sources, np.array([tuple(arc) for _, *arc in steps], ARC))


def steps_of(fst: Fst) -> list[Step]:
    """Take a transducer apart again."""
    return [(int(source), *arc) for source, arc in zip(fst.sources, fst.arcs.tolist(), strict=True)]


def cheapest(fst: Fst, outputs: Sequence[int]) -> float:
    """What it costs at least to write some labels; infinite where no path does."""
    costs = _without_label(fst, {fst.start: 0.0} if fst.states else {})
    for label in outputs:
        following: dict[int, float] = {}
        for state, cost in costs.items():
            for _, olabel, more, goal in _arcs(fst, state):
                if olabel == label:
                    _improve(following, goal, cost + more)
        costs = _without_label(fst, following)
    return min((cost + float(fst.final[state]) for state, cost in costs.items()), default=math.inf)


def _without_label(fst: Fst, costs: dict[int, float]) -> dict[int, float]:
    waiting = list(costs)
    while waiting:
        state = waiting.pop()
        for _, olabel, more, goal in _arcs(fst, state):
            if olabel == EPSILON and _improve(costs, goal, costs[state] + more):
                waiting.append(goal)
    return costs


def _improve(costs: dict[int, float], state: int, cost: float) -> bool:
    if cost < costs.get(state, math.inf):
        costs[state] = cost
        return True
    return False


def _arcs(fst: Fst, state: int) -> list[tuple[int, int, float, int]]:
    arcs: list[tuple[int, int, float, int]]
    arcs = fst.arcs[fst.first_arc[state] : fst.first_arc[state + 1]].tolist()
    return arcs


@st.composite
def fsts(draw: st.DrawFn, labels: int = 5) -> Fst:
    """Any transducer of few states, circles and dead ends included."""
    states = draw(st.integers(1, 8))
    numbers = st.integers(0, states - 1)
    label = st.integers(0, labels)
    cost = st.sampled_from([0.0, 0.5, 2.25])
    steps = draw(st.lists(st.tuples(numbers, label, label, cost, numbers), max_size=25))
    final = draw(st.dictionaries(numbers, cost))
    return made_of(steps, final, states, draw(numbers))
