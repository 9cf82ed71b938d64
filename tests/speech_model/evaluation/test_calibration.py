from __future__ import annotations

import pytest

from speech_model.evaluation.calibration import MOST_WORDS_A_SET, calibrated, words
from speech_model.evaluation.run import SetResult
from tests.speech_model.evaluation.heard import heard, result
from voice_gateway.speech.confidence import Confidence, Curve


def overconfident(grammar: str = "free") -> SetResult:
    """Sure words of which two in three are right, doubtful ones of which one in three is."""
    said = []
    for half in ("development", "test"):
        for number in range(90):
            sure, doubtful = number % 3 != 0, number % 3 == 0
            said += [
                heard("yes", [("yes" if sure else "no", 0.99)], half),
                heard("yes", [("yes" if doubtful else "no", 0.6)], half),
            ]
    return result(*said, grammar=grammar)


def test_words_are_gathered_by_half() -> None:
    gathered = result(heard("yes", [("yes", 0.9)]), heard("no", [("yes", 0.4)], "development"))
    assert words([gathered], "test") == [(0.9, True)]
    assert words([gathered], "development") == [(0.4, False)]


def test_no_set_outweighs_the_others() -> None:
    long = result(*(heard("yes no", [("yes", 0.9), ("no", 0.8)]) for _ in range(400)))
    short = result(heard("no", [("no", 0.5)]))
    gathered = words([long, short], "test")
    assert MOST_WORDS_A_SET / 2 <= len(gathered) - 1 <= MOST_WORDS_A_SET
    assert gathered[-1] == (0.5, True)
    assert words([], "test") == []


def test_a_curve_is_fitted_on_one_half_and_judged_on_the_other() -> None:
    (told,) = calibrated([overconfident()], Confidence(), fit=True)
    assert told.kind == "free"
    assert told.before.error == pytest.approx(0.3, abs=0.01)
    assert told.after.error < 0.02
    assert told.before.words == told.after.words == 180


def test_free_and_narrowed_hearing_are_apart() -> None:
    told = calibrated([overconfident(), overconfident("digits")], Confidence(), fit=True)
    assert [each.kind for each in told] == ["free", "narrowed"]


def test_without_fitting_the_model_s_own_curve_is_judged() -> None:
    curve = Curve(((0.6, 0.3), (0.99, 0.7)))
    (told,) = calibrated([overconfident()], Confidence(free=curve), fit=False)
    assert told.fitted == curve
    assert told.after.error < 0.05


def test_without_any_curve_nothing_changes() -> None:
    (told,) = calibrated([overconfident()], Confidence(), fit=False)
    assert told.fitted is None
    assert told.before == told.after


def test_nothing_heard_has_no_confidence() -> None:
    assert calibrated([result(heard("yes", []))], Confidence(), fit=True) == []
