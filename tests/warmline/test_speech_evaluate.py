"""`warmline speech evaluate`: the figures of a model, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
from typer.testing import CliRunner, Result

from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.pcm import samples_of
from warmline.speech_commands import speech

RATE = 8_000


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without models of its own."""
    monkeypatch.setenv("WARMLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("WARMLINE_MODEL_PATH", raising=False)


def evaluate(*arguments: str) -> Result:
    return CliRunner().invoke(speech, ["evaluate", *arguments])


def test_own_recordings_are_measured_and_the_figures_written(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "refs.tsv").write_text("path\ttext\na.wav\tWhere is my order?\n")
    said = samples_of(CallerVoice().say("where is my order", RATE))
    soundfile.write(own / "a.wav", said, RATE)
    figures = tmp_path / "figures.json"
    result = evaluate("--own", str(own), "--json", str(figures))
    assert result.exit_code == 0, result.output
    assert "own" in result.output
    told = json.loads(figures.read_text())
    assert told["model"] == "en_us"
    assert [each["words"] for each in told["results"]] == [4]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--set", "digits"], "No set digits"),
        (["--model", "nowhere"], "There is no model 'nowhere'"),
        (["--model", "vosk-model-small-en-us-0.15"], "warmline models add"),
    ],
)
def test_what_is_asked_for_wrongly_is_explained(arguments: list[str], complaint: str) -> None:
    result = evaluate(*arguments)
    assert result.exit_code == 1
    assert complaint in result.output
