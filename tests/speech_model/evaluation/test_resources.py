from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.evaluation.recordings import EvaluationError
from speech_model.evaluation.resources import resources
from speech_model.evaluation.run import Line
from voice_gateway.speech.model import SHIPPED_MODEL

SILENCE = Line(bytes(2 * 8_000), 8_000)


def test_a_model_and_its_recognisers_take_memory() -> None:
    taken = resources(SHIPPED_MODEL, SILENCE)
    assert 1 < taken.model_mb < 1_000
    assert 0 < taken.recogniser_mb < taken.model_mb
    assert taken.narrowed_recogniser_mb > taken.recogniser_mb / 2
    assert taken.load_s > 0


def test_a_model_that_cannot_be_loaded_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="There is no speech model"):
        resources(tmp_path / "nowhere", SILENCE)
