"""The finished language model: a back-off automaton over words and class tokens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech_model.language.automaton import Arc, WordAutomaton


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """An n-gram model as an automaton: its states are what was said last.

    Arcs of a state lie between `first_arc[state]` and `first_arc[state + 1]`, sorted by token. A
    token that is in `classes` stands for any phrase of that class. What a state has no arc for is
    looked up in its shorter state, at the cost of going there.

    Args:
        tokens: Words and class tokens (`<order_number>`); arcs name them by their index. The marks
            `<s>` and `</s>` are among them too, but no arc has them.
        first_arc: Where each state's arcs begin, shape (states + 1,), int64.
        arc_token: Index into `tokens`, shape (arcs,), int32.
        arc_cost: Minus natural logarithm of the probability, shape (arcs,), float32.
        arc_next: The state after it, shape (arcs,), int32.
        backoff_state: The shorter state, -1 for the state that knows nothing, (states,), int32.
        backoff_cost: The cost of going there, shape (states,), float32.
        final_cost: The cost of ending the utterance, infinite where it is only known to the
            shorter state, shape (states,), float32.
        start: The state at the beginning of an utterance.
        classes: The phrases of each class token.
    """

    tokens: tuple[str, ...]
    first_arc: NDArray[np.int64]
    arc_token: NDArray[np.int32]
    arc_cost: NDArray[np.float32]
    arc_next: NDArray[np.int32]
    backoff_state: NDArray[np.int32]
    backoff_cost: NDArray[np.float32]
    final_cost: NDArray[np.float32]
    start: int
    classes: Mapping[str, WordAutomaton]

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.final_cost)

    @property
    def size(self) -> int:
        """How many arcs it has in all, class phrases not counted."""
        return len(self.arc_token)

    def arcs(self, state: int) -> Iterator[Arc]:
        """Go through what may follow, without what only the shorter state knows.

        Args:
            state: A state.

        Returns:
            Words and class tokens with their costs and next states, sorted by token index.
        """
        for at in range(int(self.first_arc[state]), int(self.first_arc[state + 1])):
            yield Arc(
                self.tokens[self.arc_token[at]], float(self.arc_cost[at]), int(self.arc_next[at])
            )

    def backoff(self, state: int) -> tuple[int, float] | None:
        """Tell where to look up what a state has no arc for.

        Args:
            state: A state.

        Returns:
            The shorter state and the cost of going there; None for the state that knows nothing.
        """
        shorter = int(self.backoff_state[state])
        return None if shorter < 0 else (shorter, float(self.backoff_cost[state]))

    def final(self, state: int) -> float | None:
        """Tell what it costs to end the utterance.

        Args:
            state: A state.

        Returns:
            The cost; None where only the shorter state knows.
        """
        cost = float(self.final_cost[state])
        return None if math.isinf(cost) else cost

    def words(self) -> frozenset[str]:
        """Collect every word that can be said, those of the classes included."""
        plain = {token for token in self.tokens if not token.startswith("<")}
        return frozenset(plain.union(*(phrases.words() for phrases in self.classes.values())))
