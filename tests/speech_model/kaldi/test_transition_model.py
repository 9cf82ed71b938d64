from __future__ import annotations

import numpy as np
import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi import transition_model
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.kaldi.binary import KaldiError, KaldiReader, KaldiWriter
from speech_model.kaldi.transition_model import State, TransitionModel, monophone_chain
from speech_model.phones import OUTPUTS


def to_bytes(model: TransitionModel) -> bytes:
    writer = KaldiWriter()
    transition_model.write(writer, model)
    return writer.data


def from_bytes(data: bytes) -> TransitionModel:
    reader = KaldiReader(data)
    model = transition_model.read(reader)
    assert reader.at_end
    return model


@pytest.fixture
def three_states() -> TransitionModel:
    """As in Kaldi's models of old: three states a phone, one output a state."""
    states = tuple(State(n, n, ((n, 0.75), (n + 1, 0.25))) for n in range(3))
    return TransitionModel(
        phones=np.array([1], np.int32),
        topology_of=np.array([-1, 0], np.int32),
        topologies=((*states, State(-1, -1, ())),),
        tuples=np.array([[1, 0, 0], [1, 1, 1], [1, 2, 2]], np.int32),
        log_probabilities=np.log(np.array([1, *[0.75, 0.25] * 3], np.float32)),
    )


def test_ours_is_that_of_the_shipped_model() -> None:
    shipped = AcousticModel.read(SHIPPED_PATH / "am" / "final.mdl").transitions
    assert to_bytes(monophone_chain()) == to_bytes(shipped)


def test_ours_uses_every_output_of_the_network() -> None:
    model = monophone_chain()
    assert model.is_chain
    assert model.outputs == OUTPUTS


def test_a_chain_model_is_read_as_written() -> None:
    model = from_bytes(to_bytes(monophone_chain()))
    assert model.topologies == monophone_chain().topologies
    np.testing.assert_array_equal(model.tuples, monophone_chain().tuples)
    np.testing.assert_array_equal(model.log_probabilities, monophone_chain().log_probabilities)


def test_a_model_with_one_output_a_state_is_read_as_written(three_states: TransitionModel) -> None:
    data = to_bytes(three_states)
    model = from_bytes(data)
    assert b"<Triples>" in data
    assert not model.is_chain
    assert model.topologies == three_states.topologies
    assert model.outputs == 3
    assert to_bytes(model) == data


def test_a_model_that_is_cut_off_is_refused() -> None:
    data = to_bytes(monophone_chain())
    for length in (0, 30, len(data) // 2, len(data) - 1):
        with pytest.raises(KaldiError):
            from_bytes(data[:length])
