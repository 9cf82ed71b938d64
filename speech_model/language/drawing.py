"""Word automata made: step by step, or of a list of phrases."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from speech_model.language.automaton import Arc, AutomatonError, WordAutomaton


@dataclass(slots=True)
class Sketch:
    """An automaton in the making: arcs may be silent, states are only numbers.

    `steps` holds (from, word or None, probability, to); what leaves a state should add up to 1.
    """

    count: int = 0
    steps: list[tuple[int, str | None, float, int]] = field(default_factory=list)

    def state(self) -> int:
        """Add a state and return its number."""
        self.count += 1
        return self.count - 1

    def step(self, source: int, word: str | None, probability: float, target: int) -> None:
        """Add a step, silent where `word` is None."""
        self.steps.append((source, word, probability, target))

    def insert(self, automaton: WordAutomaton, start: int, end: int) -> None:
        """Put a copy of a finished automaton between two states."""
        copies = [start, *(self.state() for _ in automaton.arcs[1:])]
        for source, arcs in zip(copies, automaton.arcs, strict=True):
            for arc in arcs:
                self.step(source, arc.word, math.exp(-arc.cost), copies[arc.next])
        for state, cost in automaton.final.items():
            self.step(copies[state], None, math.exp(-cost), end)

    def finish(self, start: int, end: int) -> WordAutomaton:
        """Leave one way for each phrase, without silent steps, and as few states as will do.

        Args:
            start: Where phrases begin.
            end: Where they end.

        Returns:
            The automaton.

        Raises:
            AutomatonError: It accepts saying nothing, goes round silently, or cannot be brought to
                one way for each phrase.
        """
        silent: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        spoken: defaultdict[int, list[tuple[str, float, int]]] = defaultdict(list)
        for source, word, probability, target in self.steps:
            if word is None:
                silent[source].append((target, probability))
            else:
                spoken[source].append((word, probability, target))
        steps: dict[int, dict[tuple[str, int], float]] = {}
        endings: dict[int, float] = {}
        waiting = [start]
        while waiting:
            state = waiting.pop()
            if state in steps:
                continue
            steps[state] = {}
            for through, weight in _silently(state, silent).items():
                if through == end:
                    endings[state] = endings.get(state, 0.0) + weight
                for word, probability, target in spoken[through]:
                    key = (word, target)
                    steps[state][key] = steps[state].get(key, 0.0) + weight * probability
                    waiting.append(target)
        if start in endings:
            raise AutomatonError("it can be said by saying nothing")
        return _merged(*_deterministic(start, steps, endings))


def of_phrases(phrases: Mapping[str, float]) -> WordAutomaton:
    """Make the automaton of a list of phrases, sharing what they begin and end with.

    Args:
        phrases: Words joined by spaces, and how often each is said.

    Returns:
        The automaton; probabilities in proportion to the weights.

    Raises:
        AutomatonError: There are no phrases, one is empty, or a weight is not above zero.
    """
    tree: list[dict[str, int]] = [{}]
    passed = [0.0]  # the weight of all phrases that come through a state
    ended: defaultdict[int, float] = defaultdict(float)
    for phrase, weight in phrases.items():
        if not phrase.split() or not weight > 0:
            raise AutomatonError(f"no phrase with a weight: {phrase!r} ({weight})")
        state = 0
        passed[0] += weight
        for word in phrase.split():
            if word not in tree[state]:
                tree[state][word] = len(tree)
                tree.append({})
                passed.append(0.0)
            state = tree[state][word]
            passed[state] += weight
        ended[state] += weight
    if len(tree) == 1:
        raise AutomatonError("there are no phrases")
    steps = {
        state: {(word, to): passed[to] / passed[state] for word, to in following.items()}
        for state, following in enumerate(tree)
    }
    return _merged(0, steps, {state: weight / passed[state] for state, weight in ended.items()})


def _silently(
    state: int, silent: Mapping[int, list[tuple[int, float]]], deep: int = 0
) -> dict[int, float]:
    """Where one gets without a word, and how likely; the state itself included."""
    if deep > 200:
        raise AutomatonError("it goes round without saying anything")
    reached: defaultdict[int, float] = defaultdict(float)
    reached[state] = 1.0
    for target, probability in silent.get(state, ()):
        for further, weight in _silently(target, silent, deep + 1).items():
            reached[further] += probability * weight
    return reached


_Steps = Mapping[int, Mapping[tuple[str, int], float]]
"""The probability of each step of a state, by its word and where it leads."""

# A number or a name has some hundreds; what needs more goes round in several ways at once.
_MOST_STATES: Final = 5000


def _deterministic(
    start: int, steps: _Steps, endings: Mapping[int, float]
) -> tuple[int, dict[int, dict[tuple[str, int], float]], dict[int, float]]:
    """Follow all ways to say the same words at once, with their shares (Mohri, 1997)."""
    # The beginning is number 0; where one comes back to it, that is a state of its own.
    numbers: dict[tuple[tuple[int, float], ...], int] = {}
    joined: dict[int, dict[tuple[str, int], float]] = {}
    ended: dict[int, float] = {}
    waiting: list[tuple[int, tuple[tuple[int, float], ...]]] = [(0, ((start, 1.0),))]
    while waiting:
        here, shares = waiting.pop()
        reached: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        ending = 0.0
        for state, share in shares:
            ending += share * endings.get(state, 0.0)
            for (word, to), probability in steps[state].items():
                reached[word][to] += share * probability
        everything = ending + sum(sum(states.values()) for states in reached.values())
        if ending:
            ended[here] = ending / everything
        joined[here] = {}
        for word, states in reached.items():
            likely = sum(states.values())
            # Rounded, or shares that are the same but for the last digit would not be known again.
            after = tuple((state, round(states[state] / likely, 5)) for state in sorted(states))
            if after not in numbers:
                numbers[after] = len(numbers) + 1
                waiting.append((numbers[after], after))
            joined[here][(word, numbers[after])] = likely / everything
        if len(numbers) > _MOST_STATES:
            raise AutomatonError("there are too many ways to say the same words")
    return 0, joined, ended


def _merged(start: int, steps: _Steps, endings: Mapping[int, float]) -> WordAutomaton:
    """Join states with the same steps and endings, until no two are alike (Moore, 1956)."""
    group = {state: int(state == start) for state in steps}
    while True:
        looks = {
            state: (
                state == start,
                round(endings.get(state, 0.0), 9),
                tuple(sorted(_by_group(following, group).items())),
            )
            for state, following in steps.items()
        }
        numbers: dict[object, int] = {}
        refined = {state: numbers.setdefault(looks[state], len(numbers)) for state in steps}
        if len(numbers) == len(set(group.values())):
            break
        group = refined
    order = {refined[start]: 0}
    for state in steps:
        order.setdefault(refined[state], len(order))
    arcs: list[tuple[Arc, ...]] = [()] * len(order)
    final: dict[int, float] = {}
    for state, following in steps.items():
        here = order[refined[state]]
        arcs[here] = tuple(
            Arc(word, 0.0 - math.log(probability), order[to])
            for (word, to), probability in sorted(_by_group(following, refined).items())
        )
        if state in endings:
            final[here] = 0.0 - math.log(endings[state])
    return WordAutomaton(tuple(arcs), final)


def _by_group(
    following: Mapping[tuple[str, int], float], group: Mapping[int, int]
) -> dict[tuple[str, int], float]:
    joined: defaultdict[tuple[str, int], float] = defaultdict(float)
    for (word, to), probability in following.items():
        joined[(word, group[to])] += round(probability, 12)
    return joined
