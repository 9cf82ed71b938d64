"""Transducers in arrays."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph import fst_file, look_ahead_file
from speech_model.graph.fst import Fst
from tests.speech_model.graph.paths import cheapest, fsts, made_of, steps_of

# What can only be told by walking through the whole transducer, which nothing that decodes asks.
ABOUT_WALKS = 0xFFFC_0000_0000


def test_arcs_are_gathered_by_state_and_keep_their_order() -> None:
    fst = made_of([(1, 5, 5, 0.5, 0), (0, 9, 9, 0.0, 1), (0, 2, 2, 0.0, 1)], {1: 0.0}, states=2)
    assert steps_of(fst) == [(0, 9, 9, 0.0, 1), (0, 2, 2, 0.0, 1), (1, 5, 5, 0.5, 0)]
    assert fst.first_arc.tolist() == [0, 2, 3]
    assert (fst.states, fst.size) == (2, 3)


@pytest.mark.parametrize("name", ["Gr.fst", "HCLr.fst"])
def test_openfst_says_the_same_about_the_shipped_graph(name: str) -> None:
    path = SHIPPED_PATH / "graph" / name
    fst = look_ahead_file.read(path).fst if name == "HCLr.fst" else fst_file.read(path)
    again = Fst.of(fst.start, fst.final, fst.sources, fst.arcs)
    assert again.properties == fst.properties & ~ABOUT_WALKS


@given(fsts())
def test_sorting_changes_only_the_order_within_states(fst: Fst) -> None:
    for label in ("ilabel", "olabel"):
        ordered = fst.sorted_by(label)
        assert sorted(steps_of(ordered)) == sorted(steps_of(fst))
        for begin, end in itertools.pairwise(ordered.first_arc.tolist()):
            assert (np.diff(ordered.arcs[label][begin:end]) >= 0).all()


def test_labels_are_renamed_on_the_side_that_is_told() -> None:
    fst = made_of([(0, 1, 2, 0.0, 0)], {0: 0.0}, states=1)
    names = np.array([0, 7, 8], np.int32)
    assert steps_of(fst.relabelled(inputs=names)) == [(0, 7, 2, 0.0, 0)]
    assert steps_of(fst.relabelled(outputs=names)) == [(0, 1, 8, 0.0, 0)]


@given(fsts(labels=2))
def test_leaving_dead_ends_out_changes_no_path(fst: Fst) -> None:
    connected = fst.connected()
    for length in range(3):
        for outputs in itertools.product((1, 2), repeat=length):
            assert cheapest(connected, outputs) == cheapest(fst, outputs)


@given(fsts())
def test_afterwards_every_state_is_on_some_path(fst: Fst) -> None:
    connected = fst.connected()
    again = connected.connected()
    assert again.states == connected.states
    assert steps_of(again) == steps_of(connected)


def test_nothing_is_left_where_no_path_ends() -> None:
    assert made_of([(0, 1, 1, 0.0, 1)], {2: 0.0}, states=3).connected().states == 0
