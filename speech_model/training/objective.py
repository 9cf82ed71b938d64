"""The objective of training, lattice-free maximum mutual information, and its derivative.

What was said should be likely beside everything that could have been said: the objective is the log
likelihood of the transcript's graph (`numerator`) less that of all strings of phones
(`denominator`). Its derivative by an output is the difference of how often both expect to use it.
Whole utterances are compared, and the network finds out by itself when each phone is said (Hadian
et al., "End-to-end speech recognition using lattice-free MMI", Interspeech 2018).

It is computed by the processor, also when the network is on a GPU: outputs are few (80 numbers 33
times a second) and cheap to bring over. A second of speech takes about a millisecond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech_model.training.denominator import any_occupation
from speech_model.training.numerator import IMPOSSIBLE, graph_occupation, transcript_graph
from speech_model.training.phone_language import PhoneLanguage
from speech_model.training.transcript import Transcript


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """The objective over a batch.

    Args:
        value: Summed over utterances, in nats; 0 at best.
        frames: Output frames that were counted.
        failed: Utterances that were left out: too short for their transcripts, or not finite.
        derivative: Of `value` by the outputs, shape (batch, frames, outputs).
        occupation: Expected use of the outputs by what was said, same shape: soft targets.
    """

    value: float
    frames: int
    failed: int
    derivative: NDArray[np.float32]
    occupation: NDArray[np.float32]


class LatticeFreeMmi:
    """Compares transcripts with a language of phones."""

    def __init__(self, language: PhoneLanguage, threads: int = 1) -> None:
        """Prepare the language.

        Args:
            language: What could have been said.
            threads: How many utterances are compared at a time.
        """
        self._log_first, self._log_following = language.logarithms()
        self._first = language.first
        self._following = np.ascontiguousarray(language.following)
        self._backwards = np.ascontiguousarray(language.following.transpose(0, 2, 1))
        self._workers = ThreadPoolExecutor(threads, "lf-mmi") if threads > 1 else None

    def __call__(
        self,
        outputs: NDArray[np.float32],
        lengths: Sequence[int],
        transcripts: Sequence[Transcript],
    ) -> Objective:
        """Compute the objective of a batch and its derivative.

        Args:
            outputs: The network's, shape (batch, frames, 2 * phones).
            lengths: Frames of each utterance; what lies behind them is ignored.
            transcripts: What is said in each utterance.
        """
        derivative, occupation = np.zeros_like(outputs), np.zeros_like(outputs)
        views = [
            (outputs[row, :frames], derivative[row, :frames], occupation[row, :frames])
            for row, frames in enumerate(lengths)
        ]
        each = self._workers.map if self._workers else map
        values = list(each(self._compare, views, transcripts))
        compared = [
            (value, frames)
            for value, frames in zip(values, lengths, strict=True)
            if value is not None
        ]
        return Objective(
            sum(value for value, _ in compared),
            sum(frames for _, frames in compared),
            len(values) - len(compared),
            derivative,
            occupation,
        )

    def _compare(
        self, views: tuple[NDArray[np.float32], ...], transcript: Transcript
    ) -> float | None:
        heard, derivative, occupation = views
        graph = transcript_graph(
            transcript.phones,
            transcript.pronunciations,
            transcript.words,
            self._log_first,
            self._log_following,
        )
        said = graph_occupation(heard, graph, occupation)
        if said > IMPOSSIBLE / 2:
            derivative += occupation
            anything = any_occupation(
                heard, self._first, self._following, self._backwards, derivative
            )
            if math.isfinite(anything):
                return said - anything
        occupation[:] = derivative[:] = 0.0
        return None
