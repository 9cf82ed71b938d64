"""The language model as a transducer over words, with the phrases of its classes put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech_model.graph.fst import ARC, EPSILON, Arcs, Fst
from speech_model.graph.unknown import Unknown
from speech_model.language.automaton import WordAutomaton
from speech_model.language.model import LanguageModel


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """A language model as a decoder takes it.

    Args:
        fst: An acceptor of word labels, sorted by them.
        missing: The words of the language model that have no label, sorted; nothing that needs one
            of them can be heard.
    """

    fst: Fst
    missing: tuple[str, ...]


def grammar_fst(
    model: LanguageModel, labels: Mapping[str, int], unknown: Unknown | None = None
) -> Grammar:
    """Turn a language model into a transducer.

    Backing off is an arc without a label. An arc of a class becomes the phrases of the class,
    without such arcs: the first words of the phrases stand beside the other words that may follow,
    so that one walk through the lexicon looks for all of them.

    Args:
        model: The language model.
        labels: The label of each word that can be heard.
        unknown: The word for everything else, which may be said anywhere; None for none.

    Returns:
        The grammar, without states from which no path ends.
    """
    known = np.array([labels.get(token, -1) for token in model.tokens], np.int32)
    sources = np.repeat(np.arange(model.states), np.diff(model.first_arc))
    label = known[model.arc_token]
    is_class = np.array([token in model.classes for token in model.tokens], bool)[model.arc_token]
    plain = (label >= 0) & ~is_class
    words = _arcs(label[plain], model.arc_cost[plain], model.arc_next[plain])
    shorter = np.flatnonzero(model.backoff_state >= 0)
    backoff = _arcs(
        np.full(len(shorter), EPSILON), model.backoff_cost[shorter], model.backoff_state[shorter]
    )
    phrases = _Phrases(model.classes, labels, model.states)
    for at in np.flatnonzero(is_class).tolist():
        phrases.put_in(
            int(sources[at]),
            model.tokens[model.arc_token[at]],
            float(model.arc_cost[at]),
            int(model.arc_next[at]),
        )
    if unknown is not None:
        for state in np.flatnonzero(model.backoff_state < 0).tolist():
            phrases.step(state, unknown.label, unknown.free_cost, state)
    final = np.full(phrases.states, np.inf, np.float32)
    final[: model.states] = model.final_cost
    fst = Fst.of(
        model.start,
        final,
        np.concatenate([sources[plain], shorter, np.array(phrases.sources, np.int64)]),
        np.concatenate([words, backoff, np.array(phrases.arcs, ARC)]),
    )
    missing = sorted(_words(model) - labels.keys())
    return Grammar(fst.connected().sorted_by("ilabel"), tuple(missing))


def _words(model: LanguageModel) -> set[str]:
    """Every word that may be said, those of the classes included."""
    tokens = {model.tokens[at] for at in np.unique(model.arc_token).tolist()}
    classes = tokens & model.classes.keys()
    return (tokens - classes).union(*(model.classes[token].words() for token in classes))


@dataclass(slots=True)
class _Phrases:
    """The arcs of class phrases; phrases of a class that lead to the same state share theirs.

    Args:
        classes: The phrases of each class token.
        labels: The label of each word that can be heard.
        states: How many states there are already.
    """

    classes: Mapping[str, WordAutomaton]
    labels: Mapping[str, int]
    states: int
    sources: list[int] = field(default_factory=list)
    arcs: list[tuple[int, int, float, int]] = field(default_factory=list)
    _copies: dict[tuple[str, int], int] = field(default_factory=dict)

    def put_in(self, source: int, token: str, cost: float, goal: int) -> None:
        """Put the phrases of a class between two states."""
        offset = self._copy(token, goal)
        self._steps(token, 0, source, cost, offset, goal)

    def _copy(self, token: str, goal: int) -> int:
        """Have states for what comes after a phrase's first word; tell where they begin."""
        if (token, goal) not in self._copies:
            # State 0 of a class, which no arc leads to, is the state in front of the class.
            offset = self.states - 1
            self._copies[token, goal] = offset
            self.states += self.classes[token].states - 1
            for state in range(1, self.classes[token].states):
                self._steps(token, state, offset + state, 0.0, offset, goal)
        return self._copies[token, goal]

    def _steps(
        self, token: str, state: int, source: int, cost: float, offset: int, goal: int
    ) -> None:
        phrases = self.classes[token]
        for arc in phrases.arcs[state]:
            label = self.labels.get(arc.word)
            if label is None:
                continue
            if arc.next in phrases.final:
                end = cost + arc.cost + phrases.final[arc.next]
                self.step(source, label, end, goal)
            if phrases.arcs[arc.next]:
                self.step(source, label, cost + arc.cost, offset + arc.next)

    def step(self, source: int, label: int, cost: float, goal: int) -> None:
        """Put a single word between two states."""
        self.sources.append(source)
        self.arcs.append((label, label, cost, goal))


def _arcs(label: NDArray[np.int32], cost: NDArray[np.float32], goal: NDArray[np.int32]) -> Arcs:
    arcs = np.empty(len(label), ARC)
    arcs["ilabel"] = arcs["olabel"] = label
    arcs["cost"], arcs["next"] = cost, goal
    return arcs
