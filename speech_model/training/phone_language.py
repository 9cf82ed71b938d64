"""A trigram of phones: what a network is taught to tell the truth from.

LF-MMI compares what was said with everything that could have been said. What could have been said
is any string of phones, weighted by how often such strings occur in the transcripts (Povey et al.,
"Purely sequence-trained neural networks for ASR based on lattice-free MMI", Interspeech 2016; a
4-gram of phones there, a trigram here because it fits a dense array that needs no pruning).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SILENCE: Final = 0

# What a phone keeps of the unigram where nothing was counted; no string is impossible.
_FLOOR: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class PhoneLanguage:
    """Probabilities of phones after two others; silence is a phone (number 0) that never repeats.

    An utterance begins as if silence had come before it.

    Args:
        first: Of each phone to begin an utterance, shape (phones,).
        following: Of the third phone by the second and the first: `following[v, u, w]` is the
            probability of `w` after `u v`; shape (phones, phones, phones).
    """

    first: NDArray[np.float32]
    following: NDArray[np.float32]

    @property
    def phones(self) -> int:
        """How many phones there are, with silence."""
        return len(self.first)

    def logarithms(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Take the logarithms of `first` and `following`.

        Returns:
            Both; a very low number where the probability is zero.
        """
        smallest = np.finfo(np.float32).tiny
        return np.log(np.maximum(self.first, smallest)), np.log(
            np.maximum(self.following, smallest)
        )

    def save(self, path: Path) -> None:
        """Write it as a `.npz` file.

        Args:
            path: The file.
        """
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            np.savez(file, first=self.first, following=self.following)
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> PhoneLanguage:
        """Read what `save` wrote.

        Args:
            path: The file.
        """
        with np.load(path) as stored:
            return cls(stored["first"], stored["following"])


def uniform(phones: int) -> PhoneLanguage:
    """Make the language in which every phone is as likely as any other.

    Args:
        phones: How many there are, with silence.
    """
    following = np.ones((phones, phones, phones))
    following[SILENCE, :, SILENCE] = 0.0
    following /= following.sum(axis=2, keepdims=True)
    return PhoneLanguage(np.full(phones, 1.0 / phones, np.float32), following.astype(np.float32))


def estimate(sequences: Iterable[NDArray[np.integer]], phones: int) -> PhoneLanguage:
    """Estimate the language from aligned transcripts, by interpolated Kneser-Ney smoothing.

    Args:
        sequences: Phones as they were said, with the silences between them.
        phones: How many there are, with silence.

    Returns:
        A language in which no string of phones is impossible, but for repeated silence.
    """
    starts = np.zeros(phones)
    counts = np.zeros((phones, phones, phones))
    for sequence in sequences:
        said = np.asarray(sequence, np.int64)
        if not len(said):
            continue
        starts[said[0]] += 1
        padded = np.concatenate([[SILENCE], said])
        np.add.at(counts, (padded[:-2], padded[1:-1], padded[2:]), 1)
    # Kneser-Ney: a shorter context counts in how many different contexts a phone was seen.
    pairs = (counts > 0).sum(axis=0).astype(float)
    singles = (pairs > 0).sum(axis=0) + _FLOOR
    unigram = singles / singles.sum()
    bigram = _interpolate(pairs, np.broadcast_to(unigram, pairs.shape))
    trigram = _interpolate(counts, np.broadcast_to(bigram, counts.shape))
    trigram[:, SILENCE, SILENCE] = 0.0
    trigram /= trigram.sum(axis=2, keepdims=True)
    first = starts + unigram
    return PhoneLanguage(
        (first / first.sum()).astype(np.float32),
        np.ascontiguousarray(trigram.transpose(1, 0, 2), np.float32),
    )


def _interpolate(counts: NDArray[np.float64], shorter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take a discount off each count and spread it as the shorter context tells."""
    once, twice = (counts == 1).sum(), (counts == 2).sum()
    # Ney, Essen and Kneser 1994; at least a little, so that everything stays possible.
    discount = max(once / (once + 2 * twice), 0.05) if once else 0.5
    total = counts.sum(axis=-1, keepdims=True)
    kept = np.maximum(counts - discount, 0.0)
    spread = np.where(total > 0, (counts > 0).sum(axis=-1, keepdims=True) * discount, 1.0)
    return (kept + spread * shorter) / np.where(total > 0, total, 1.0)
