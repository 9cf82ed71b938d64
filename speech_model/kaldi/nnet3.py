"""Kaldi's nnet3 networks: a wiring in text and components with named fields.

Components are kept field by field as the file has them, in its order, so that a network is written
as it was read even where this program has no use for a field. Which fields a component has is told
by the `Write` methods in Kaldi's `nnet3/nnet-*-component.cc`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from speech_model.kaldi.binary import Float, FloatArray, KaldiError, KaldiReader, KaldiWriter

# A field without value is None; a pair is two numbers one after the other.
Value: TypeAlias = (
    bool
    | int
    | Float
    | tuple[int, int]
    | tuple[Float, Float]
    | NDArray[np.int32]
    | FloatArray
    | None
)

# The bytes of an integer, of a single-precision number and of the length of a list look the same.
# fmt: off
_INTEGERS: Final = frozenset({
    "<BlockDim>", "<Dim>", "<InputDim>", "<OutputDim>", "<NumBlocks>", "<NumRepeats>", "<Rank>",
    "<RankIn>", "<RankOut>", "<TimePeriod>", "<TimeMaskMaxFrames>", "<SpecAugmentMaxRegions>",
    "<UpdatePeriod>",
})
_FLOATS: Final = frozenset({
    "<Alpha>", "<BackpropScale>", "<Count>", "<DropoutProportion>", "<Epsilon>", "<L2Regularize>",
    "<LearningRate>", "<LearningRateFactor>", "<MaxChange>", "<NumDimsProcessed>",
    "<NumDimsSelfRepaired>", "<NumSamplesHistory>", "<OderivCount>", "<OrthonormalConstraint>",
    "<SelfRepairLowerThreshold>", "<SelfRepairScale>", "<SelfRepairUpperThreshold>",
    "<SpecAugmentMaxProportion>", "<TargetRms>", "<ZeroedProportion>",
})
# fmt: on
_INTEGER_PAIRS: Final = frozenset({"<RankInOut>"})
_FLOAT_PAIRS: Final = frozenset({"<AlphaInOut>"})
_INTEGER_LISTS: Final = frozenset({"<ColumnMap>", "<Sizes>", "<TimeOffsets>"})


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A part of a network.

    Args:
        kind: Kaldi's class, such as `TdnnComponent`.
        fields: Pairs of a token (`<LinearParams>`) and its value, in the file's order.
    """

    kind: str
    fields: tuple[tuple[str, Value], ...]

    def number(self, token: str) -> float:
        """Look up a field that is a number.

        Args:
            token: Its name.

        Raises:
            KaldiError: There is no such field.
        """
        return float(self._value(token))

    def array(self, token: str) -> FloatArray:
        """Look up a field that is a vector or a matrix.

        Args:
            token: Its name.

        Returns:
            The field's own array, to be read only.

        Raises:
            KaldiError: There is no such field.
        """
        return np.asarray(self._value(token))

    def with_arrays(self, arrays: Mapping[str, FloatArray]) -> Component:
        """Make the same component with other parameters.

        Args:
            arrays: New values of some of the fields, by token.

        Returns:
            The new component.

        Raises:
            KaldiError: There is no such field.
        """
        for token in arrays:
            self._value(token)
        fields = tuple((token, arrays.get(token, value)) for token, value in self.fields)
        return Component(self.kind, fields)

    def _value(self, token: str) -> Any:
        for name, value in self.fields:
            if name == token:
                return value
        raise KaldiError(f"a {self.kind} without {token}")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network.

    Args:
        config: Its nodes and how they are connected, one a line.
        components: What the nodes compute, by name.
    """

    config: str
    components: dict[str, Component]

    def component(self, name: str) -> Component:
        """Look up a component.

        Raises:
            KaldiError: There is none of this name.
        """
        try:
            return self.components[name]
        except KeyError:
            raise KaldiError(f"a network without {name}") from None


def read(reader: KaldiReader) -> Network:
    """Read a network.

    Args:
        reader: Stands before `<Nnet3>`.

    Returns:
        The network; the reader stands behind it.

    Raises:
        KaldiError: Something else is there, or a component has a field that is not known here.
    """
    reader.expect("<Nnet3>")
    config = reader.text_until(b"\n\n").removeprefix("\n")
    reader.expect("<NumComponents>")
    components = {}
    for _ in range(reader.int32()):
        reader.expect("<ComponentName>")
        name = reader.token()
        components[name] = _read_component(reader)
    reader.expect("</Nnet3>")
    return Network(config, components)


def write(writer: KaldiWriter, network: Network) -> None:
    """Write a network.

    Args:
        writer: Takes it.
        network: The network.
    """
    writer.token("<Nnet3>")
    writer.text(f"\n{network.config}\n\n")
    writer.token("<NumComponents>")
    writer.int32(len(network.components))
    for name, component in network.components.items():
        writer.token("<ComponentName>")
        writer.token(name)
        writer.token(f"<{component.kind}>")
        for token, value in component.fields:
            writer.token(token)
            _write_value(writer, value)
        writer.token(f"</{component.kind}>")
    writer.token("</Nnet3>")


def _read_component(reader: KaldiReader) -> Component:
    kind = reader.token().strip("<>")
    fields = []
    while (token := reader.token()) != f"</{kind}>":
        fields.append((token, _read_value(reader, token)))
    return Component(kind, tuple(fields))


def _read_value(reader: KaldiReader, token: str) -> Value:
    match reader.peek(1):
        case b"<":
            return None
        case b"T" | b"F" if reader.peek(2)[1:] == b"<":
            return reader.boolean()
        case b"F" | b"D":
            return reader.vector() if reader.peek(2)[1:] == b"V" else reader.matrix()
    if token in _INTEGERS:
        return reader.int32()
    if token in _FLOATS:
        return reader.floating()
    if token in _INTEGER_PAIRS:
        return reader.int32(), reader.int32()
    if token in _FLOAT_PAIRS:
        return reader.floating(), reader.floating()
    if token in _INTEGER_LISTS:
        return reader.int_vector()
    raise reader.error(f"the field {token} is not known")


def _write_value(writer: KaldiWriter, value: Value) -> None:
    match value:
        case None:
            return
        case bool():
            writer.boolean(value)
        case int():
            writer.int32(value)
        case tuple():
            for part in value:
                _write_value(writer, part)
        case np.ndarray():
            _write_array(writer, value)
        case _:
            writer.floating(value)


def _write_array(writer: KaldiWriter, array: NDArray[Any]) -> None:
    if np.issubdtype(array.dtype, np.integer):
        writer.int_vector(array)
    elif array.ndim == 1:
        writer.vector(array)
    else:
        writer.matrix(array)
