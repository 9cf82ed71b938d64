"""The lexicon as a transducer: from what the network tells apart to words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from speech_model.graph.fst import ARC, EPSILON, Fst
from speech_model.graph.unknown import Unknown
from speech_model.phones import PHONES, SILENCE, transition_ids, with_positions

ROOT: Final = 0
"""The state between words, where every path begins and ends."""


def lexicon_fst(
    pronunciations: Mapping[str, Sequence[Sequence[str]]],
    labels: Mapping[str, int],
    unknown: Unknown | None = None,
) -> Fst:
    """Make a prefix tree of all words.

    Between words there may be silence. A word is told at the end of its path, after its last phone,
    so that words which sound alike need no marks to be told apart.

    Args:
        pronunciations: How each word may be said, in phones without positions.
        labels: The output label of each word.
        unknown: The word for everything else; None for none.

    Returns:
        A transducer from transition ids to word labels; every path returns to `ROOT`.

    Raises:
        ValueError: A pronunciation is empty.
        KeyError: There is no such phone, or a word has no label.
    """
    tree = _Tree()
    tree.add_silence()
    for word in sorted(pronunciations):
        # The dictionary gives some words the same phones twice, with other stress.
        for pronunciation in dict.fromkeys(map(tuple, pronunciations[word])):
            tree.add_word(pronunciation, labels[word])
    if unknown is not None:
        tree.add_unknown(unknown)
    return tree.fst()


@dataclass(slots=True)
class _Tree:
    """Each state but the root stands for a phone that was entered, and loops while it lasts."""

    states: int = 1
    arcs: list[tuple[int, int, float, int]] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    children: dict[tuple[int, str], int] = field(default_factory=dict)

    def add_silence(self) -> None:
        silence = self._phone(ROOT, SILENCE)
        self._arc(silence, EPSILON, EPSILON, 0.0, ROOT)

    def add_word(self, pronunciation: Sequence[str], label: int) -> None:
        state = ROOT
        for phone in with_positions(pronunciation):
            if (state, phone) not in self.children:
                self.children[state, phone] = self._phone(state, phone)
            state = self.children[state, phone]
        self._arc(state, EPSILON, label, 0.0, ROOT)

    def add_unknown(self, unknown: Unknown) -> None:
        # Behind a state of its own, so that where nothing may be unknown one look ahead tells so.
        begin, between = self._state(), self._state()
        self._arc(ROOT, EPSILON, EPSILON, unknown.begin_cost, begin)
        for phone in PHONES:
            first = self._phone(begin, f"{phone}_B")
            inner = self._phone(between, f"{phone}_I", unknown.phone_cost)
            last = self._phone(between, f"{phone}_E", unknown.phone_cost)
            self._arc(first, EPSILON, EPSILON, 0.0, between)
            self._arc(inner, EPSILON, EPSILON, 0.0, between)
            self._arc(last, EPSILON, unknown.label, 0.0, ROOT)

    def fst(self) -> Fst:
        final = np.full(self.states, np.inf, np.float32)
        final[ROOT] = 0.0
        return Fst.of(ROOT, final, np.array(self.sources, np.int64), np.array(self.arcs, ARC))

    def _phone(self, source: int, phone: str, cost: float = 0.0) -> int:
        enter, stay = transition_ids(phone)
        state = self._state()
        self._arc(source, enter, EPSILON, cost, state)
        self._arc(state, stay, EPSILON, 0.0, state)
        return state

    def _state(self) -> int:
        self.states += 1
        return self.states - 1

    def _arc(self, source: int, ilabel: int, olabel: int, cost: float, goal: int) -> None:
        self.sources.append(source)
        self.arcs.append((ilabel, olabel, cost, goal))
