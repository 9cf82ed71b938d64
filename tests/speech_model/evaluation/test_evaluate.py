from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from speech_model.evaluation.evaluate import (
    SET_NAMES,
    EvaluateOptions,
    evaluate,
    load_sets,
)
from speech_model.evaluation.recordings import EvaluationError
from voice_gateway.speech.confidence import Confidence
from voice_gateway.speech.model import SHIPPED_MODEL


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """The shipped model where it may be written to."""
    shutil.copytree(SHIPPED_MODEL, tmp_path / "copied")
    (tmp_path / "copied" / "conf" / "confidence.json").unlink(missing_ok=True)
    return tmp_path / "copied"


def test_all_sets_are_evaluated_unless_some_are_named(recordings: Path) -> None:
    found, left_out = load_sets(EvaluateOptions(data=(recordings,), most=1))
    assert {each.name for each in found} == set(SET_NAMES)
    assert left_out == []


def test_what_is_not_there_is_left_out_with_a_word(tmp_path: Path) -> None:
    found, left_out = load_sets(EvaluateOptions(data=(tmp_path,), most=1))
    assert [each.name for each in found] == ["customer phrases"]
    assert dict(left_out)["digit strings"] == f"its sound is not in {tmp_path}"
    assert len(left_out) == len(SET_NAMES) - 1


def test_a_quick_look_takes_some_of_every_speaker(recordings: Path) -> None:
    found, _ = load_sets(
        EvaluateOptions(data=(recordings,), sets=("read sentences", "order numbers"), most=4)
    )
    assert [len(each.utterances) for each in found] == [4, 3]
    assert len({utterance.speaker for utterance in found[0].utterances}) == 2


@pytest.mark.parametrize("most", [0, -1])
def test_a_look_at_nothing_is_explained(most: int) -> None:
    with pytest.raises(EvaluationError, match="none to evaluate on"):
        load_sets(EvaluateOptions(most=most))


def test_nothing_to_evaluate_on_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"Nothing to evaluate on\. digit strings"):
        load_sets(EvaluateOptions(data=(tmp_path,), sets=("digit strings",)))


def test_a_set_of_another_name_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="No set digits; there are: digit strings"):
        load_sets(EvaluateOptions(data=(tmp_path,), sets=("digits",)))


def test_own_recordings_are_evaluated_alone(recordings: Path) -> None:
    found, left_out = load_sets(EvaluateOptions(own=(recordings / "fsdd",)))
    assert ([each.name for each in found], left_out) == (["fsdd"], [])


def test_a_model_is_evaluated_calibrated_and_its_figures_are_written(
    recordings: Path, own_model: Path, tmp_path: Path
) -> None:
    figures = tmp_path / "figures.json"
    options = EvaluateOptions(
        own_model, ("order numbers", "short answers"), (recordings,),
        streaming=True, calibrate=True, json=figures,
    )  # fmt: skip
    console = Console(width=132)
    with console.capture() as captured:
        result = evaluate(options, console)
    assert [(each.name, each.grammar) for each in result.results] == [
        ("order numbers", "free"), ("order numbers", "code"),
        ("short answers", "free"), ("short answers", "choice"),
    ]  # fmt: skip
    assert all(each.same_in_one_piece == len(each.heard) for each in result.results)
    assert result.resources.model_mb > 1
    assert "order numbers" in captured.get()
    told = json.loads(figures.read_text())
    assert told["model"] == "copied"
    assert {each["set"] for each in told["results"]} == {"order numbers", "short answers"}
    assert isinstance(Confidence.read(own_model), Confidence)


def test_figures_that_cannot_be_written_are_explained(recordings: Path, tmp_path: Path) -> None:
    options = EvaluateOptions(
        sets=("telephone prompts",), data=(recordings,), json=tmp_path / "no" / "folder.json"
    )
    with pytest.raises(EvaluationError, match="Could not write"):
        evaluate(options, Console(quiet=True))
