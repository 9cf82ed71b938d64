"""N-gram models with back-off, in sorted arrays.

An n-gram of token indexes is packed into one 64-bit number, 20 bits a token, the first token
highest: so a context is the number shifted, and what follows a context lies together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Reals = NDArray[np.float64]

MAX_ORDER: Final = 3
BEGIN: Final = 0
"""Index of `<s>`, the beginning of an utterance; it is a context only."""
END: Final = 1
"""Index of `</s>`, the end of an utterance."""
MARKS: Final = ("<s>", "</s>")

_BITS: Final = 20
_NEVER: Final = -np.inf
# A context leaves at least this much to words that were not seen after it.
_LEAST_LEFT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Level:
    """The n-grams of one length.

    Args:
        keys: Packed n-grams, ascending, shape (n,).
        log_probs: Natural logarithm of the last token's probability after the others, shape (n,).
        log_backoffs: Natural logarithm of what is left, as a context, to its shorter context,
            shape (n,); 0 where it is no context.
    """

    keys: Keys
    log_probs: Reals
    log_backoffs: Reals

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """Look n-grams up.

        Args:
            keys: Packed n-grams, shape (m,).

        Returns:
            Where each stands, -1 for those that are not there, shape (m,).
        """
        return find(self.keys, keys)


@dataclass(frozen=True, slots=True)
class NGramModel:
    """A back-off model.

    Args:
        tokens: Words and class tokens by index; the first two are `MARKS`.
        levels: Single tokens, pairs, triples, as far as it goes.
    """

    tokens: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        """How long its n-grams are at most."""
        return len(self.levels)

    def log_prob(self, keys: Keys, length: int) -> Reals:
        """Tell how likely the last token of each n-gram is after the others.

        Args:
            keys: Packed n-grams of one length, shape (m,).
            length: That length; longer ones than the model has are shortened.

        Returns:
            Natural logarithms, minus infinity for tokens the model does not know, shape (m,).
        """
        if length > self.order:
            return self.log_prob(suffix(keys, length), length - 1)
        level = self.levels[length - 1]
        found = look_up(level.keys, level.log_probs, keys, np.nan)
        missing = np.isnan(found)
        if length == 1:
            found[missing] = _NEVER
        elif missing.any():
            shorter, unseen = self.levels[length - 2], keys[missing]
            left = look_up(shorter.keys, shorter.log_backoffs, context(unseen), 0.0)
            found[missing] = left + self.log_prob(suffix(unseen, length), length - 1)
        return found

    def log_history(self, keys: Keys, length: int, log_begin: float = 0.0) -> Reals:
        """Tell how likely contexts are: all of their tokens, one after the other.

        Args:
            keys: Packed n-grams of one length, shape (m,).
            length: That length.
            log_begin: The logarithm of how likely `<s>` is.

        Returns:
            Natural logarithms, shape (m,).
        """
        if length == 0:
            return np.zeros(len(keys))
        if length > 1:
            return self.log_prob(keys, length) + self.log_history(
                context(keys), length - 1, log_begin
            )
        return np.where(keys == BEGIN, log_begin, self.log_prob(keys, 1))


def pack(columns: Sequence[NDArray[np.int64]]) -> Keys:
    """Pack n-grams.

    Args:
        columns: The first tokens of all n-grams, the second tokens, and so on; each shape (n,).

    Returns:
        Packed n-grams, shape (n,).
    """
    packed = columns[0].astype(np.int64)
    for column in columns[1:]:
        packed = packed << _BITS | column
    return packed


def unpack(keys: Keys, length: int) -> list[NDArray[np.int64]]:
    """Take n-grams apart again.

    Args:
        keys: Packed n-grams, shape (n,).
        length: How many tokens each has.

    Returns:
        What was given to `pack`.
    """
    mask = (1 << _BITS) - 1
    return [keys >> _BITS * (length - 1 - at) & mask for at in range(length)]


def context(keys: Keys) -> Keys:
    """Leave the last token out."""
    return keys >> _BITS


def last(keys: Keys) -> Keys:
    """Keep the last token only."""
    return keys & ((1 << _BITS) - 1)


def suffix(keys: Keys, length: int) -> Keys:
    """Leave the first of `length` tokens out."""
    return keys & ((1 << _BITS * (length - 1)) - 1)


def find(sorted_keys: Keys, keys: Keys) -> NDArray[np.int64]:
    """Find keys among sorted ones.

    Args:
        sorted_keys: Ascending, without repetition, shape (n,).
        keys: What to find, shape (m,).

    Returns:
        Positions, -1 for what is not there, shape (m,).
    """
    if not len(sorted_keys):
        return np.full(len(keys), -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == keys, at, -1)


def look_up(sorted_keys: Keys, values: Reals, keys: Keys, otherwise: float) -> Reals:
    """Find the values of keys.

    Args:
        sorted_keys: Ascending, without repetition, shape (n,).
        values: The value of each, shape (n,).
        keys: What to find, shape (m,).
        otherwise: The value of what is not there.

    Returns:
        Values, shape (m,).
    """
    at = find(sorted_keys, keys)
    there = at >= 0
    found = np.full(len(keys), otherwise)
    found[there] = values[at[there]]
    return found


def tabulate(
    tokens: tuple[str, ...],
    levels: Sequence[Keys],
    log_prob: Callable[[Keys, int], Reals],
) -> NGramModel:
    """Make a back-off model of any way to tell probabilities.

    Args:
        tokens: Words and class tokens by index.
        levels: Which n-grams to write down, by length; each level ascending, and the context of
            each n-gram in the level below. `<s>` must be among the single tokens.
        log_prob: Tells logarithms of probabilities for packed n-grams of a length, as
            `NGramModel.log_prob` does; after each context they add up to at most 1.

    Returns:
        A model that agrees with it on what is written down, and whose probabilities add up to 1
        after every context.
    """
    single = levels[0]
    log_single = log_prob(single, 1)
    log_single[single == BEGIN] = _NEVER
    log_single -= np.log(np.exp(log_single).sum())
    done = [Level(single, log_single, np.zeros(len(single)))]
    for length, keys in enumerate(levels[1:], start=2):
        log_probs = log_prob(keys, length)
        below = NGramModel(tokens, tuple(done))
        done[-1] = _with_backoffs(done[-1], keys, log_probs, below)
        done.append(Level(keys, log_probs, np.zeros(len(keys))))
    return NGramModel(tokens, tuple(done))


def _with_backoffs(shorter: Level, keys: Keys, log_probs: Reals, below: NGramModel) -> Level:
    """What each context leaves, for its longer n-grams to add up to 1 with the rest."""
    length = below.order + 1
    of = shorter.find(context(keys))
    if (of < 0).any():
        raise ValueError("an n-gram's context is not in the level below")
    told = np.bincount(of, np.exp(log_probs), minlength=len(shorter.keys))
    rest = np.exp(below.log_prob(suffix(keys, length), length - 1))
    told_below = np.bincount(of, rest, minlength=len(shorter.keys))
    left = np.maximum(1 - told, _LEAST_LEFT) / np.maximum(1 - told_below, _LEAST_LEFT)
    is_context = np.bincount(of, minlength=len(shorter.keys)) > 0
    return Level(shorter.keys, shorter.log_probs, np.where(is_context, np.log(left), 0.0))
