"""A first output layer, and where phones and silences lie, from transcripts without any times.

The network that training begins from hears another language, but what it hears distinguishes the
sounds of English, too. One Gaussian a phone, all with the same covariance, on the values before its
output layer is trained in rounds: align, estimate, align. Such Gaussians are a linear classifier,
which becomes the output layer (as Kaldi's monophone training starts from evenly split utterances).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.training.alignment import Aligner, phones_said
from speech_model.training.phone_language import SILENCE, uniform
from speech_model.training.transcript import Transcript
from speech_model.training.workers import product, single_threaded_workers

ROUNDS: Final = 14

# The rounds end when less than this share of frames gets another phone.
_SETTLED: Final = 0.005
# Where between the quietest and the loudest frames speech begins.
_LOUD: Final = 0.35
# Of the classifier when it becomes an output layer. It takes frames for independent witnesses, and
# they are not; with this share the objective of LF-MMI is about highest, on telephone speech.
_TEMPER: Final = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One utterance as the network hears it.

    Args:
        values: Before the output layer, shape (frames, width).
        loudness: Of each frame, on any scale.
        transcript: What is said.
    """

    values: NDArray[np.float32]
    loudness: NDArray[np.float32]
    transcript: Transcript


@dataclass(frozen=True, slots=True, eq=False)
class FlatStart:
    """What the rounds end with.

    Args:
        weight: Of the output layer, shape (2 * phones, width).
        bias: Of the output layer, shape (2 * phones,).
        sequences: What was said in each utterance, with the silences that were found.
        moved: The share of frames that got another phone, in each round.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    sequences: list[NDArray[np.int16]]
    moved: list[float]


def flat_start(
    utterances: Sequence[Heard],
    phones: int,
    rounds: int = ROUNDS,
    done: Callable[[int, float], None] = lambda round_, moved: None,
) -> FlatStart:
    """Train from nothing but transcripts.

    Args:
        utterances: A few thousand are plenty.
        phones: How many there are, with silence.
        rounds: How often to align at most; it ends when hardly anything moves any more.
        done: Is told each finished round and the share of frames that moved.

    Returns:
        An output layer and the sequences of phones.

    Raises:
        ValueError: No utterance is long enough for its transcript.
    """
    split = [(one, _split_evenly(one)) for one in utterances]
    known = [(one, path) for one, path in split if path is not None]
    if not known:
        raise ValueError("no utterance is long enough for its transcript")
    heard, paths = [one for one, _ in known], [path for _, path in known]
    gaussians = _Gaussians(np.concatenate([one.values for one in heard]), phones)
    aligner = Aligner(uniform(phones))
    moved: list[float] = []
    with single_threaded_workers() as workers:
        for round_ in range(rounds):
            weight, bias = gaussians.classifier(paths)
            before = paths
            paths = list(workers.map(partial(_align, aligner, weight, bias), heard, before))
            moved.append(float(np.mean(np.concatenate(paths) // 2 != np.concatenate(before) // 2)))
            done(round_ + 1, moved[-1])
            if moved[-1] < _SETTLED:
                break
    weight, bias = gaussians.classifier(paths)
    return FlatStart(
        np.repeat(weight, 2, axis=0) * np.float32(_TEMPER),
        np.repeat(bias, 2) * np.float32(_TEMPER),
        [phones_said(path) for path in paths],
        moved,
    )


def _split_evenly(one: Heard) -> NDArray[np.int16] | None:
    """Give each phone an equal part of what is loud, and silence the rest."""
    phones = one.transcript.canonical
    low, high = np.percentile(one.loudness, [3, 97])
    loud = np.flatnonzero(one.loudness > low + _LOUD * (high - low))
    if len(loud) < max(1, len(phones)):
        return None
    path = np.full(len(one.loudness), 2 * SILENCE, np.int16)
    begin, end = loud[0], loud[-1] + 1
    if len(phones):
        path[begin:end] = 2 * phones[np.arange(end - begin) * len(phones) // (end - begin)]
    return path


def _align(
    aligner: Aligner,
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    one: Heard,
    before: NDArray[np.int16],
) -> NDArray[np.int16]:
    # Likelihoods but for what all phones share: with probabilities instead, which are bounded, the
    # rounds would end in worse alignments than they had after the first.
    likely = product(one.values, weight.T) + bias
    path = aligner.align(np.repeat(likely, 2, axis=1), one.transcript)
    return before if path is None else path


class _Gaussians:
    """One Gaussian a phone, all with the same covariance.

    Args:
        values: All frames, shape (frames, width).
        phones: How many phones there are.
    """

    def __init__(self, values: NDArray[np.float32], phones: int) -> None:
        # Values by frames: each value is summed over frames a phone.
        self._values = np.ascontiguousarray(values.T, np.float64)
        self._phones = phones
        self._middle = self._values.mean(axis=1)
        self._moment = self._values @ self._values.T / self._values.shape[1]

    def classifier(
        self, paths: Sequence[NDArray[np.int16]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Estimate them, and write them as a linear classifier without priors.

        Args:
            paths: The alignments of all utterances.

        Returns:
            Weight, shape (phones, width), and bias.
        """
        labels = np.concatenate(paths) // 2
        counts = np.bincount(labels, minlength=self._phones)[:, None]
        sums = np.stack([np.bincount(labels, row, self._phones) for row in self._values], 1)
        centres = sums / np.maximum(counts, 1)
        covariance = self._moment - (centres * counts).T @ centres / len(labels)
        width = len(covariance)
        covariance += np.eye(width) * 1e-3 * np.trace(covariance) / width
        # A phone that was hardly heard is thought to lie near the middle of all.
        means = (sums + self._middle) / (counts + 1)
        weight = np.linalg.solve(covariance, means.T).T
        bias = -0.5 * np.einsum("kd,kd->k", weight, means)
        return weight.astype(np.float32), bias.astype(np.float32)
