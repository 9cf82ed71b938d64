from __future__ import annotations

import json

from rich.console import Console

from speech_model.evaluation import report
from speech_model.evaluation.calibration import calibrated
from speech_model.evaluation.evaluate import Evaluation
from speech_model.evaluation.resources import Resources
from speech_model.evaluation.sets import EvaluationSet
from tests.speech_model.evaluation.heard import heard, result
from voice_gateway.speech.confidence import Confidence

HEARD = (heard("yes please", [("yes", 0.9), ("peas", 0.7)]), heard("no", [("no", 0.8)]))


def evaluation(name: str = "en_us") -> Evaluation:
    results = (result(*HEARD), result(HEARD[1], grammar="yes_no"))
    answers = EvaluationSet("answers", tuple(h.utterance for h in HEARD), "made up", "none")
    return Evaluation(
        name, "telephone", (answers,), results, (("sentences", "not there"),),
        Resources(0.1, 22.0, 5.0, 9.0), tuple(calibrated(results, Confidence(), fit=False)),
    )  # fmt: skip


def printed(verbose: bool = False) -> str:
    console = Console(width=160, record=True, quiet=False, file=None)
    with console.capture() as captured:
        report.show(evaluation(), console, verbose=verbose)
    return captured.get()


def test_a_row_tells_errors_interval_and_speed() -> None:
    lines = printed().splitlines()
    row = next(line for line in lines if "answers" in line and "free" in line)
    assert "33.3 %" in row
    assert "1/2" in row
    assert "0.100" in row
    assert any("answers" in line and "yes_no" in line and "0.0 %" in line for line in lines)


def test_memory_confidence_and_what_was_left_out_are_told() -> None:
    text = printed()
    assert "22 MB" in text
    assert "Confidence, free: off by" in text
    assert "Left out: sentences (not there)" in text


def test_mistakes_are_shown_when_asked_for() -> None:
    assert "yes peas" not in printed()
    shown = printed(verbose=True)
    assert "heard yes peas" in shown
    assert "said  yes please" in shown
    assert "said  no" not in shown


def test_figures_are_plain_data() -> None:
    figures = json.loads(json.dumps(report.figures(evaluation())))
    first = figures["results"][0]
    assert (first["words"], first["substituted"]) == (3, 1)
    assert first["word_error_rate"] == 1 / 3
    assert figures["sets"][0]["licence"] == "none"
    assert figures["confidence"][0]["before"]["bins"][0]["words"] == 1
    assert figures["left_out"] == [{"set": "sentences", "reason": "not there"}]


def test_models_stand_side_by_side_with_what_changes() -> None:
    first, other = (report.figures(evaluation(name)) for name in ("first", "other"))
    other["results"][0]["word_error_rate"] = 1 / 6
    console = Console(width=120)
    with console.capture() as captured:
        console.print(report.compared([first, other]))
    text = captured.get()
    assert "33.3 %" in text
    assert "16.7 % (-50 %)" in text
    assert "0.0 %" in text
