from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_model.evaluation.recordings import EvaluationError, read_folder

TONE = np.sin(np.arange(4_410) * 0.1).astype(np.float32) / 2


def folder_with(folder: Path, table: str, *sounds: tuple[str, int]) -> Path:
    (folder / "refs.tsv").write_text(table, encoding="utf-8")
    for name, rate in sounds:
        soundfile.write(folder / name, TONE, rate)
    return folder


def test_a_table_and_its_sound_are_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "path\tspeaker\ttext\na.wav\tsam\tPress 9.\n", ("a.wav", 8_000))
    (found,) = read_folder(folder)
    assert (found.path, found.speaker, found.text) == ("a.wav", "sam", "press nine")
    assert found.rate == 8_000
    assert np.abs(found.sound).max() == pytest.approx(0.5, abs=0.01)


def test_flac_is_found_where_the_table_says_wav(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "path\ttext\na.1.wav\tyes\n", ("a.1.flac", 8_000))
    assert [each.path for each in read_folder(folder)] == ["a.1.wav"]


def test_sound_is_looked_for_elsewhere_too(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    folder_with(tmp_path / "other", "", ("a.wav", 8_000))
    folder = folder_with(tmp_path, "path\ttext\na.wav\tyes\n")
    assert not read_folder(folder)
    assert len(read_folder(folder, [tmp_path / "other"])) == 1


@pytest.mark.parametrize("rate", [11_025, 44_100])
def test_wider_sound_is_brought_to_16_khz(tmp_path: Path, rate: int) -> None:
    folder = folder_with(tmp_path, "path\ttext\na.wav\tyes\n", ("a.wav", rate))
    (found,) = read_folder(folder)
    assert found.rate == 16_000
    assert len(found.sound) == pytest.approx(len(TONE) * 16_000 / rate, abs=2)


def test_what_has_no_text_or_no_sound_is_left_out(tmp_path: Path) -> None:
    table = "path\ttext\na.wav\t\nb.wav\tyes\na.wav\t<beep>\na.wav\tIAX (not said)\na.wav\t...\n\n"
    assert not read_folder(folder_with(tmp_path, table, ("a.wav", 8_000)))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [("path\tsaid\n", "lacks the column text"), ("", "lacks the column path and text")],
)
def test_a_table_without_its_columns_is_explained(
    tmp_path: Path, table: str, complaint: str
) -> None:
    with pytest.raises(EvaluationError, match=complaint):
        read_folder(folder_with(tmp_path, table))


def test_a_missing_table_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"Could not read .*refs\.tsv: No such file"):
        read_folder(tmp_path)


def test_a_table_that_is_no_text_is_explained(tmp_path: Path) -> None:
    (tmp_path / "refs.tsv").write_bytes(b"path\ttext\n\xff\xfe\x00\n")
    with pytest.raises(EvaluationError, match="not a tab-separated table"):
        read_folder(tmp_path)


def test_sound_that_is_none_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("not a sound")
    with pytest.raises(EvaluationError, match=r"Could not read the sound .*a\.wav"):
        read_folder(folder_with(tmp_path, "path\ttext\na.wav\tyes\n"))
