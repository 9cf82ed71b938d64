"""Which words can be reached from each state."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph import look_ahead_file
from speech_model.graph.fst import EPSILON, Fst
from speech_model.graph.look_ahead import add_look_ahead, united
from tests.speech_model.graph.paths import cheapest, fsts, made_of, steps_of

INTERVALS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda of: (of[0], of[0] + of[1]))
)


def next_outputs(fst: Fst, state: int) -> tuple[set[int], bool]:
    """The labels that may come first after a state, and whether a path may end before any."""
    labels, silently, waiting = set(), {state}, [state]
    while waiting:
        here = waiting.pop()
        for source, _, output, _, goal in steps_of(fst):
            if source != here:
                continue
            if output != EPSILON:
                labels.add(output)
            elif goal not in silently:
                silently.add(goal)
                waiting.append(goal)
    return labels, any(np.isfinite(fst.final[each]) for each in silently)


@given(fsts())
def test_each_state_tells_what_can_come_next(fst: Fst) -> None:
    told, _ = add_look_ahead(fst)
    for state in range(fst.states):
        labels, ends = next_outputs(told.fst, state)
        expected = labels | ({told.reach.final_label} if ends else set())
        reached = {label for begin, end in told.reach.of(state) for label in range(begin, end)}
        assert reached == expected


@given(fsts())
def test_labels_are_renamed_one_to_one(fst: Fst) -> None:
    told, labels = add_look_ahead(fst)
    old = set(fst.arcs["olabel"].tolist()) - {EPSILON}
    new = {int(labels[label]) for label in old}
    assert len(new) == len(old)
    assert told.reach.final_label not in new
    assert EPSILON not in new
    renamed = [(a, b, int(labels[c]), d, e) for a, b, c, d, e in steps_of(fst)]
    assert sorted(steps_of(told.fst)) == sorted(renamed)


@given(INTERVALS)
def test_united_intervals_hold_the_same_and_do_not_touch(intervals: list[tuple[int, int]]) -> None:
    told = united(intervals)
    held = {label for begin, end in intervals for label in range(begin, end)}
    assert {label for begin, end in told for label in range(begin, end)} == held
    assert all(first[1] < second[0] for first, second in itertools.pairwise(told))


def test_words_behind_a_branch_are_one_interval() -> None:
    steps = [
        (0, 1, 0, 0.0, 1),
        (0, 2, 0, 0.0, 2),
        (1, 3, 30, 0.0, 0),
        (1, 4, 10, 0.0, 0),
        (2, 5, 20, 0.0, 0),
    ]
    told, labels = add_look_ahead(made_of(steps, {0: 0.0}, states=3))
    assert told.reach.of(1) == [(1, 3)]
    assert sorted((labels[30], labels[10])) == [1, 2]
    assert told.reach.of(2) == [(3, 4)]
    assert told.reach.of(0) == [(1, 5)]
    assert told.reach.final_label == 4
    assert labels[15] == -1


def test_the_shipped_lexicon_gets_the_labels_that_openfst_gave_it() -> None:
    shipped = look_ahead_file.read(SHIPPED_PATH / "graph" / "HCLr.fst")
    told, labels = add_look_ahead(shipped.fst)
    assert (labels[1:-1] == np.arange(1, len(labels) - 1)).all()
    assert told.reach.final_label == shipped.reach.final_label
    assert (told.reach.first == shipped.reach.first).all()
    assert (told.reach.intervals == shipped.reach.intervals).all()


def test_a_long_word_is_no_hindrance() -> None:
    steps = [(state, 1, 0, 0.0, state + 1) for state in range(5000)]
    told, _ = add_look_ahead(made_of([*steps, (5000, 0, 1, 0.0, 0)], {0: 0.0}, states=5001))
    assert told.reach.of(2500) == [(1, 2)]
    assert cheapest(told.fst, [1]) == 0.0
