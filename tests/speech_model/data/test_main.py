from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from speech_model.data.__main__ import app, main
from speech_model.data.examples import read_shards, shard_paths
from speech_model.data.manifest import read_manifest
from speech_model.data.sound import write_sound
from tests.speech_model.data.sounds import spoken


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A folder laid out as the Free Spoken Digit Dataset: one to train on, one to measure with."""
    folder = tmp_path / "digits"
    for speaker in ("george", "jackson"):
        for digit in (1, 7):
            path = folder / "recordings" / f"{digit}_{speaker}_0.flac"
            write_sound(path, (20000 * spoken(0.5, 0.1, 0.1, 8000)).astype(np.int16), 8000)
    return folder


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_corpora_are_listed_with_their_terms() -> None:
    assert "CC BY-SA 4.0" in run("list")


def test_from_recordings_to_shards(tmp_path: Path, digits: Path) -> None:
    told = run("add", "fsdd", "--to", tmp_path, "--from", digits)
    assert "4 of 4 recordings" in told
    assert "2 are kept for measuring" in told
    manifest = tmp_path / "fsdd.tsv"
    assert {one.speaker for one in read_manifest(manifest)} == {"george", "jackson"}

    run("shards", manifest, "--to", tmp_path / "train", "--hours", "0.005", "--workers", "1")
    run("shards", manifest, "--to", tmp_path / "dev", "--held-out", "--workers", "1")
    training, measuring = (
        list(read_shards(shard_paths(tmp_path / name))) for name in ("train", "dev")
    )
    assert sum(len(one.features) for one in training) > 1000
    assert [one.words for one in measuring] == ["one", "seven"]


def test_synthetic_callers_read_sentences_aloud(tmp_path: Path, digits: Path) -> None:
    run("add", "fsdd", "--to", tmp_path, "--from", digits)
    nlu_data = Path(__file__).resolve().parents[3] / "nlu_data"
    general = ("--general", tmp_path / "fsdd.tsv", "--nlu-data", nlu_data)
    told = run("speak", "--to", tmp_path / "said", "--count", "2", *general, "--workers", "1")
    assert "2 utterances" in told
    assert len(read_manifest(tmp_path / "said" / "manifest.tsv")) == 2


def test_what_a_user_can_mend_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.argv", ["data", "add", "fsdd", "--to", str(tmp_path), "--from", "gone"]
    )
    with pytest.raises(SystemExit):
        main()
    assert "nothing at gone" in capsys.readouterr().out
