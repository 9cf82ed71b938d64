"""Small weighted automata over words: the ways to say a number, a date, a name."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class AutomatonError(ValueError):
    """Phrases cannot be made an automaton; the message says why."""


class Arc(NamedTuple):
    """A step that says one word.

    Args:
        word: What is said; never empty.
        cost: Minus the natural logarithm of its probability.
        next: The state it leads to.
    """

    word: str
    cost: float
    next: int


@dataclass(frozen=True, slots=True)
class WordAutomaton:
    """The phrases of a word class, with their probabilities.

    State 0 is where every phrase begins; no arc leads into it and no phrase ends there, so a
    phrase has one word at least. There are no steps without a word, and no two from a state with
    the same word: so there is one way only to say a phrase. What leaves a state, its ending
    included, adds up to probability 1.

    Args:
        arcs: The steps of each state, sorted by word.
        final: The cost of ending, for each state in which a phrase may end.
    """

    arcs: tuple[tuple[Arc, ...], ...]
    final: Mapping[int, float]

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.arcs)

    @property
    def size(self) -> int:
        """How many steps it has in all."""
        return sum(map(len, self.arcs))

    def words(self) -> set[str]:
        """Collect the words of all steps."""
        return {arc.word for arcs in self.arcs for arc in arcs}

    def step(self, state: int, word: str) -> Arc | None:
        """Find the step that says a word.

        Args:
            state: Where.
            word: What.

        Returns:
            The step; None where there is none.
        """
        arcs = self.arcs[state]
        at = bisect_left(arcs, (word,))
        return arcs[at] if at < len(arcs) and arcs[at].word == word else None

    def probability(self, phrase: Sequence[str]) -> float:
        """Tell how likely a phrase is within the class.

        Args:
            phrase: Its words.

        Returns:
            Its share of the class; 0 for what is no phrase of it.
        """
        state, cost = 0, 0.0
        for word in phrase:
            arc = self.step(state, word)
            if arc is None:
                return 0.0
            state, cost = arc.next, cost + arc.cost
        return math.exp(-cost - self.final[state]) if state in self.final else 0.0

    def longest(self, words: Sequence[str]) -> int:
        """Find how far a phrase of the class reaches from the first word on.

        Args:
            words: What is said.

        Returns:
            The number of words of the longest phrase they begin with; 0 where there is none.
        """
        state, found = 0, 0
        for count, word in enumerate(words, start=1):
            arc = self.step(state, word)
            if arc is None:
                break
            state = arc.next
            if state in self.final:
                found = count
        return found
