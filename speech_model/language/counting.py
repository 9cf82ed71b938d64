"""How often n-grams occur, and the smoothed n-gram model of such counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.language.ngram import (
    BEGIN,
    END,
    MAX_ORDER,
    Keys,
    NGramModel,
    Reals,
    context,
    look_up,
    pack,
    suffix,
    tabulate,
    unpack,
)

# Where too few n-grams occur once, twice and three times to tell: the usual values (Chen and
# Goodman, 1998, table 4.1, found on much text).
_USUAL_DISCOUNTS: Final = (0.6, 1.0, 1.3)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often the n-grams of one length occur.

    Args:
        keys: Packed n-grams, ascending, shape (n,).
        weights: How often; fractions are fine, all are above zero, shape (n,).
    """

    keys: Keys
    weights: Reals


def count(
    sentences: Iterable[tuple[Sequence[int], float]],
    order: int = MAX_ORDER,
    alone: frozenset[int] = frozenset(),
) -> tuple[Counts, ...]:
    """Count the n-grams of sentences.

    Args:
        sentences: Token indexes without the marks, and how often each sentence is said.
        order: How long n-grams are at most.
        alone: Tokens before which nothing is remembered: in a context they stand alone.

    Returns:
        The counts by length; `<s>` only as a context.
    """
    flat: list[int] = []
    weights: list[float] = []
    since: list[int] = []  # how many tokens before it still belong to its context
    for tokens, weight in sentences:
        reach = 0
        flat.append(BEGIN)
        weights.append(0.0)
        since.append(0)
        for token in (*tokens, END):
            reach += 1
            flat.append(token)
            weights.append(weight)
            since.append(reach)
            if token in alone:
                reach = 0
    column = np.array(flat, np.int64)
    weight_column = np.array(weights)
    reach_column = np.array(since, np.int64)
    counted = []
    for length in range(1, order + 1):
        ends = np.flatnonzero((reach_column >= length - 1) & (weight_column > 0))
        keys = pack([column[ends - back] for back in range(length - 1, -1, -1)])
        counted.append(_summed(keys, weight_column[ends]))
    return tuple(counted)


def without(counts: Sequence[Counts], token: int) -> tuple[Counts, ...]:
    """Leave out every n-gram with a certain token in it.

    Args:
        counts: By length.
        token: Its index.

    Returns:
        The rest.
    """
    kept = []
    for length, level in enumerate(counts, start=1):
        has = np.any([column == token for column in unpack(level.keys, length)], axis=0)
        kept.append(Counts(level.keys[~has], level.weights[~has]))
    return tuple(kept)


def smoothed(tokens: tuple[str, ...], counts: Sequence[Counts]) -> NGramModel:
    """Estimate a model by interpolated modified Kneser-Ney smoothing (Chen and Goodman, 1998).

    Args:
        tokens: Words and class tokens by index.
        counts: By length, from `count`.

    Returns:
        The model; it writes down exactly the n-grams that were counted.
    """
    return _model(tokens, _continuations(counts))


def discounted(
    tokens: tuple[str, ...], counts: Sequence[Counts], common: Reals | None = None
) -> NGramModel:
    """Estimate a model by interpolated absolute discounting, with plain counts at every length.

    Shorter n-grams are then as likely as they are in the text, which is what pruning needs
    (Chelba and others, 2010: Kneser-Ney models suffer from it).

    Args:
        tokens: Words and class tokens by index.
        counts: By length, from `count`.
        common: How common each token is in other text, 0 for the marks, in any unit, shape
            (tokens,). It counts as much as the text does; so words that the text does not have
            become words of the model.

    Returns:
        The model; it writes down the n-grams that were counted, and all common tokens.
    """
    if common is None:
        return _model(tokens, counts)
    single = np.zeros(len(tokens))
    single[counts[0].keys] = counts[0].weights
    of_words = single.sum() - single[END]
    single = np.where(np.arange(len(tokens)) == END, 2 * single, single)
    single += common / common.sum() * of_words
    keys = np.flatnonzero(single).astype(np.int64)
    return _model(tokens, [Counts(keys, single[keys]), *counts[1:]])


def _model(tokens: tuple[str, ...], counts: Sequence[Counts]) -> NGramModel:
    discounts = [_discounts(each.weights) for each in counts]
    contexts = [_contexts(each, discount) for each, discount in zip(counts, discounts, strict=True)]

    def log_prob(keys: Keys, length: int) -> Reals:
        with np.errstate(divide="ignore"):
            return np.log(prob(keys, length))

    def prob(keys: Keys, length: int) -> Reals:
        level = counts[length - 1]
        weights = look_up(level.keys, level.weights, keys, 0.0)
        if length == 1:
            alone: Reals = weights / level.weights.sum()
            return alone
        starts, sums, taken = contexts[length - 1]
        told = look_up(starts, sums, context(keys), 1.0)
        left = look_up(starts, taken / sums, context(keys), 1.0)
        rest = np.maximum(weights - _taken(weights, discounts[length - 1]), 0.0)
        found: Reals = rest / told + left * prob(suffix(keys, length), length - 1)
        return found

    single = np.union1d(counts[0].keys, np.array([BEGIN], np.int64))
    return tabulate(tokens, [single, *(each.keys for each in counts[1:])], log_prob)


def _continuations(counts: Sequence[Counts]) -> list[Counts]:
    """For all but the longest n-grams: after how many different tokens they occur.

    An n-gram at the beginning of an utterance keeps its count, nothing comes before it.
    """
    used = []
    for length, (shorter, longer) in enumerate(pairwise(counts), start=1):
        behind = _summed(suffix(longer.keys, length + 1), np.minimum(longer.weights, 1.0))
        different = look_up(behind.keys, behind.weights, shorter.keys, 0.0)
        used.append(Counts(shorter.keys, np.where(different > 0, different, shorter.weights)))
    return [*used, counts[-1]]


def _discounts(weights: Reals) -> tuple[float, float, float]:
    """What is taken from n-grams that occur once, twice, and more often."""
    rounded = np.rint(weights)
    n1, n2, n3, n4 = (float((rounded == times).sum()) for times in (1, 2, 3, 4))
    if min(n1, n2, n3, n4) < 1:
        return _USUAL_DISCOUNTS
    base = n1 / (n1 + 2 * n2)
    found = (1 - 2 * base * n2 / n1, 2 - 3 * base * n3 / n2, 3 - 4 * base * n4 / n3)
    if not all(0 < each < most for each, most in zip(found, (1, 2, 3), strict=True)):
        return _USUAL_DISCOUNTS
    return found


def _taken(weights: Reals, discounts: tuple[float, float, float]) -> Reals:
    rounded = np.clip(np.rint(weights), 0, 3).astype(np.int64)
    taken: Reals = np.minimum(np.array([discounts[0], *discounts])[rounded], weights)
    return taken


def _contexts(counts: Counts, discounts: tuple[float, float, float]) -> tuple[Keys, Reals, Reals]:
    """Each context with the sum of its counts and of what is taken from them."""
    starts, of = np.unique(context(counts.keys), return_inverse=True)
    taken = _taken(counts.weights, discounts)
    return starts, _sums(of, counts.weights, len(starts)), _sums(of, taken, len(starts))


def _summed(keys: Keys, weights: Reals) -> Counts:
    unique, of = np.unique(keys, return_inverse=True)
    return Counts(unique, _sums(of, weights, len(unique)))


def _sums(of: NDArray[np.intp], weights: Reals, groups: int) -> Reals:
    return np.bincount(of, weights, minlength=groups).astype(np.float64)
