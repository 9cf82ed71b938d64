"""Look-ahead: which words can be reached from each state of a lexicon, known before composition.

Vosk composes lexicon and grammar while it decodes. So that it does not walk towards words which the
grammar does not allow, each state of the lexicon must tell which words may be the next one on its
paths. Words get new labels here, in the order in which a walk through the lexicon comes to them:
then the words behind a state are a few intervals of labels, in a prefix tree most often a single
one (Allauzen, Riley and Schalkwyk, "A generalized composition algorithm for weighted finite-state
transducers", Interspeech 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from speech_model.graph.fst import EPSILON, Fst

Interval: TypeAlias = tuple[int, int]
"""Labels from the first up to, but without, the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The labels that may be the next output after each state.

    Args:
        final_label: The label that stands for the end of a path.
        first: Where each state's intervals begin, shape (states + 1,), int64.
        intervals: Disjoint and rising for each state, shape (intervals, 2), int32.
    """

    final_label: int
    first: NDArray[np.int64]
    intervals: NDArray[np.int32]

    def of(self, state: int) -> list[Interval]:
        """List the intervals of a state."""
        told = self.intervals[self.first[state] : self.first[state + 1]]
        return [(begin, end) for begin, end in told.tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class LookAheadFst:
    """A transducer with the labels that can be reached in it.

    Args:
        fst: The transducer, sorted by output labels.
        reach: What its states lead to.
    """

    fst: Fst
    reach: Reach


def add_look_ahead(fst: Fst) -> tuple[LookAheadFst, NDArray[np.int32]]:
    """Give a transducer look-ahead on its output labels, and them the order that this needs.

    Args:
        fst: Any transducer.

    Returns:
        The transducer with new output labels, and the new label of each old one, shape (highest
        label + 1,): a grammar to compose it with must be relabelled likewise. Labels that the
        transducer does not have become -1.
    """
    walk = _Walk(fst)
    walk.run()
    highest = int(fst.arcs["olabel"].max(initial=0))
    labels = np.full(highest + 1, -1, np.int32)
    labels[EPSILON] = EPSILON
    for old, new in walk.labels.items():
        labels[old] = new
    reach = walk.reach()
    return LookAheadFst(fst.relabelled(outputs=labels).sorted_by("olabel"), reach), labels


def united(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    """Make overlapping and adjacent intervals one.

    Args:
        intervals: In any order.

    Returns:
        The same labels in as few intervals as possible, rising.
    """
    told: list[Interval] = []
    for begin, end in sorted(intervals):
        if told and begin <= told[-1][1]:
            if end > told[-1][1]:
                told[-1] = (told[-1][0], end)
        else:
            told.append((begin, end))
    return tuple(told)


class _Walk:
    """A depth-first walk along the arcs that write nothing.

    States that lead to each other in a circle reach the same labels; such components are found by
    Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM Journal on Computing
    1, 1972), which closes a component after all that it leads to.
    """

    def __init__(self, fst: Fst) -> None:
        self._fst = fst
        self._first: list[int] = fst.first_arc.tolist()
        self._output: list[int] = fst.arcs["olabel"].tolist()
        self._next: list[int] = fst.arcs["next"].tolist()
        self._ends: list[bool] = np.isfinite(fst.final).tolist()
        self._found: list[int] = [-1] * fst.states  # the place in the order of discovery
        self._low: list[int] = [0] * fst.states
        self._component: list[int] = [-1] * fst.states
        self._sets: list[tuple[Interval, ...]] = []
        self._open: list[int] = []
        self._count = 0
        self._final_label = 0
        self.labels: dict[int, int] = {}

    def run(self) -> None:
        """Visit every state, those that the start leads to first."""
        starts = [self._fst.start] if self._fst.states else []
        for state in (*starts, *range(self._fst.states)):
            if self._found[state] < 0:
                self._visit(state)

    def reach(self) -> Reach:
        """Collect what was found."""
        sets = [self._sets[component] for component in self._component]
        first = np.cumsum([0, *map(len, sets)])
        flat = [interval for each in sets for interval in each]
        # Without a final state nothing may look like one; OpenFST has -1 there.
        return Reach(self._final_label or -1, first, np.array(flat, np.int32).reshape(-1, 2))

    def _visit(self, root: int) -> None:
        self._enter(root)
        path = [(root, self._first[root])]
        while path:
            state, at = path.pop()
            end = self._first[state + 1]
            while at < end:
                goal = self._next[at]
                if self._output[at] != EPSILON:
                    self._label(self._output[at])
                elif self._found[goal] < 0:
                    path.append((state, at))  # looks at the goal again when it is done
                    self._enter(goal)
                    path.append((goal, self._first[goal]))
                    break
                elif self._component[goal] < 0:
                    self._low[state] = min(self._low[state], self._low[goal])
                at += 1
            else:
                if self._low[state] == self._found[state]:
                    self._close(state)

    def _enter(self, state: int) -> None:
        self._found[state] = self._low[state] = self._count
        self._count += 1
        self._open.append(state)

    def _label(self, old: int) -> int:
        return self.labels.setdefault(old, len(self.labels) + 1 + bool(self._final_label))

    def _label_of_end(self) -> int:
        if not self._final_label:
            self._final_label = len(self.labels) + 1
        return self._final_label

    def _close(self, root: int) -> None:
        """Sum up a component: its own labels, and those of the components it leads to."""
        members: list[int] = []
        while not members or members[-1] != root:
            members.append(self._open.pop())
            self._component[members[-1]] = len(self._sets)
        told: set[Interval] = set()
        beyond: set[int] = set()
        for state in members:
            for at in range(self._first[state], self._first[state + 1]):
                if self._output[at] != EPSILON:
                    label = self.labels[self._output[at]]
                    told.add((label, label + 1))
                else:
                    beyond.add(self._component[self._next[at]])
            if self._ends[state]:
                label = self._label_of_end()
                told.add((label, label + 1))
        beyond.discard(len(self._sets))
        for component in beyond:
            told.update(self._sets[component])
        self._sets.append(united(tuple(told)))
