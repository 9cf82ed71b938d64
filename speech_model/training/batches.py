"""Utterances side by side, as the network takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from speech_model.features import CEPSTRA, FRAMES_PER_SECOND
from speech_model.training.distortion import Distortion, distort
from speech_model.training.network import CONTEXT, SUBSAMPLING
from speech_model.training.transcript import Transcript


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some utterances, side by side.

    Args:
        features: Shape (batch, frames with the network's context, 40); shorter ones are filled up
            with their last frame.
        lengths: Output frames of each utterance.
        transcripts: What is said in each.
        seconds: How much speech it holds.
        place: Which batch of which group of shards this is, to go on from there.
        share: How much of the epoch is done with it, from 0 to 1.
    """

    features: NDArray[np.float32]
    lengths: list[int]
    transcripts: list[Transcript]
    seconds: float
    place: tuple[int, int] = (0, 0)
    share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """An example with its transcript.

    Args:
        features: Shape (frames, 40).
        transcript: What is said.
        corpus: Where it comes from.
    """

    features: NDArray[np.float16]
    transcript: Transcript
    corpus: str


def make_batch(
    utterances: Sequence[Utterance],
    distortion: Distortion | None = None,
    chance: np.random.Generator | None = None,
) -> Batch:
    """Put utterances side by side.

    Args:
        utterances: One at least.
        distortion: How features are changed; with it, utterances also lose up to two frames at
            their beginning, so that their thirds begin elsewhere.
        chance: Needed for distortions.
    """
    features = [one.features.astype(np.float32) for one in utterances]
    if distortion and chance:
        skipped = chance.integers(0, SUBSAMPLING, len(features))
        features = [
            distort(one[skip:], distortion, chance)
            for one, skip in zip(features, skipped, strict=True)
        ]
    longest = max(len(one) for one in features)
    padded = np.empty((len(features), longest + 2 * CONTEXT, CEPSTRA), np.float32)
    for row, one in zip(padded, features, strict=True):
        row[:CONTEXT] = one[0]
        row[CONTEXT : CONTEXT + len(one)] = one
        row[CONTEXT + len(one) :] = one[-1]
    return Batch(
        padded,
        [-(-len(one) // SUBSAMPLING) for one in features],
        [one.transcript for one in utterances],
        sum(len(one) for one in features) / FRAMES_PER_SECOND,
    )


def split(batch: Batch, parts: int) -> list[Batch]:
    """Divide a batch into parts that take about as long as each other.

    Args:
        batch: The batch.
        parts: How many at most; none is empty.
    """
    return [
        replace(
            batch,
            features=batch.features[part::parts],
            lengths=batch.lengths[part::parts],
            transcripts=batch.transcripts[part::parts],
        )
        for part in range(min(parts, len(batch.lengths)))
    ]
