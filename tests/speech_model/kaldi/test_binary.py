from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray

from speech_model.kaldi.binary import KaldiError, KaldiReader, KaldiWriter

int32s = st.integers(-(2**31), 2**31 - 1)
precisions = st.sampled_from([np.float32, np.float64])
tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
vectors = precisions.flatmap(lambda kind: arrays_of.arrays(kind, st.integers(0, 9)))
matrices = precisions.flatmap(
    lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=2, max_dims=2))
)


def written(write: Callable[[KaldiWriter], None]) -> bytes:
    writer = KaldiWriter()
    write(writer)
    return writer.data


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda w: w.header(), b"\0B"),
        (lambda w: w.token("<Nnet3>"), b"<Nnet3> "),
        (lambda w: w.int32(-2), b"\4\xfe\xff\xff\xff"),
        (lambda w: w.floating(np.float32(0.5)), b"\4\0\0\0?"),
        (lambda w: w.floating(np.float64(0.5)), b"\10\0\0\0\0\0\0\xe0?"),
        (lambda w: w.boolean(True), b"T"),
        (lambda w: w.boolean(False), b"F"),
        (lambda w: w.int_vector([1, 2]), b"\4\2\0\0\0\1\0\0\0\2\0\0\0"),
        (lambda w: w.vector(np.array([0.5], np.float32)), b"FV \4\1\0\0\0\0\0\0?"),
        (lambda w: w.vector(np.array([], np.float64)), b"DV \4\0\0\0\0"),
        (
            lambda w: w.matrix(np.array([[0.5, 0.5]], np.float32)),
            b"FM \4\1\0\0\0\4\2\0\0\0\0\0\0?\0\0\0?",
        ),
    ],
)
def test_values_are_written_byte_for_byte_as_kaldi_does(
    write: Callable[[KaldiWriter], None], expected: bytes
) -> None:
    assert written(write) == expected


@given(tokens, int32s, st.booleans())
def test_tokens_integers_and_truth_values_are_read_as_written(
    token: str, number: int, truth: bool
) -> None:
    def write(writer: KaldiWriter) -> None:
        writer.header()
        writer.token(token)
        writer.int32(number)
        writer.boolean(truth)

    reader = KaldiReader(written(write))
    reader.header()
    assert (reader.token(), reader.int32(), reader.boolean()) == (token, number, truth)
    assert reader.at_end


@given(st.floats(), precisions)
def test_numbers_keep_their_precision(number: float, precision: Any) -> None:
    with np.errstate(over="ignore"):
        value = precision(number)
    read = KaldiReader(written(lambda w: w.floating(value))).floating()
    assert type(read) is precision
    np.testing.assert_equal(read, value)


@given(st.lists(int32s, max_size=20))
def test_lists_of_integers_are_read_as_written(numbers: list[int]) -> None:
    assert KaldiReader(written(lambda w: w.int_vector(numbers))).int_vector().tolist() == numbers


@given(vectors)
def test_vectors_are_read_as_written(vector: NDArray[Any]) -> None:
    read = KaldiReader(written(lambda w: w.vector(vector))).vector()
    assert read.dtype == vector.dtype
    np.testing.assert_array_equal(read, vector)


@given(matrices)
def test_matrices_are_read_as_written(matrix: NDArray[Any]) -> None:
    read = KaldiReader(written(lambda w: w.matrix(matrix))).matrix()
    assert (read.dtype, read.shape) == (matrix.dtype, matrix.shape)
    np.testing.assert_array_equal(read, matrix)


def test_a_transposed_matrix_is_written_by_rows() -> None:
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    same = matrix.T.copy()
    assert written(lambda w: w.matrix(matrix.T)) == written(lambda w: w.matrix(same))


def test_what_is_read_can_be_changed() -> None:
    data = written(lambda w: w.vector(np.zeros(3, np.float32)))
    vector = KaldiReader(data).vector()
    vector += 1
    assert KaldiReader(data).vector().tolist() == [0, 0, 0]


@given(matrices, st.data())
def test_a_file_that_is_cut_off_is_refused(matrix: NDArray[Any], data: st.DataObject) -> None:
    whole = written(lambda w: w.matrix(matrix))
    part = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(KaldiError):
        KaldiReader(part).matrix()


@pytest.mark.parametrize(
    ("data", "read", "message"),
    [
        (b"<Nnet3>\n", lambda r: r.header(), "no binary Kaldi file"),
        (b"word", lambda r: r.token(), "a token expected"),
        (b"<Nnet3> ", lambda r: r.expect("<TransitionModel>"), "not '<Nnet3>' (at byte 0)"),
        (b"text", lambda r: r.text_until(b"\n\n"), "expected somewhere"),
        (b"\10\0\0\0\0", lambda r: r.int32(), "a 32-bit integer expected (at byte 0)"),
        (b"\2\0\0", lambda r: r.floating(), "a floating-point number expected"),
        (b"", lambda r: r.floating(), "a floating-point number expected"),
        (b"Y", lambda r: r.boolean(), "T or F expected (at byte 0)"),
        (b"CM ", lambda r: r.matrix(), "FM or DM expected, not 'CM' (at byte 0)"),
        (b"FM ", lambda r: r.vector(), "FV or DV expected"),
        (b"FV " + struct.pack("<bi", 4, -1), lambda r: r.vector(), "a length of -1"),
        (
            b"FM " + struct.pack("<bibi", 4, -1, 4, -1),
            lambda r: r.matrix(),
            "a matrix of -1 by -1",
        ),
    ],
)
def test_what_is_not_there_is_told_with_its_place(
    data: bytes, read: Callable[[KaldiReader], object], message: str
) -> None:
    with pytest.raises(KaldiError) as raised:
        read(KaldiReader(data))
    assert message in str(raised.value)


def test_text_is_read_up_to_its_mark() -> None:
    reader = KaldiReader("ivector näher\n\nrest ".encode())
    assert reader.text_until(b"\n\n") == "ivector näher"
    assert reader.token() == "rest"


def test_peeking_reads_nothing() -> None:
    reader = KaldiReader(b"ab ")
    assert reader.peek() == b"a"
    assert reader.peek(9) == b"ab "
    assert reader.token() == "ab"


@pytest.mark.parametrize("word", ["", "two words"])
def test_a_token_has_no_spaces(word: str) -> None:
    with pytest.raises(ValueError, match="no token"):
        KaldiWriter().token(word)


def test_a_vector_is_no_matrix() -> None:
    with pytest.raises(ValueError, match="expected, not 1"):
        KaldiWriter().matrix(np.zeros(3, np.float32))
