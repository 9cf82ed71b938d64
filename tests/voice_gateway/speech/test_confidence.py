from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice_gateway.speech.conftest import RATE, Callers
from voice_gateway.conversation.transcript import Transcript, Word
from voice_gateway.speech.confidence import Confidence, ConfidenceError, Curve
from voice_gateway.speech.model import SHIPPED_MODEL, SpeechModel, SpeechModelError
from voice_gateway.speech.recogniser import Recogniser

CURVE = Curve(((0.5, 0.2), (1.0, 0.9)))
HEARD = Transcript(
    "four eight", (Word("four", 0.0, 0.3, 1.0), Word("eight", 0.3, 0.6, 0.5)), 0.75, ("for eight",)
)


def write(model: Path, told: object) -> None:
    (model / "conf").mkdir(exist_ok=True)
    (model / "conf" / "confidence.json").write_text(json.dumps(told))


def test_a_curve_is_straight_between_its_points_and_level_beyond() -> None:
    assert [CURVE.at(raw) for raw in (0.0, 0.5, 0.75, 1.0)] == pytest.approx([0.2, 0.2, 0.55, 0.9])


@given(st.floats(0, 1), st.floats(0, 1))
def test_surer_words_stay_surer(one: float, other: float) -> None:
    assert (one <= other) <= (CURVE.at(one) <= CURVE.at(other))


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((0.0, -0.1),),
        ((0.0, 0.0), (1.0, 1.2)),
        ((0.5, 0.5), (0.5, 0.6)),
        ((0.1, 0.5), (0.2, 0.4)),
    ],
)
def test_a_curve_that_falls_or_leaves_the_range_is_refused(
    points: tuple[tuple[float, float], ...],
) -> None:
    with pytest.raises(ConfidenceError, match="confidence curve"):
        Curve(points)


def test_words_and_their_mean_are_calibrated_and_nothing_else() -> None:
    told = Confidence(free=CURVE).of(HEARD, narrowed=False)
    assert [word.confidence for word in told.words] == pytest.approx([0.9, 0.2])
    assert told.confidence == pytest.approx(0.55)
    assert (told.text, told.alternatives) == (HEARD.text, HEARD.alternatives)
    assert [word.start for word in told.words] == [0.0, 0.3]


def test_without_a_curve_confidence_stays_as_it_is() -> None:
    assert Confidence(free=CURVE).of(HEARD, narrowed=True) is HEARD
    assert Confidence(free=CURVE).of(Transcript(""), narrowed=False) == Transcript("")


def test_curves_are_kept_in_the_model_s_folder(tmp_path: Path) -> None:
    written = Confidence(narrowed=CURVE)
    assert written.write(tmp_path) == tmp_path / "conf" / "confidence.json"
    assert Confidence.read(tmp_path) == written


def test_a_model_that_shares_its_files_with_another_gets_curves_of_its_own(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("base", "taught")]
    (folders[1] / "conf").mkdir(parents=True)
    folders[0].mkdir()
    path = Confidence(free=CURVE).write(folders[0])
    (folders[1] / "conf" / "confidence.json").hardlink_to(path)
    Confidence(narrowed=CURVE).write(folders[1])
    assert Confidence.read(folders[0]) == Confidence(free=CURVE)
    assert Confidence.read(folders[1]) == Confidence(narrowed=CURVE)


def test_a_model_without_curves_has_none(tmp_path: Path) -> None:
    assert Confidence.read(tmp_path) == Confidence()


@pytest.mark.parametrize(
    "told",
    [
        [], {}, {"version": 2, "free": [[0, 0], [1, 1]]}, {"version": 1, "free": [[1, 1], [0, 0]]},
        {"version": 1, "free": [1, 2]}, {"version": 1, "narrowed": [["a", "b"]]},
        {"version": 1, "narrowed": 5},
    ],
)  # fmt: skip
def test_a_damaged_file_is_explained(tmp_path: Path, told: object) -> None:
    write(tmp_path, told)
    with pytest.raises(ConfidenceError, match=r"confidence\.json"):
        Confidence.read(tmp_path)


def test_a_file_that_is_no_json_is_explained(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "confidence.json").write_text("{")
    with pytest.raises(ConfidenceError, match="cannot be read"):
        Confidence.read(tmp_path)


def test_a_model_s_curves_are_applied_to_what_it_hears(tmp_path: Path, callers: Callers) -> None:
    folder = tmp_path / "calibrated"
    shutil.copytree(SHIPPED_MODEL, folder)
    Confidence(Curve(((0.0, 0.25),)), Curve(((0.0, 0.75),))).write(folder)
    model = SpeechModel.load(folder)
    for grammar, expected in (("free", 0.25), ("digits", 0.75)):
        recogniser = Recogniser(model, RATE)
        recogniser.expect(grammar)
        recogniser.feed(callers.say("where is my order"))
        heard = recogniser.finish()
        assert heard.text
        assert {word.confidence for word in heard.words} == {expected}
        assert heard.confidence == expected


def test_a_model_with_damaged_curves_is_not_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(SHIPPED_MODEL, folder)
    write(folder, [])
    with pytest.raises(SpeechModelError, match="Fit it anew or delete it"):
        SpeechModel.load(folder)
