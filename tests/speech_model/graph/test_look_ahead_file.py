"""Lexicons with look-ahead in OpenFST's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph import look_ahead_file
from speech_model.graph.fst import Fst
from speech_model.graph.fst_file import FstError
from speech_model.graph.look_ahead import add_look_ahead
from speech_model.graph.look_ahead_file import look_ahead_bytes
from tests.speech_model.graph.paths import fsts, steps_of

LEXICON = SHIPPED_PATH / "graph" / "HCLr.fst"


def test_the_shipped_lexicon_is_written_as_openfst_wrote_it() -> None:
    assert look_ahead_bytes(look_ahead_file.read(LEXICON)) == LEXICON.read_bytes()


@given(fst=fsts())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, fst: Fst) -> None:
    told, _ = add_look_ahead(fst)
    path = tmp_path_factory.getbasetemp() / "HCLr.fst"
    path.write_bytes(look_ahead_bytes(told))
    again = look_ahead_file.read(path)
    assert steps_of(again.fst) == steps_of(told.fst)
    assert again.reach.final_label == told.reach.final_label
    assert [again.reach.of(state) for state in range(fst.states)] == [
        told.reach.of(state) for state in range(fst.states)
    ]


@pytest.mark.parametrize(
    ("source", "end", "said"),
    [
        ("Gr.fst", None, "'const'"),
        ("HCLr.fst", -1, "cut off"),
        ("HCLr.fst", 60, "add-on is missing|cut off"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, source: str, end: int | None, said: str) -> None:
    path = tmp_path / "broken.fst"
    path.write_bytes((SHIPPED_PATH / "graph" / source).read_bytes()[:end])
    with pytest.raises(FstError, match=said) as caught:
        look_ahead_file.read(path)
    assert "broken.fst" in str(caught.value)
