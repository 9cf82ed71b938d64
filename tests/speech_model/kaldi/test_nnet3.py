from __future__ import annotations

import numpy as np
import pytest

from speech_model.kaldi import nnet3
from speech_model.kaldi.binary import KaldiError, KaldiReader, KaldiWriter
from speech_model.kaldi.nnet3 import Component, Network

EVERY_KIND_OF_FIELD = Component(
    "TdnnComponent",
    (
        ("<MaxChange>", np.float32(0.75)),
        ("<Count>", np.float64(25408.0)),
        ("<Dim>", 2),
        ("<TimeOffsets>", np.array([-3, 0], np.int32)),
        ("<LinearParams>", np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)),
        ("<StatsVar>", np.array([5.0, 6.0], np.float64)),
        ("<BiasParams>", np.zeros(0, np.float32)),
        ("<UseNaturalGradient>", True),
        ("<AlphaInOut>", (np.float32(4.0), np.float32(0.5))),
        ("<RankInOut>", (20, 80)),
        ("<TestMode>", False),
        ("<Continuous>", None),
    ),
)
NETWORK = Network(
    "input-node name=input dim=2\noutput-node name=output input=wide",
    {"wide": EVERY_KIND_OF_FIELD, "nothing": Component("NoOpComponent", ())},
)


def to_bytes(network: Network) -> bytes:
    writer = KaldiWriter()
    nnet3.write(writer, network)
    return writer.data


def from_bytes(data: bytes) -> Network:
    reader = KaldiReader(data)
    network = nnet3.read(reader)
    assert reader.at_end
    return network


def test_a_network_is_read_as_written() -> None:
    network = from_bytes(to_bytes(NETWORK))
    assert network.config == NETWORK.config
    assert list(network.components) == ["wide", "nothing"]
    assert to_bytes(network) == to_bytes(NETWORK)


def test_fields_keep_their_order_and_their_types() -> None:
    read = from_bytes(to_bytes(NETWORK)).component("wide")
    assert read.kind == EVERY_KIND_OF_FIELD.kind
    for (token, value), (expected_token, expected) in zip(
        read.fields, EVERY_KIND_OF_FIELD.fields, strict=True
    ):
        assert token == expected_token
        assert type(value) is type(expected)
        np.testing.assert_array_equal(np.asarray(value), np.asarray(expected), strict=True)


def test_the_text_begins_where_kaldi_begins_it() -> None:
    data = to_bytes(NETWORK)
    assert data.startswith(b"<Nnet3> \ninput-node name=input dim=2\n")
    assert b"input=wide\n\n<NumComponents> \4\2\0\0\0<ComponentName> wide <TdnnComponent> " in data
    assert data.endswith(b"<ComponentName> nothing <NoOpComponent> </NoOpComponent> </Nnet3> ")


def test_fields_are_looked_up_by_name() -> None:
    component = NETWORK.component("wide")
    assert component.number("<Dim>") == 2
    assert component.number("<MaxChange>") == 0.75
    assert component.array("<LinearParams>").tolist() == [[1, 2], [3, 4]]


def test_a_component_can_be_made_with_other_parameters() -> None:
    other = EVERY_KIND_OF_FIELD.with_arrays({"<LinearParams>": np.ones((1, 2), np.float32)})
    assert other.array("<LinearParams>").tolist() == [[1, 1]]
    assert EVERY_KIND_OF_FIELD.array("<LinearParams>").shape == (2, 2)
    assert [token for token, _ in other.fields] == [
        token for token, _ in EVERY_KIND_OF_FIELD.fields
    ]


def test_a_field_or_component_that_is_not_there_is_named() -> None:
    with pytest.raises(KaldiError, match="TdnnComponent without <Params>"):
        EVERY_KIND_OF_FIELD.array("<Params>")
    with pytest.raises(KaldiError, match="TdnnComponent without <Params>"):
        EVERY_KIND_OF_FIELD.with_arrays({"<Params>": np.zeros(1)})
    with pytest.raises(KaldiError, match="a network without tdnn9"):
        NETWORK.component("tdnn9")


def test_a_field_whose_type_nobody_knows_is_refused_by_name() -> None:
    """Reading on by a guess would give wrong numbers without a word."""
    data = to_bytes(NETWORK).replace(b"<MaxChange>", b"<MaxSurprise>")
    with pytest.raises(KaldiError, match="the field <MaxSurprise> is not known"):
        from_bytes(data)
