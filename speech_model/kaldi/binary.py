"""The basic values of Kaldi's binary files: tokens, numbers, vectors and matrices.

Little-endian; a number has its size in front, which for floating point tells the precision. The
form of each is that of Kaldi's `base/io-funcs-inl.h`, `matrix/kaldi-vector.cc` and
`matrix/kaldi-matrix.cc`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Float: TypeAlias = np.float32 | np.float64
FloatArray: TypeAlias = NDArray[np.floating[Any]]

# What a file or an entry of an archive begins with when it is binary.
_BINARY: Final = b"\0B"

_INT32: Final = struct.Struct("<bi")
_FLOAT: Final = struct.Struct("<bf")
_DOUBLE: Final = struct.Struct("<bd")


class KaldiError(Exception):
    """A file is not what Kaldi writes, or is cut off; the message tells where."""


class KaldiReader:
    """Reads values one after the other.

    Args:
        data: The content of a file.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._position == len(self._data)

    def header(self) -> None:
        """Read the mark of a binary file.

        Raises:
            KaldiError: It is not there: a text file, or none of Kaldi's.
        """
        if self._take(len(_BINARY)) != _BINARY:
            raise KaldiError("this is no binary Kaldi file")

    def token(self) -> str:
        """Read a word and the space after it.

        Returns:
            The word, most often in angle brackets.

        Raises:
            KaldiError: No space follows.
        """
        end = self._data.find(b" ", self._position)
        if end < 0:
            raise self.error("a token expected")
        word = self._data[self._position : end]
        self._position = end + 1
        return word.decode("latin1")

    def expect(self, token: str) -> None:
        """Read a word that has to be this one.

        Args:
            token: The word.

        Raises:
            KaldiError: It is another.
        """
        if (word := self.token()) != token:
            raise self.error(f"{token} expected, not {word[:40]!r}", back=len(word) + 1)

    def text_until(self, mark: bytes) -> str:
        """Read the text before a mark, and the mark.

        Args:
            mark: Where the text ends.

        Returns:
            The text without the mark.

        Raises:
            KaldiError: There is no such mark.
        """
        end = self._data.find(mark, self._position)
        if end < 0:
            raise self.error(f"{mark!r} expected somewhere")
        text = self._data[self._position : end]
        self._position = end + len(mark)
        return text.decode()

    def peek(self, length: int = 1) -> bytes:
        """Look at the next bytes without reading them.

        Args:
            length: How many.

        Returns:
            As many, or fewer at the end.
        """
        return self._data[self._position : self._position + length]

    def int32(self) -> int:
        """Read a 32-bit number.

        Raises:
            KaldiError: Something else is there.
        """
        size, value = _INT32.unpack(self._take(_INT32.size))
        if size != 4:
            raise self.error("a 32-bit integer expected", back=_INT32.size)
        return int(value)

    def floating(self) -> Float:
        """Read a number of single or double precision.

        Returns:
            In the precision of the file.

        Raises:
            KaldiError: Something else is there.
        """
        match self.peek():
            case b"\4":
                return np.float32(_FLOAT.unpack(self._take(_FLOAT.size))[1])
            case b"\10":
                return np.float64(_DOUBLE.unpack(self._take(_DOUBLE.size))[1])
            case _:
                raise self.error("a floating-point number expected")

    def boolean(self) -> bool:
        """Read a truth value.

        Raises:
            KaldiError: Something else is there.
        """
        letter = self._take(1)
        if letter not in (b"T", b"F"):
            raise self.error("T or F expected", back=1)
        return letter == b"T"

    def int_vector(self) -> NDArray[np.int32]:
        """Read a list of 32-bit integers.

        Raises:
            KaldiError: Something else is there, or not all of it.
        """
        return self._array("<i4", self.int32()).astype(np.int32)

    def vector(self) -> FloatArray:
        """Read a vector of single or double precision.

        Returns:
            In the precision of the file.

        Raises:
            KaldiError: Something else is there, or not all of it.
        """
        precision = self._precision("V")
        return self._array(precision, self.int32())

    def matrix(self) -> FloatArray:
        """Read a matrix of single or double precision.

        Returns:
            Rows by columns, in the precision of the file.

        Raises:
            KaldiError: Something else is there, or not all of it.
        """
        precision = self._precision("M")
        rows, columns = self.int32(), self.int32()
        if rows < 0 or columns < 0:
            raise self.error(f"a matrix of {rows} by {columns}")
        return self._array(precision, rows * columns).reshape(rows, columns)

    def error(self, message: str, back: int = 0) -> KaldiError:
        """Make an error that tells where reading stands.

        Args:
            message: What is wrong.
            back: How many bytes before here it is.

        Returns:
            The error, to be raised.
        """
        return KaldiError(f"{message} (at byte {self._position - back})")

    def _precision(self, kind: str) -> str:
        token = self.token()
        if token == f"F{kind}":
            return "<f4"
        if token == f"D{kind}":
            return "<f8"
        raise self.error(f"F{kind} or D{kind} expected, not {token[:40]!r}", back=len(token) + 1)

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        if count < 0:
            raise self.error(f"a length of {count}")
        dtype = np.dtype(kind)
        return np.frombuffer(self._take(count * dtype.itemsize), dtype).copy()

    def _take(self, length: int) -> bytes:
        taken = self.peek(length)
        if len(taken) < length:
            raise self.error(f"the file is cut off: {length} more bytes expected")
        self._position += length
        return taken


class KaldiWriter:
    """Collects values as Kaldi writes them; every method appends one."""

    def __init__(self) -> None:
        self._data = bytearray()

    @property
    def data(self) -> bytes:
        """What was written so far."""
        return bytes(self._data)

    def header(self) -> None:
        """Write the mark of a binary file."""
        self._data += _BINARY

    def token(self, word: str) -> None:
        """Write a word and a space.

        Args:
            word: Without spaces.

        Raises:
            ValueError: It is empty or has a space in it.
        """
        if not word or " " in word:
            raise ValueError(f"{word!r} is no token")
        self._data += word.encode("latin1") + b" "

    def text(self, text: str) -> None:
        """Write a text as it is."""
        self._data += text.encode()

    def int32(self, value: int) -> None:
        """Write a 32-bit integer."""
        self._data += _INT32.pack(4, value)

    def floating(self, value: Float) -> None:
        """Write a number in its own precision."""
        if isinstance(value, np.float64):
            self._data += _DOUBLE.pack(8, value)
        else:
            self._data += _FLOAT.pack(4, value)

    def boolean(self, value: bool) -> None:
        """Write a truth value."""
        self._data += b"T" if value else b"F"

    def int_vector(self, values: Iterable[int] | NDArray[np.int32]) -> None:
        """Write a list of 32-bit integers."""
        array = np.fromiter(values, np.dtype("<i4"))
        self.int32(len(array))
        self._data += array.tobytes()

    def vector(self, values: FloatArray) -> None:
        """Write a vector in its own precision."""
        self._floats("V", values, 1)

    def matrix(self, values: FloatArray) -> None:
        """Write a matrix, rows by columns, in its own precision."""
        self._floats("M", values, 2)

    def _floats(self, kind: str, values: FloatArray, dimensions: int) -> None:
        if values.ndim != dimensions:
            raise ValueError(f"{dimensions} dimension(s) expected, not {values.ndim}")
        double = values.dtype == np.float64
        self.token(f"{'D' if double else 'F'}{kind}")
        for length in values.shape:
            self.int32(length)
        self._data += np.ascontiguousarray(values, "<f8" if double else "<f4").tobytes()
