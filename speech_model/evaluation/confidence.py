"""Whether confidence means what it says, and a curve that makes it so."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.confidence import Curve

Judged = Sequence[tuple[float, bool]]
"""Words heard: how sure the recogniser was, 0 to 1, and whether the word was said."""

BINS: Final = 10
# A step of the curve stands on at least this many words, or it would tell of chance.
_WORDS_A_STEP: Final = 25


@dataclass(frozen=True, slots=True)
class Bin:
    """Words of about the same confidence.

    Args:
        confidence: Their mean confidence.
        right: The share of them that was said.
        words: How many.
    """

    confidence: float
    right: float
    words: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well confidence agrees with the truth.

    Args:
        bins: Words by confidence, the least sure first; empty bins left out.
        error: Expected calibration error: the mean distance between confidence and the share that
            is right, weighted by words (Guo et al., "On calibration of modern neural networks",
            2017).
        separation: How often a right word is surer than a wrong one (the area under the ROC
            curve), 0.5 is chance; None when there are only right or only wrong words.
    """

    bins: tuple[Bin, ...]
    error: float
    separation: float | None

    @property
    def words(self) -> int:
        """How many words were judged."""
        return sum(each.words for each in self.bins)


def reliability(judged: Judged) -> Reliability:
    """Compare confidence with the truth.

    Args:
        judged: Words heard, at least one.

    Returns:
        The reliability in ten bins of equal width.

    Raises:
        ValueError: No words.
    """
    if not judged:
        raise ValueError("reliability needs words")
    sure, right = _arrays(judged)
    which = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(float(sure[inside].mean()), float(right[inside].mean()), int(inside.sum()))
        for number in range(BINS)
        if (inside := which == number).any()
    )
    error = sum(abs(b.confidence - b.right) * b.words for b in bins) / len(judged)
    return Reliability(bins, error, _separation(sure, right))


def fitted(judged: Judged) -> Curve | None:
    """Find the curve from raw to calibrated confidence: isotonic regression.

    Words are first put into steps of at least 25 with one word right and one wrong added to each,
    so that the curve never says never and never says always; then neighbouring steps are joined
    until the curve rises (pool adjacent violators).

    Args:
        judged: Words with raw confidences, of speech that the curve will not be judged on.

    Returns:
        The curve; None where there are too few words for two steps.
    """
    steps: list[_Step] = []
    for step in _steps(judged):
        steps.append(step)
        while len(steps) > 1 and steps[-2].right >= steps[-1].right:
            steps[-2:] = [steps[-2].joined(steps[-1])]
    if len(steps) < 2:
        return None
    return Curve(tuple((step.raw, step.right) for step in steps))


@dataclass(frozen=True, slots=True)
class _Step:
    raw: float
    right: float
    words: int

    def joined(self, other: _Step) -> _Step:
        words = self.words + other.words
        return _Step(
            (self.raw * self.words + other.raw * other.words) / words,
            (self.right * self.words + other.right * other.words) / words,
            words,
        )


def _steps(judged: Judged) -> list[_Step]:
    """Words in order of confidence, enough of them a step; equal confidences stay together."""
    together: list[list[tuple[float, bool]]] = [[]]
    for raw, alike in itertools.groupby(sorted(judged), key=lambda word: word[0]):
        if len(together[-1]) >= _WORDS_A_STEP:
            together.append([])
        together[-1] += [(raw, right) for _, right in alike]
    if len(together) > 1 and len(together[-1]) < _WORDS_A_STEP:
        together[-2:] = [together[-2] + together[-1]]
    return [
        _Step(
            sum(raw for raw, _ in words) / len(words),
            (sum(right for _, right in words) + 1) / (len(words) + 2),
            len(words),
        )
        for words in together
        if words
    ]


def _arrays(judged: Judged) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = np.asarray([(sure, float(right)) for sure, right in judged], np.float64)
    pairs = pairs.reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _separation(sure: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """By the rank-sum statistic, ties counted half."""
    true, false = sure[right > 0], np.sort(sure[right == 0])
    if not true.size or not false.size:
        return None
    below = np.searchsorted(false, true, side="left") + np.searchsorted(false, true, side="right")
    return float(below.sum() / 2 / true.size / false.size)
