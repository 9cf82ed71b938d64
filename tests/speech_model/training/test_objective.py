from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speech_model.training.objective import LatticeFreeMmi
from speech_model.training.phone_language import PhoneLanguage, estimate
from speech_model.training.transcript import Transcript
from tests.speech_model.training.enumeration import Words, languages, objective

PHONES = 3


def any_outputs(
    frames: int, phones: int = PHONES, spread: float = 2.0, seed: int = 1
) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, spread, (frames, 2 * phones)).astype(np.float32)


TRANSCRIPTS: list[Words] = [
    [],
    [[[1]]],
    [[[1, 2]], [[2]]],
    [[[1], [2, 1]], [[1, 2], [2]]],
    [[[1], [1, 1], [2]], [[1]]],
]


@pytest.mark.parametrize("words", TRANSCRIPTS, ids=str)
def test_it_is_what_enumerating_all_paths_gives(words: Words) -> None:
    language = languages(PHONES, 5)
    outputs = any_outputs(5)
    value, said, anything = objective(outputs, words, language)
    result = LatticeFreeMmi(language)(outputs[None], [5], [Transcript.of(words)])
    assert result.value == pytest.approx(value, abs=1e-5)
    assert result.occupation[0] == pytest.approx(said, abs=1e-5)
    assert result.derivative[0] == pytest.approx(said - anything, abs=1e-5)
    assert (result.frames, result.failed) == (5, 0)


def test_the_derivative_is_the_slope() -> None:
    language = languages(PHONES, 6)
    compare = LatticeFreeMmi(language)
    transcript = Transcript.of([[[1, 2], [2]], [[1]]])
    outputs = any_outputs(12)
    derivative = compare(outputs[None], [12], [transcript]).derivative[0]
    direction = any_outputs(12, spread=1.0, seed=2)
    step = np.float32(1e-2)
    above = compare((outputs + step * direction)[None], [12], [transcript]).value
    below = compare((outputs - step * direction)[None], [12], [transcript]).value
    assert (above - below) / (2 * step) == pytest.approx((derivative * direction).sum(), rel=2e-3)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 39), min_size=1, max_size=6), max_size=8),
    st.integers(0, 40),
    st.floats(0.0, 12.0),
    st.integers(0, 1000),
)
def test_no_transcript_is_likelier_than_anything(
    words: list[list[int]], spare: int, spread: float, seed: int
) -> None:
    frames = max(1, sum(map(len, words)) + spare)
    compare = LatticeFreeMmi(full_language())
    result = compare(
        any_outputs(frames, 40, spread, seed)[None],
        [frames],
        [Transcript.of([[word] for word in words])],
    )
    assert result.failed == 0
    assert result.value <= 1e-2
    assert result.occupation.sum(axis=2) == pytest.approx(np.ones((1, frames)), abs=1e-3)
    assert result.derivative.sum(axis=2) == pytest.approx(np.zeros((1, frames)), abs=1e-3)


def test_utterances_of_a_batch_do_not_touch_each_other() -> None:
    language = languages(PHONES, 7)
    transcripts = [Transcript.of([[[1]], [[2]]]), Transcript.of([[[2, 1]]])]
    lengths = [9, 5]
    batch = np.stack([any_outputs(9, seed=number) for number in range(2)])
    together = LatticeFreeMmi(language, threads=2)(batch, lengths, transcripts)
    alone = [
        LatticeFreeMmi(language)(batch[row, :frames][None], [frames], [transcripts[row]])
        for row, frames in enumerate(lengths)
    ]
    assert together.value == pytest.approx(sum(one.value for one in alone))
    assert together.frames == 14
    for row, frames in enumerate(lengths):
        assert (together.derivative[row, :frames] == alone[row].derivative[0]).all()
        assert not together.derivative[row, frames:].any()


def test_what_cannot_be_compared_is_left_out() -> None:
    language = languages(PHONES, 8)
    batch = np.stack([any_outputs(4, seed=number) for number in range(3)])
    batch[1, 2, 3] = np.nan
    too_long = Transcript.of([[[1, 2, 1, 2, 1]]])
    fine = Transcript.of([[[1]]])
    result = LatticeFreeMmi(language)(batch, [4, 4, 4], [too_long, fine, fine])
    assert (result.failed, result.frames) == (2, 4)
    assert not result.derivative[:2].any()
    assert not result.occupation[:2].any()
    assert result.derivative[2].any()


def full_language() -> PhoneLanguage:
    chance = np.random.default_rng(3)
    return estimate([chance.permutation(40) for _ in range(50)], 40)
