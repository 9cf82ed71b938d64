"""What is said in an example: words, each with the ways it may be pronounced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """Words in order; between them, before and after them may be silence.

    Args:
        phones: Of all pronunciations of all words, one after the other; numbers from 1 on.
        pronunciations: Where each pronunciation begins in `phones`, and the end.
        words: Where each word begins in `pronunciations`, and the end.
    """

    phones: NDArray[np.int16]
    pronunciations: NDArray[np.int32]
    words: NDArray[np.int32]

    @classmethod
    def of(cls, words: Sequence[Sequence[Sequence[int]]]) -> Transcript:
        """Make a transcript.

        Args:
            words: The pronunciations of each word, each of one phone at least.
        """
        variants = [pronunciation for word in words for pronunciation in word]
        return cls(
            np.array([phone for variant in variants for phone in variant], np.int16),
            _offsets([len(variant) for variant in variants]),
            _offsets([len(word) for word in words]),
        )

    @property
    def shortest(self) -> int:
        """How many phones the shortest way to say it has."""
        lengths = np.diff(self.pronunciations)
        return int(np.minimum.reduceat(lengths, self.words[:-1]).sum()) if len(lengths) else 0

    @property
    def canonical(self) -> NDArray[np.int16]:
        """The phones of each word's first pronunciation, in order."""
        first = self.words[:-1]
        begins, ends = self.pronunciations[first], self.pronunciations[first + 1]
        parts = [self.phones[begin:end] for begin, end in zip(begins, ends, strict=True)]
        return np.concatenate([np.zeros(0, np.int16), *parts])


def _offsets(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int32))]).astype(np.int32)
