"""Kaldi's transition model: which states a phone has and which network outputs they use.

Format and meaning are those of Kaldi's `hmm/hmm-topology.cc` and `hmm/transition-model.cc`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.kaldi.binary import FloatArray, KaldiReader, KaldiWriter
from speech_model.phones import POSITION_PHONES, output_of

# Stands in place of the number of topologies where a state's first frame has an output of its own.
_CHAIN: Final = -1


@dataclass(frozen=True, slots=True)
class State:
    """One state of a phone.

    Args:
        forward_class: Which of the phone's outputs its first frame uses; -1 in the last state,
            which has no frames.
        self_loop_class: Which one each further frame uses.
        transitions: Where it leads, as pairs of the next state's place and a probability.
    """

    forward_class: int
    self_loop_class: int
    transitions: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class TransitionModel:
    """States and outputs of all phones.

    Args:
        phones: Ids of the phones, ascending.
        topology_of: For each phone id from 0 on, its place in `topologies`; -1 where there is no
            such phone.
        topologies: States of a phone.
        tuples: One row a state in the order of transition ids: phone, state in its topology,
            output of the first frame and, in chain models, output of further frames.
        log_probabilities: Of each transition id; the one at 0 is unused.
    """

    phones: NDArray[np.int32]
    topology_of: NDArray[np.int32]
    topologies: tuple[tuple[State, ...], ...]
    tuples: NDArray[np.int32]
    log_probabilities: FloatArray

    @property
    def outputs(self) -> int:
        """How many network outputs the model uses."""
        return int(self.tuples[:, 2:].max()) + 1

    @property
    def is_chain(self) -> bool:
        """Whether first and further frames have outputs of their own."""
        return bool(self.tuples.shape[1] == 4)


def monophone_chain() -> TransitionModel:
    """Build the transition model of `speech_model.phones`.

    Each phone in each position has one state with a loop, as in Kaldi's chain models
    (`steps/nnet3/chain/gen_topo.py`), and the outputs of the phone without position.

    Returns:
        The model that `speech_model.phones.transition_ids` belongs to.
    """
    count = len(POSITION_PHONES)
    emitting = State(forward_class=0, self_loop_class=1, transitions=((0, 0.5), (1, 0.5)))
    last = State(forward_class=-1, self_loop_class=-1, transitions=())
    rows = [
        (number, 0, output_of(name), output_of(name) + 1)
        for number, name in enumerate(POSITION_PHONES, start=1)
    ]
    return TransitionModel(
        phones=np.arange(1, count + 1, dtype=np.int32),
        topology_of=np.array([-1] + [0] * count, np.int32),
        topologies=((emitting, last),),
        tuples=np.array(rows, np.int32),
        log_probabilities=np.full(2 * count + 1, math.log(0.5), np.float32),
    )


def read(reader: KaldiReader) -> TransitionModel:
    """Read a transition model.

    Args:
        reader: Stands before `<TransitionModel>`.

    Returns:
        The model; the reader stands behind it.

    Raises:
        KaldiError: Something else is there.
    """
    reader.expect("<TransitionModel>")
    reader.expect("<Topology>")
    phones, topology_of = reader.int_vector(), reader.int_vector()
    count = reader.int32()
    chain = count == _CHAIN
    if chain:
        count = reader.int32()
    topologies = tuple(
        tuple(_read_state(reader, chain) for _ in range(reader.int32())) for _ in range(count)
    )
    reader.expect("</Topology>")
    kind, width = ("Tuples", 4) if chain else ("Triples", 3)
    reader.expect(f"<{kind}>")
    rows = [[reader.int32() for _ in range(width)] for _ in range(reader.int32())]
    reader.expect(f"</{kind}>")
    reader.expect("<LogProbs>")
    log_probabilities = reader.vector()
    reader.expect("</LogProbs>")
    reader.expect("</TransitionModel>")
    return TransitionModel(
        phones, topology_of, topologies, np.array(rows, np.int32), log_probabilities
    )


def write(writer: KaldiWriter, model: TransitionModel) -> None:
    """Write a transition model.

    Args:
        writer: Takes it.
        model: Chain or not, as `TransitionModel.is_chain` says.
    """
    writer.token("<TransitionModel>")
    writer.token("<Topology>")
    writer.int_vector(model.phones)
    writer.int_vector(model.topology_of)
    if model.is_chain:
        writer.int32(_CHAIN)
    writer.int32(len(model.topologies))
    for topology in model.topologies:
        writer.int32(len(topology))
        for state in topology:
            _write_state(writer, state, model.is_chain)
    writer.token("</Topology>")
    kind = "Tuples" if model.is_chain else "Triples"
    writer.token(f"<{kind}>")
    writer.int32(len(model.tuples))
    for value in model.tuples.ravel().tolist():
        writer.int32(value)
    writer.token(f"</{kind}>")
    writer.token("<LogProbs>")
    writer.vector(model.log_probabilities)
    writer.token("</LogProbs>")
    writer.token("</TransitionModel>")


def _read_state(reader: KaldiReader, chain: bool) -> State:
    forward = reader.int32()
    self_loop = reader.int32() if chain else forward
    transitions = tuple((reader.int32(), float(reader.floating())) for _ in range(reader.int32()))
    return State(forward, self_loop, transitions)


def _write_state(writer: KaldiWriter, state: State, chain: bool) -> None:
    writer.int32(state.forward_class)
    if chain:
        writer.int32(state.self_loop_class)
    writer.int32(len(state.transitions))
    for target, probability in state.transitions:
        writer.int32(target)
        writer.floating(np.float32(probability))
