"""A trained acoustic model becomes a model folder that Vosk loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph.build import words_of
from speech_model.training.package import package
from voice_gateway.speech.model import SpeechModel

EXAMPLES = """\
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my zyrtex
"""


@pytest.fixture
def nlu_data(tmp_path: Path) -> Path:
    (tmp_path / "nlu_data" / "nlu").mkdir(parents=True)
    (tmp_path / "nlu_data" / "nlu" / "orders.yml").write_text(EXAMPLES)
    return tmp_path / "nlu_data"


def test_it_has_network_settings_and_the_words_of_the_line(tmp_path: Path, nlu_data: Path) -> None:
    conf, out = tmp_path / "conf", tmp_path / "model"
    conf.mkdir()
    for path in (SHIPPED_PATH / "conf").glob("*.conf"):
        (conf / path.name).write_bytes(path.read_bytes())
    (conf / "confidence.json").write_text("of another model")
    trained = SHIPPED_PATH / "am" / "final.mdl"
    out.mkdir()
    (out / "of the run before").touch()

    assert package(trained, conf, nlu_data, out) == out

    assert (out / "am" / "final.mdl").read_bytes() == trained.read_bytes()
    assert {path.name for path in (out / "conf").iterdir()} == {"mfcc.conf", "model.conf"}
    assert "zyrtex" in words_of(out)
    assert SpeechModel.load(out).has_word("zyrtex")
    assert not (out / "of the run before").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conf", "model", "nlu_data"]
