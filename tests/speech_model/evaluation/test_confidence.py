from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.evaluation.confidence import fitted, reliability

SURE = st.floats(0.0, 1.0)
JUDGED = st.lists(st.tuples(SURE, st.booleans()), min_size=1, max_size=200)


def spoken(count: int, seed: int) -> list[tuple[float, bool]]:
    """Words of a recogniser that is far too sure of itself."""
    drawn = np.random.default_rng(seed)
    sure = drawn.uniform(0, 1, count)
    return [(float(s), bool(drawn.uniform() < 0.2 + 0.5 * s)) for s in sure]


def test_confidence_that_tells_the_truth_has_no_error() -> None:
    judged = [(0.75, True)] * 3 + [(0.75, False)] + [(0.25, False)] * 3 + [(0.25, True)]
    told = reliability(judged)
    assert told.error == pytest.approx(0.0)
    assert [(b.confidence, b.right, b.words) for b in told.bins] == [
        (0.25, 0.25, 4),
        (0.75, 0.75, 4),
    ]


def test_too_much_confidence_is_measured() -> None:
    assert reliability([(1.0, True), (1.0, False)]).error == pytest.approx(0.5)


def test_separation_tells_whether_right_words_are_surer() -> None:
    right, wrong = [(0.9, True)] * 3, [(0.2, False)] * 5
    assert reliability([*right, *wrong]).separation == 1.0
    assert reliability([(0.2, True), (0.9, False)]).separation == 0.0
    assert reliability([(0.5, True), (0.5, False)]).separation == 0.5
    assert reliability(right).separation is None


def test_reliability_needs_words() -> None:
    with pytest.raises(ValueError, match="needs words"):
        reliability([])


@given(JUDGED)
def test_every_word_is_in_one_bin(judged: list[tuple[float, bool]]) -> None:
    told = reliability(judged)
    assert told.words == len(judged)
    assert 0.0 <= told.error <= 1.0


def test_a_fitted_curve_makes_confidence_true_on_other_words() -> None:
    curve = fitted(spoken(4_000, seed=1))
    assert curve is not None
    others = spoken(4_000, seed=2)
    after = reliability([(curve.at(raw), right) for raw, right in others])
    assert after.error < 0.05 < reliability(others).error
    assert curve.at(0.5) == pytest.approx(0.45, abs=0.07)


@given(JUDGED)
def test_a_curve_rises_and_is_never_wholly_certain(judged: list[tuple[float, bool]]) -> None:
    curve = fitted(judged)
    if curve is not None:
        values = [curve.at(raw) for raw in np.linspace(0, 1, 30)]
        assert values == sorted(values)
        assert values[0] > 0.0
        assert values[-1] < 1.0


@pytest.mark.parametrize(
    "judged",
    [[], [(0.5, True)] * 10, [(1.0, True)] * 500, [(0.9, False)] * 30 + [(0.1, True)] * 30],
)
def test_there_is_no_curve_without_a_rise(judged: list[tuple[float, bool]]) -> None:
    assert fitted(judged) is None
