"""All the ways in which a transcript may have been said, and how likely a network finds them.

A transcript becomes a graph: a node is a phone (or a silence) at its place, told apart by the phone
before it as far as the trigram of phones needs that; arcs carry the trigram's log probabilities.
Silence may stand before, between and after words and never in them, as in the decoding graph.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from speech_model.training.compiled import compiled

IMPOSSIBLE: Final = -1e30
_NEGLIGIBLE: Final = -30.0


class Graph(NamedTuple):
    """A transcript's graph; nodes are in an order in which arcs point forward.

    Args:
        phones: Of each node.
        before: The phone before each node; silence where there is none.
        starts: Log probability of each node to begin the utterance.
        ends: Whether the utterance may end with the node.
        first_arcs: Where the arcs into each node begin in the next two, and the end.
        sources: The node that each arc comes from.
        weights: Log probability of each arc.
    """

    phones: NDArray[np.int32]
    before: NDArray[np.int32]
    starts: NDArray[np.float64]
    ends: NDArray[np.bool_]
    first_arcs: NDArray[np.int32]
    sources: NDArray[np.int32]
    weights: NDArray[np.float64]


@compiled
def transcript_graph(
    phones: NDArray[np.int16],
    pronunciations: NDArray[np.int32],
    words: NDArray[np.int32],
    log_first: NDArray[np.float32],
    log_following: NDArray[np.float32],
) -> Graph:
    """Build the graph of one transcript.

    Args:
        phones: As in `Transcript`.
        pronunciations: As in `Transcript`.
        words: As in `Transcript`; may be a stretch of a longer array.
        log_first: Logarithm of `PhoneLanguage.first`.
        log_following: Logarithm of `PhoneLanguage.following`.
    """
    variants = words[-1] - words[0]
    # A phone is entered from one node for each phone that may be before it: the last phones of the
    # word before, or silence. So much room is enough.
    widest = 2
    for word in range(len(words) - 1):
        widest = max(widest, words[word + 1] - words[word] + 1)
    spoken = pronunciations[words[-1]] - pronunciations[words[0]]
    nodes = 1 + spoken + variants * (widest + 1)
    ends = widest * (widest + 1)
    arcs = spoken + variants * (ends + widest) + ends * len(words)
    graph = Graph(
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.full(nodes, IMPOSSIBLE),
        np.zeros(nodes, np.bool_),
        np.zeros(nodes + 1, np.int32),
        np.zeros(arcs, np.int32),
        np.zeros(arcs),
    )
    # The utterance may begin with silence, node 0.
    graph.starts[0] = log_first[0]
    size = 1
    frontier = np.zeros(1, np.int32)
    for word in range(len(words) - 1):
        said = np.empty(ends, np.int32)
        count = 0
        for variant in range(words[word], words[word + 1]):
            last = frontier
            for place in range(pronunciations[variant], pronunciations[variant + 1]):
                begin = size
                size = _enter(graph, begin, last, phones[place], log_following)
                last = np.arange(begin, size).astype(np.int32)
                if word == 0 and place == pronunciations[variant]:
                    graph.starts[begin] = log_first[phones[place]]
            said[count : count + len(last)] = last
            count += len(last)
        begin = size
        size = _enter(graph, begin, said[:count], 0, log_following)
        frontier = np.concatenate((said[:count], np.arange(begin, size).astype(np.int32)))
    for node in frontier:
        graph.ends[node] = True
    arcs = graph.first_arcs[size]
    return Graph(
        graph.phones[:size],
        graph.before[:size],
        graph.starts[:size],
        graph.ends[:size],
        graph.first_arcs[: size + 1],
        graph.sources[:arcs],
        graph.weights[:arcs],
    )


@compiled
def _enter(
    graph: Graph,
    size: int,
    sources: NDArray[np.int32],
    phone: int,
    log_following: NDArray[np.float32],
) -> int:
    """Add nodes for a phone, one for each phone that may be before it; tell the new size."""
    arcs = graph.first_arcs[size]
    for number in range(len(sources)):
        previous = graph.phones[sources[number]]
        known = False
        for earlier in sources[:number]:
            known = known or graph.phones[earlier] == previous
        if known:
            continue
        graph.phones[size] = phone
        graph.before[size] = previous
        for source in sources[number:]:
            if graph.phones[source] == previous:
                graph.sources[arcs] = source
                graph.weights[arcs] = log_following[previous, graph.before[source], phone]
                arcs += 1
        size += 1
        graph.first_arcs[size] = arcs
    return size


@compiled
def add_logs(left: float, right: float) -> float:
    """Add two probabilities that are given by their logarithms."""
    if left < right:
        left, right = right, left
    difference = right - left
    return left if difference < _NEGLIGIBLE else left + math.log1p(math.exp(difference))


@compiled
def graph_occupation(
    outputs: NDArray[np.float32], graph: Graph, occupation: NDArray[np.float32]
) -> float:
    """Sum over all paths through a graph: how likely, and which outputs they use.

    Args:
        outputs: The network's, shape (frames, 2 * phones).
        graph: Of the transcript.
        occupation: Gets the expected use of each output in each frame, shape of `outputs`; its
            frames sum to one.

    Returns:
        Log likelihood; `IMPOSSIBLE` or less where the utterance is too short for its transcript.
    """
    frames, nodes = len(outputs), len(graph.phones)
    # Forward: `entered` paths are in a node's first frame, `reached` ones in any.
    entered = np.full((frames, nodes), IMPOSSIBLE)
    stayed = np.full((frames, nodes), IMPOSSIBLE)
    reached = np.full((frames, nodes), IMPOSSIBLE)
    for node in range(nodes):
        entered[0, node] = graph.starts[node] + outputs[0, 2 * graph.phones[node]]
        reached[0, node] = entered[0, node]
    for frame in range(1, frames):
        for node in range(nodes):
            total = IMPOSSIBLE
            for arc in range(graph.first_arcs[node], graph.first_arcs[node + 1]):
                total = add_logs(total, reached[frame - 1, graph.sources[arc]] + graph.weights[arc])
            output = 2 * graph.phones[node]
            entered[frame, node] = total + outputs[frame, output]
            stayed[frame, node] = reached[frame - 1, node] + outputs[frame, output + 1]
            reached[frame, node] = add_logs(entered[frame, node], stayed[frame, node])
    likelihood = IMPOSSIBLE
    for node in range(nodes):
        if graph.ends[node]:
            likelihood = add_logs(likelihood, reached[frames - 1, node])
    if likelihood < IMPOSSIBLE / 2:
        return likelihood
    # Backward: `ahead` is the likelihood of what follows a node at the current frame.
    ahead = np.where(graph.ends, 0.0, IMPOSSIBLE)
    for frame in range(frames - 1, -1, -1):
        behind = np.full(nodes, IMPOSSIBLE)
        for node in range(nodes):
            output = 2 * graph.phones[node]
            coming = ahead[node] - likelihood
            share = entered[frame, node] + coming
            if share > _NEGLIGIBLE:
                occupation[frame, output] += math.exp(share)
            share = stayed[frame, node] + coming
            if share > _NEGLIGIBLE:
                occupation[frame, output + 1] += math.exp(share)
            if frame == 0 or ahead[node] < IMPOSSIBLE / 2:
                continue
            behind[node] = add_logs(behind[node], ahead[node] + outputs[frame, output + 1])
            entering = ahead[node] + outputs[frame, output]
            for arc in range(graph.first_arcs[node], graph.first_arcs[node + 1]):
                source = graph.sources[arc]
                behind[source] = add_logs(behind[source], entering + graph.weights[arc])
        ahead = behind
    return likelihood
