"""OpenFST's binary files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph import fst_file
from speech_model.graph.fst import Fst
from speech_model.graph.fst_file import FstError, FstReader, Header, const_bytes, header_bytes
from tests.speech_model.graph.paths import fsts, made_of, steps_of

GRAMMAR = SHIPPED_PATH / "graph" / "Gr.fst"
SAMPLE = made_of([(0, 1, 2, 0.5, 1), (1, 3, 4, 0.25, 1)], {1: 0.125}, states=2)


def text(value: str) -> bytes:
    return struct.pack("<i", len(value.encode())) + value.encode()


def symbol_table(words: dict[str, int]) -> bytes:
    entries = b"".join(text(word) + struct.pack("<q", at) for word, at in words.items())
    return (
        struct.pack("<i", 2125658996) + text("words") + struct.pack("<qq", 99, len(words)) + entries
    )


def vector(header: Header) -> bytes:
    """The sample as OpenFST writes mutable transducers: each state followed by its arcs."""
    states = [
        struct.pack("<fq", float(SAMPLE.final[state]), 1) + SAMPLE.arcs[state].tobytes()
        for state in range(2)
    ]
    return header_bytes(header) + b"".join(states)


def assert_is_sample(fst: Fst) -> None:
    assert steps_of(fst) == steps_of(SAMPLE)
    assert fst.final.tolist() == SAMPLE.final.tolist()
    assert fst.start == 0


def test_the_shipped_grammar_is_written_as_openfst_wrote_it() -> None:
    assert const_bytes(fst_file.read(GRAMMAR)) == GRAMMAR.read_bytes()


@given(fsts())
def test_what_is_written_is_read(fst: Fst) -> None:
    again = FstReader(const_bytes(fst)).fst()
    assert steps_of(again) == steps_of(fst)
    assert again.final.tolist() == fst.final.tolist()
    assert (again.start, again.properties) == (fst.start, fst.properties)


def test_the_aligned_form_is_read() -> None:
    data = header_bytes(Header("const", 1, 0, SAMPLE.properties, 0, 2, 2))
    data += bytes(-len(data) % 16)
    begin = const_bytes(SAMPLE).removeprefix(
        header_bytes(Header("const", 2, 0, SAMPLE.properties, 0, 2, 2))
    )
    data += begin[:40]
    data += bytes(-len(data) % 16) + begin[40:]
    assert_is_sample(FstReader(data).fst())


@pytest.mark.parametrize("states", [2, -1])
def test_the_mutable_form_is_read(states: int) -> None:
    assert_is_sample(FstReader(vector(Header("vector", 2, 0, 3, 0, states, 0))).fst())


def test_words_are_read_whatever_the_kind(tmp_path: Path) -> None:
    path = tmp_path / "Gr.fst"
    words = {"<eps>": 0, "größe": 7, "order": 2}
    with_inputs = header_bytes(Header("ngram", 4, 3, 1, 0, 5, 0))
    path.write_bytes(with_inputs + symbol_table({"other": 1}) + symbol_table(words) + b"and more")
    assert fst_file.read_words(path) == words
    path.write_bytes(header_bytes(Header("ngram", 4, 2, 1, 0, 5, 0)) + symbol_table(words))
    assert fst_file.read_words(path) == words


def test_a_file_without_words_says_so() -> None:
    assert fst_file.read_words(GRAMMAR) is None


def test_symbols_in_front_of_a_graph_are_no_hindrance() -> None:
    plain = const_bytes(SAMPLE)
    length = len(header_bytes(Header("const", 2, 0, SAMPLE.properties, 0, 2, 2)))
    head = header_bytes(Header("const", 2, 2, SAMPLE.properties, 0, 2, 2))
    assert_is_sample(FstReader(head + symbol_table({"a": 1}) + plain[length:]).fst())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cut off"),
        (b"not a graph at all", "no OpenFST file"),
        (const_bytes(SAMPLE)[:-1], "cut off"),
        (vector(Header("vector", 2, 0, 3, 0, 3, 0)), "cut off"),
        (const_bytes(SAMPLE).replace(b"standard", b"log_arcs"), "log_arcs"),
        (header_bytes(Header("ngram", 4, 0, 1, 0, 5, 0)), "'ngram'"),
        (header_bytes(Header("ngram", 4, 2, 1, 0, 5, 0)) + b"no table", "no symbol table"),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "broken.fst"
    path.write_bytes(content)
    with pytest.raises(FstError, match=said) as caught:
        fst_file.read(path)
    assert "broken.fst" in str(caught.value)
