"""The likeliest way in which a transcript was said."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.training.compiled import compiled
from speech_model.training.numerator import Graph, transcript_graph
from speech_model.training.phone_language import PhoneLanguage
from speech_model.training.transcript import Transcript

_IMPOSSIBLE: Final = -1e30


class Aligner:
    """Finds which phone is said in each frame."""

    def __init__(self, language: PhoneLanguage) -> None:
        """Prepare the language.

        Args:
            language: How likely phones, silences and pronunciations follow each other.
        """
        self._log_first, self._log_following = language.logarithms()

    def align(
        self, outputs: NDArray[np.float32], transcript: Transcript
    ) -> NDArray[np.int16] | None:
        """Find the likeliest alignment.

        Args:
            outputs: Log likelihoods, shape (frames, 2 * phones).
            transcript: What is said.

        Returns:
            The output that each frame uses: twice the phone in its first frame, one more in those
            that follow. None where there are fewer frames than phones.
        """
        graph = transcript_graph(
            transcript.phones,
            transcript.pronunciations,
            transcript.words,
            self._log_first,
            self._log_following,
        )
        used = _best_path(outputs, graph)
        return used if len(used) else None


def phones_said(alignment: NDArray[np.int16]) -> NDArray[np.int16]:
    """List the phones of an alignment, silences among them.

    Args:
        alignment: As `Aligner.align` gives it.
    """
    phones: NDArray[np.int16] = alignment[alignment % 2 == 0] // 2
    return phones


@compiled
def _best_path(outputs: NDArray[np.float32], graph: Graph) -> NDArray[np.int16]:
    frames, nodes = len(outputs), len(graph.phones)
    # Where the best path to each node came from; the node itself means that it stayed there.
    sources = np.empty((frames, nodes), np.int32)
    scores = np.empty(nodes)
    for node in range(nodes):
        scores[node] = graph.starts[node] + outputs[0, 2 * graph.phones[node]]
    for frame in range(1, frames):
        following = np.empty(nodes)
        for node in range(nodes):
            output = 2 * graph.phones[node]
            best = scores[node] + outputs[frame, output + 1]
            sources[frame, node] = node
            for arc in range(graph.first_arcs[node], graph.first_arcs[node + 1]):
                score = scores[graph.sources[arc]] + graph.weights[arc] + outputs[frame, output]
                if score > best:
                    best = score
                    sources[frame, node] = graph.sources[arc]
            following[node] = best
        scores = following
    last = -1
    for node in range(nodes):
        if graph.ends[node] and (last < 0 or scores[node] > scores[last]):
            last = node
    if scores[last] < _IMPOSSIBLE / 2:
        return np.empty(0, np.int16)
    used = np.empty(frames, np.int16)
    for frame in range(frames - 1, 0, -1):
        source = sources[frame, last]
        used[frame] = 2 * graph.phones[last] + (1 if source == last else 0)
        last = source
    used[0] = 2 * graph.phones[last]
    return used
