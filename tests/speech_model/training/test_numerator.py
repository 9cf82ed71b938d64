from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_model.training.numerator import Graph, transcript_graph
from speech_model.training.transcript import Transcript
from tests.speech_model.training.enumeration import Words, languages, ways_to_say

PHONES = 4
LANGUAGE = languages(PHONES, 1)


def graph_of(words: Words) -> Graph:
    transcript = Transcript.of(words)
    return transcript_graph(
        transcript.phones, transcript.pronunciations, transcript.words, *LANGUAGE.logarithms()
    )


def every_walk(graph: Graph) -> list[tuple[tuple[int, ...], float]]:
    """Every walk from a start to an end of the graph: its phones and its log probability."""
    reached: list[list[tuple[tuple[int, ...], float]]] = []
    for node, phone in enumerate(graph.phones.tolist()):
        start = float(graph.starts[node])
        walks = [((phone,), start)] if start > -1e29 else []
        for arc in range(graph.first_arcs[node], graph.first_arcs[node + 1]):
            walks += [
                ((*phones, phone), weight + float(graph.weights[arc]))
                for phones, weight in reached[graph.sources[arc]]
            ]
        reached.append(walks)
    return [walk for node, walks in enumerate(reached) if graph.ends[node] for walk in walks]


def probability(said: tuple[int, ...]) -> float:
    log_first, log_following = LANGUAGE.logarithms()
    total = float(log_first[said[0]])
    for before, previous, phone in zip((0, *said), said, said[1:], strict=False):
        total += float(log_following[previous, before, phone])
    return total


pronunciation = st.lists(st.integers(1, PHONES - 1), min_size=1, max_size=3).map(tuple)
# Two ways to say the same are one way; the lexicon sees to that within a word.
word = st.lists(pronunciation, min_size=1, max_size=3, unique=True)


@settings(deadline=None)
@given(st.lists(word, max_size=3))
def test_its_walks_are_the_ways_to_say_it_each_with_its_probability(words: Words) -> None:
    walks = every_walk(graph_of(words))
    # A transcript without words is silence.
    assert {phones for phones, _ in walks} == (ways_to_say(words) - {(), (0, 0)} or {(0,)})
    for phones, weight in walks:
        assert weight == pytest.approx(probability(phones), abs=1e-4)


def test_nothing_said_is_silence() -> None:
    graph = graph_of([])
    assert graph.phones.tolist() == [0]
    assert graph.ends.all()


def test_a_long_sentence_has_few_nodes() -> None:
    sentence = [[[1, 2, 3], [1, 3]]] * 40
    graph = graph_of(sentence)
    # Each pronunciation, once more its first phone after a silence, and the silence.
    assert len(graph.phones) <= 1 + 40 * (5 + 2 + 1)
    assert (
        graph.sources < np.repeat(np.arange(len(graph.phones)), np.diff(graph.first_arcs))
    ).all()
