"""Transducers with look-ahead in OpenFST's binary files, as Vosk reads `HCLr.fst`.

The form is that of OpenFST's `add-on.h`, `label-reachable.h` and `interval-set.h`: a transducer of
the form `const`, and then the intervals of each state.
"""

from __future__ import annotations

import itertools
import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.graph.fst_file import FstError, FstReader, Header, const_bytes, header_bytes
from speech_model.graph.look_ahead import LookAheadFst, Reach

_KIND: Final = "olabel_lookahead"
_VERSION: Final = 1
_MAGIC: Final = 446_681_434
_INT32: Final = struct.Struct("<i")
_INT64: Final = struct.Struct("<q")


def read(path: Path) -> LookAheadFst:
    """Read a transducer with look-ahead on its output labels.

    Args:
        path: The file, `HCLr.fst` of a model.

    Raises:
        FstError: It is another kind of file, or damaged.
        OSError: It cannot be read.
    """
    reader = FstReader(path.read_bytes())
    try:
        header = reader.header()
        if header.kind != _KIND:
            raise FstError(f"it is of type {header.kind!r}, not {_KIND!r}")
        if reader.int32() != _MAGIC:
            raise FstError("its add-on is missing")
        fst = reader.fst()
        for expected in (True, False, True):  # an add-on; not of the inputs; of the outputs
            if reader.boolean() != expected:
                raise FstError("it does not look ahead on output labels")
        return LookAheadFst(fst, _read_reach(reader))
    except FstError as error:
        raise FstError(f"{path}: {error}") from error


def look_ahead_bytes(told: LookAheadFst) -> bytes:
    """Write a transducer with its look-ahead, as Vosk reads `HCLr.fst`.

    Args:
        told: The transducer.
    """
    header = Header(_KIND, _VERSION, 0, told.fst.properties, -1, 0, 0)
    return b"".join(
        (
            header_bytes(header),
            _INT32.pack(_MAGIC),
            const_bytes(told.fst),
            bytes((True, False, True)),
            bytes((False, False)),  # it is about outputs; the old labels are not kept
            _reach_bytes(told.reach),
        )
    )


def _read_reach(reader: FstReader) -> Reach:
    if reader.boolean():
        raise FstError("it looks ahead on input labels")
    if reader.boolean():  # old and new labels, which nothing asks for
        for _ in range(reader.int64()):
            reader.take(8)
    final_label = reader.int32()
    sets: list[NDArray[np.int32]] = []
    for _ in range(reader.int64()):
        sets.append(reader.int32s(2 * reader.int64()).reshape(-1, 2))
        reader.int32()  # how many labels that is
    first = np.cumsum([0, *map(len, sets)])
    return Reach(final_label, first, np.concatenate([np.empty((0, 2), np.int32), *sets]))


def _reach_bytes(reach: Reach) -> bytes:
    parts = [_INT32.pack(reach.final_label), _INT64.pack(len(reach.first) - 1)]
    lengths = np.append(0, np.cumsum(np.diff(reach.intervals, axis=1)))
    labels = np.diff(lengths[reach.first]).tolist()
    for (begin, end), count in zip(itertools.pairwise(reach.first.tolist()), labels, strict=True):
        parts += (
            _INT64.pack(end - begin),
            reach.intervals[begin:end].tobytes(),
            _INT32.pack(count),
        )
    return b"".join(parts)
