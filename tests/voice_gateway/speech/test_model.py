from __future__ import annotations

from pathlib import Path

import pytest

from voice_gateway.speech.model import SHIPPED_MODEL, SpeechModel, SpeechModelError


def test_the_shipped_model_is_the_default_and_takes_grammars(model: SpeechModel) -> None:
    assert model.path == SHIPPED_MODEL
    assert model.takes_grammars


def test_a_process_loads_a_model_once(model: SpeechModel) -> None:
    assert SpeechModel.load(SHIPPED_MODEL) is model


def test_it_knows_which_words_it_can_hear(model: SpeechModel) -> None:
    assert model.has_word("order")
    assert not model.has_word("blibbl")


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SpeechModelError, match="warmline models list"):
        SpeechModel.load(tmp_path / "nowhere")


def test_an_incomplete_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    with pytest.raises(SpeechModelError, match=r"not a complete Vosk model: am/final\.mdl"):
        SpeechModel.load(tmp_path)


def test_loading_leaves_the_model_s_folder_as_it_is(model: SpeechModel) -> None:
    assert "--dither=0" not in (model.path / "conf" / "mfcc.conf").read_text()
