from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.evaluation import sets
from speech_model.evaluation.recordings import EvaluationError


def test_own_recordings_are_a_set_named_like_their_folder(recordings: Path) -> None:
    made = sets.own_recordings(recordings / "fsdd")
    assert made.name == "fsdd"
    assert len(made.utterances) == 20


def test_own_recordings_without_sound_are_explained(tmp_path: Path) -> None:
    (tmp_path / "refs.tsv").write_text("path\ttext\n")
    with pytest.raises(EvaluationError, match="no sound with a text"):
        sets.own_recordings(tmp_path)


def test_halves_are_about_even_and_never_change() -> None:
    halves = [sets.half_of(f"utterance {number}") for number in range(1_000)]
    assert 450 < halves.count("development") < 550
    assert sets.half_of("jackson") == "development"
