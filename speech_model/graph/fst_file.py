"""Transducers in OpenFST's binary files, of version 1.8 as Vosk brings it.

The forms are those of OpenFST's `fst.h` (header), `const-fst.h`, `vector-fst.h` and
`symbol-table.cc`: little-endian, a text has its length in front.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from speech_model.graph.fst import ARC, EPSILON, Fst

_MAGIC: Final = 2_125_659_606
_SYMBOLS_MAGIC: Final = 2_125_658_996
_STANDARD: Final = "standard"  # arcs whose costs are float32 and whose labels are int32
_CONST: Final = "const"
_CONST_VERSION: Final = 2  # 1 is the aligned form
_VECTOR: Final = "vector"
_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS, _IS_ALIGNED = 1, 2, 4
_ALIGNMENT: Final = 16

_FIELDS: Final = struct.Struct("<iiQqqq")
_INT32: Final = struct.Struct("<i")
_INT64: Final = struct.Struct("<q")
_FLOAT: Final = struct.Struct("<f")
_STATE: Final = np.dtype(
    [("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("ieps", "<u4"), ("oeps", "<u4")]
)

Words: TypeAlias = dict[str, int]


class FstError(Exception):
    """A file is no transducer that can be used here; the message tells why."""


class Header(NamedTuple):
    """What every file begins with.

    Args:
        kind: `const`, `vector`, `olabel_lookahead`, `ngram`, ...
        version: Of the kind's form.
        flags: Whether symbol tables follow, and whether the arrays are aligned.
        properties: What is known of the transducer.
        start: Where every path begins.
        states: How many there are; -1 when the writer did not know.
        arcs: How many there are in all; 0 for kinds that do not say.
    """

    kind: str
    version: int
    flags: int
    properties: int
    start: int
    states: int
    arcs: int


@dataclass(slots=True)
class FstReader:
    """Reads the parts of a file one after the other.

    Args:
        data: The file's content, or its beginning.
        at: How many bytes are read already.
    """

    data: bytes
    at: int = 0

    def int32(self) -> int:
        """Read a 4-byte integer."""
        return int(_INT32.unpack(self.take(4))[0])

    def int64(self) -> int:
        """Read an 8-byte integer."""
        return int(_INT64.unpack(self.take(8))[0])

    def boolean(self) -> bool:
        """Read a byte that says yes or no."""
        return self.take(1) != b"\0"

    def text(self) -> str:
        """Read a text with its length in front."""
        return self.take(self.int32()).decode("utf-8")

    def int32s(self, count: int) -> NDArray[np.int32]:
        """Read an array of 4-byte integers.

        Args:
            count: How many there are.
        """
        return np.frombuffer(self.take(4 * count), "<i4")

    def _records(self, dtype: np.dtype[np.void], count: int) -> NDArray[np.void]:
        return np.frombuffer(self.take(count * dtype.itemsize), dtype)

    def align(self) -> None:
        """Go on to the next boundary of 16 bytes in the file."""
        self.take(-self.at % _ALIGNMENT)

    def header(self) -> Header:
        """Read what a file begins with, without the symbols that may follow."""
        if self.int32() != _MAGIC:
            raise FstError("this is no OpenFST file")
        kind, arc = self.text(), self.text()
        if arc != _STANDARD:
            raise FstError(f"its arcs are of type {arc!r}, not {_STANDARD!r}")
        return Header(kind, *_FIELDS.unpack(self.take(_FIELDS.size)))

    def symbols(self) -> Words:
        """Read a symbol table: words and their labels."""
        if self.int32() != _SYMBOLS_MAGIC:
            raise FstError("no symbol table where one should be")
        self.text()  # its name
        self.int64()  # the next free label
        return {self.text(): self.int64() for _ in range(self.int64())}

    def take(self, count: int) -> bytes:
        """Read some bytes.

        Raises:
            FstError: The file ends before.
        """
        part = self.data[self.at : self.at + count]
        if count < 0 or len(part) < count:
            raise FstError("it is cut off")
        self.at += count
        return part

    def fst(self) -> Fst:
        """Read a `const` or `vector` transducer with its header; symbol tables are skipped."""
        header = self.header()
        for flag in (_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS):
            if header.flags & flag:
                self.symbols()
        if header.kind == _CONST:
            return self._const(header)
        if header.kind == _VECTOR:
            return self._vector(header)
        raise FstError(f"it is of type {header.kind!r}, which cannot be read here")

    def _const(self, header: Header) -> Fst:
        aligned = header.version == 1 or bool(header.flags & _IS_ALIGNED)
        if aligned:
            self.align()
        states = self._records(_STATE, header.states)
        if aligned:
            self.align()
        arcs = self._records(ARC, header.arcs)
        first_arc = np.append(states["first"], header.arcs).astype(np.int64)
        return Fst(header.start, states["final"].copy(), first_arc, arcs, header.properties)

    def _vector(self, header: Header) -> Fst:
        final: list[float] = []
        arcs: list[NDArray[np.void]] = []
        while len(final) != header.states and self.at < len(self.data):
            final.append(_FLOAT.unpack(self.take(4))[0])
            arcs.append(self._records(ARC, self.int64()))
        if header.states not in (-1, len(final)):
            raise FstError("it is cut off")
        first_arc = np.cumsum([0, *map(len, arcs)])
        joined = np.concatenate([np.empty(0, ARC), *arcs])
        return Fst(header.start, np.array(final, np.float32), first_arc, joined, header.properties)


def read(path: Path) -> Fst:
    """Read a `const` or `vector` transducer.

    Args:
        path: The file.

    Raises:
        FstError: It is another kind of file, or damaged.
        OSError: It cannot be read.
    """
    try:
        return FstReader(path.read_bytes()).fst()
    except (FstError, UnicodeDecodeError) as error:
        raise FstError(f"{path}: {error}") from error


def read_words(path: Path) -> Words | None:
    """Read the output symbols that a file of any kind may carry.

    Args:
        path: The file.

    Returns:
        Words and their labels; None when the file has none.

    Raises:
        FstError: It is no OpenFST file, or damaged.
        OSError: It cannot be read.
    """
    reader = FstReader(path.read_bytes())
    try:
        header = reader.header()
        if header.flags & _HAS_INPUT_SYMBOLS:
            reader.symbols()
        return reader.symbols() if header.flags & _HAS_OUTPUT_SYMBOLS else None
    except (FstError, UnicodeDecodeError) as error:
        raise FstError(f"{path}: {error}") from error


def header_bytes(header: Header) -> bytes:
    """Write what a file begins with.

    Args:
        header: The header; its flags must not promise symbols.
    """
    kind, arc = header.kind.encode(), _STANDARD.encode()
    return b"".join(
        (
            _INT32.pack(_MAGIC),
            _INT32.pack(len(kind)),
            kind,
            _INT32.pack(len(arc)),
            arc,
            _FIELDS.pack(*header[1:]),
        )
    )


def const_bytes(fst: Fst) -> bytes:
    """Write a transducer in the form `const`, with its header.

    Args:
        fst: The transducer.
    """
    states = np.empty(fst.states, _STATE)
    states["final"] = fst.final
    states["first"] = fst.first_arc[:-1]
    states["arcs"] = np.diff(fst.first_arc)
    for field, label in (("ieps", "ilabel"), ("oeps", "olabel")):
        silent = fst.sources[fst.arcs[label] == EPSILON]
        states[field] = np.bincount(silent, minlength=fst.states)
    header = Header(_CONST, _CONST_VERSION, 0, fst.properties, fst.start, fst.states, fst.size)
    return header_bytes(header) + states.tobytes() + fst.arcs.tobytes()
