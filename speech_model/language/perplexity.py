"""How well a language model foresees sentences."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from speech_model.language.automaton import Arc
from speech_model.language.model import LanguageModel


@dataclass(frozen=True, slots=True)
class Foresight:
    """What was measured.

    Args:
        words: Words that were foreseen, with one for the end of each sentence.
        unknown: Words that the model does not have; they are left out of the figure.
        log_prob: Natural logarithm of the probability of all that was foreseen.
    """

    words: int
    unknown: int
    log_prob: float

    @property
    def perplexity(self) -> float:
        """Among how many equally likely words it seems to choose."""
        return math.exp(-self.log_prob / self.words) if self.words else math.nan


class Scorer:
    """Tells how likely sentences are.

    Args:
        model: The language model.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._known = model.words()
        self._after: dict[int, dict[str, Arc]] = {}
        self._beginning: defaultdict[str, list[str]] = defaultdict(list)
        for token, phrases in model.classes.items():
            for word in {arc.word for arc in phrases.arcs[0]}:
                self._beginning[word].append(token)

    def log_prob(self, words: Sequence[str]) -> float:
        """Tell how likely a sentence is, over all ways to see it as words and classes.

        Args:
            words: Words that the model has.

        Returns:
            The natural logarithm; minus infinity for what cannot be said.
        """
        return self._foreseen(words).log_prob

    def foresight(self, sentences: Iterable[Sequence[str]]) -> Foresight:
        """Measure over many sentences.

        Args:
            sentences: Words of each. After a word that the model does not have, it knows nothing
                of what came before.

        Returns:
            The measure of all of them.
        """
        each = [self._foreseen(words) for words in sentences]
        return Foresight(
            sum(one.words for one in each),
            sum(one.unknown for one in each),
            sum(one.log_prob for one in each),
        )

    def _foreseen(self, words: Sequence[str]) -> Foresight:
        log_prob, unknown = 0.0, 0
        states: dict[_Place, float] = {(self._model.start, "", 0): 1.0}
        for word in words:
            if word not in self._known:
                unknown += 1
                states = {(0, "", 0): 1.0}
                continue
            states = self._step(states, word)
            log_prob += _normalise(states)
        ended = sum(
            weight * math.exp(-self._final(state))
            for (state, token, _), weight in states.items()
            if not token
        )
        log_prob += math.log(ended) if ended else -math.inf
        return Foresight(len(words) - unknown + 1, unknown, log_prob)

    def _step(self, states: dict[_Place, float], word: str) -> dict[_Place, float]:
        reached: defaultdict[_Place, float] = defaultdict(float)
        for (state, token, inside), weight in states.items():
            if token:
                self._within(reached, word, token, inside, state, weight)
                continue
            for said in (word, *self._beginning.get(word, ())):
                arc = self._arc(state, said)
                if arc is None:
                    continue
                likely = weight * math.exp(-arc.cost)
                if said is word:
                    reached[(arc.next, "", 0)] += likely
                else:
                    self._within(reached, word, said, 0, arc.next, likely)
        return reached

    def _within(
        self,
        reached: defaultdict[_Place, float],
        word: str,
        token: str,
        inside: int,
        after: int,
        weight: float,
    ) -> None:
        """Go on within a class phrase; where it may end, come out as well."""
        phrases = self._model.classes[token]
        arc = phrases.step(inside, word)
        if arc is None:
            return
        likely = weight * math.exp(-arc.cost)
        if arc.next in phrases.final:
            reached[(after, "", 0)] += likely * math.exp(-phrases.final[arc.next])
        if phrases.arcs[arc.next]:
            reached[(after, token, arc.next)] += likely

    def _arc(self, state: int, said: str) -> Arc | None:
        cost = 0.0
        while True:
            if state not in self._after:
                self._after[state] = {arc.word: arc for arc in self._model.arcs(state)}
            arc = self._after[state].get(said)
            if arc is not None:
                return arc._replace(cost=arc.cost + cost)
            shorter = self._model.backoff(state)
            if shorter is None:
                return None
            state, further = shorter
            cost += further

    def _final(self, state: int) -> float:
        cost = 0.0
        while (ending := self._model.final(state)) is None:
            shorter = self._model.backoff(state)
            if shorter is None:
                return math.inf
            state, further = shorter
            cost += further
        return cost + ending


_Place = tuple[int, str, int]
"""A state of the model; within a phrase, its class, where in it, and the state after it."""


def _normalise(states: dict[_Place, float]) -> float:
    total = sum(states.values())
    if not total:
        return -math.inf
    for place in states:
        states[place] /= total
    return math.log(total)
