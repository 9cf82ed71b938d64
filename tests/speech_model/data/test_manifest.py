from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.data.manifest import (
    COLUMNS,
    ManifestError,
    Utterance,
    read_manifest,
    write_manifest,
)

WORDS = st.lists(st.from_regex(r"[a-z']{1,8}", fullmatch=True), min_size=1).map(" ".join)


@given(text=WORDS, seconds=st.floats(0.01, 3600), pitch=st.floats(0, 400), start=st.floats(0, 99))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, text: str, seconds: float, pitch: float, start: float
) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    one = Utterance(
        folder / "a.flac", "ann", text, "mine", round(seconds, 3), round(pitch, 1), round(start, 3)
    )
    write_manifest(folder / "mine.tsv", [one, one])
    assert read_manifest(folder / "mine.tsv") == [one, one]


def test_a_folder_can_be_moved_with_its_manifest(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    write_manifest(here / "m.tsv", [Utterance(here / "x" / "a.flac", "ann", "yes", "mine", 1.0)])
    here.rename(there)
    assert read_manifest(there / "m.tsv")[0].path == there / "x" / "a.flac"


def test_recordings_elsewhere_are_named_in_full(tmp_path: Path) -> None:
    sound = tmp_path / "elsewhere" / "a.flac"
    write_manifest(tmp_path / "lists" / "m.tsv", [Utterance(sound, "ann", "yes", "mine", 1.0)])
    assert read_manifest(tmp_path / "lists" / "m.tsv")[0].path == sound


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.tsv"
    path.write_text("\t".join(COLUMNS) + "\na.flac\tann\tyes\tmine\tlong\t0\t0\n")
    with pytest.raises(ManifestError, match=r"m\.tsv, line 2: .*long"):
        read_manifest(path)
    path.write_text("\t".join(COLUMNS) + "\na.flac\tann\tyes\n")
    with pytest.raises(ManifestError, match="line 2"):
        read_manifest(path)


def test_another_table_is_no_manifest(tmp_path: Path) -> None:
    path = tmp_path / "refs.tsv"
    path.write_text("path\tspeaker\ttext\n")
    with pytest.raises(ManifestError, match="first line must be path speaker text corpus"):
        read_manifest(path)


def test_a_manifest_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"gone\.tsv: No such file"):
        read_manifest(tmp_path / "gone.tsv")
