"""Automata made of phrases and of steps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.language.automaton import AutomatonError, WordAutomaton
from speech_model.language.drawing import Sketch, of_phrases

WORDS = st.sampled_from(["a", "b", "c"])
PHRASES = st.dictionaries(
    st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    st.floats(0.1, 100),
    min_size=1,
    max_size=12,
)


def leaving(automaton: WordAutomaton, state: int) -> float:
    """The sum of all probabilities of leaving a state, its ending included."""
    ending = math.exp(-automaton.final[state]) if state in automaton.final else 0.0
    return ending + sum(math.exp(-arc.cost) for arc in automaton.arcs[state])


def is_well_formed(automaton: WordAutomaton) -> bool:
    return (
        all(leaving(automaton, state) == pytest.approx(1.0) for state in range(automaton.states))
        and all(
            [arc.word for arc in arcs] == sorted({arc.word for arc in arcs})
            for arcs in automaton.arcs
        )
        and all(arc.next > 0 for arcs in automaton.arcs for arc in arcs)
        and 0 not in automaton.final
    )


@given(PHRASES)
def test_phrases_are_as_likely_as_their_weights(phrases: dict[str, float]) -> None:
    automaton = of_phrases(phrases)
    assert is_well_formed(automaton)
    for phrase, weight in phrases.items():
        share = weight / sum(phrases.values())
        assert automaton.probability(phrase.split()) == pytest.approx(share, rel=1e-4)


def test_phrases_share_what_they_begin_and_end_with() -> None:
    automaton = of_phrases({"red wool hat": 1, "red wool scarf": 1, "blue wool scarf": 1})
    # After "red wool" two things may follow, after "blue wool" one; both end alike.
    assert (automaton.states, automaton.size) == (6, 7)


@pytest.mark.parametrize("phrases", [{}, {"": 1.0}, {" ": 1.0}, {"lamp": 0.0}, {"lamp": -1.0}])
def test_nothing_cannot_be_said(phrases: dict[str, float]) -> None:
    with pytest.raises(AutomatonError):
        of_phrases(phrases)


@given(st.lists(st.tuples(PHRASES, st.floats(0.1, 10)), min_size=1, max_size=3))
def test_several_ways_to_say_the_same_words_become_one(
    several: list[tuple[dict[str, float], float]],
) -> None:
    sketch = Sketch()
    start, end = sketch.state(), sketch.state()
    total = sum(weight for _, weight in several)
    for phrases, weight in several:
        before = sketch.state()
        sketch.step(start, None, weight / total, before)
        sketch.insert(of_phrases(phrases), before, end)
    joined = sketch.finish(start, end)
    assert is_well_formed(joined)
    for phrase in {phrase for phrases, _ in several for phrase in phrases}:
        words = phrase.split()
        expected = sum(
            weight / total * of_phrases(phrases).probability(words) for phrases, weight in several
        )
        # Shares are rounded to five decimals, so what is hardly ever said is not as exact.
        assert joined.probability(words) == pytest.approx(expected, rel=1e-2, abs=1e-4)


def test_going_round_is_fine_where_something_is_said() -> None:
    sketch = Sketch()
    start, end = sketch.state(), sketch.state()
    sketch.step(start, "very", 0.5, start)
    sketch.step(start, "good", 0.5, end)
    automaton = sketch.finish(start, end)
    assert automaton.probability(["very", "very", "good"]) == pytest.approx(0.125)
    # The beginning is a state of its own all the same.
    assert is_well_formed(automaton)


def test_going_round_in_silence_is_refused() -> None:
    sketch = Sketch()
    start, other, end = sketch.state(), sketch.state(), sketch.state()
    sketch.step(start, None, 0.5, other)
    sketch.step(other, None, 1.0, start)
    sketch.step(start, "good", 0.5, end)
    with pytest.raises(AutomatonError, match="without saying"):
        sketch.finish(start, end)


def test_saying_nothing_is_refused() -> None:
    sketch = Sketch()
    start, end = sketch.state(), sketch.state()
    sketch.step(start, None, 0.5, end)
    sketch.step(start, "good", 0.5, end)
    with pytest.raises(AutomatonError, match="nothing"):
        sketch.finish(start, end)
