from __future__ import annotations

import numpy as np
import pytest

from speech_model.training.alignment import Aligner, phones_said
from speech_model.training.phone_language import uniform
from speech_model.training.transcript import Transcript
from tests.speech_model.training.enumeration import Words, languages, paths, ways_to_say

PHONES = 3


def heard(*phones: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Outputs of a network that is sure of a phone in each frame."""
    outputs = np.zeros((len(phones), 2 * PHONES), np.float32)
    for frame, phone in enumerate(phones):
        outputs[frame, 2 * phone : 2 * phone + 2] = 10.0
    return outputs


def test_phones_and_silences_lie_where_they_are_heard() -> None:
    outputs = heard(0, 0, 1, 1, 2, 0, 1, 0)
    alignment = Aligner(uniform(PHONES)).align(outputs, Transcript.of([[[1, 2]], [[1]]]))
    assert alignment is not None
    assert alignment.tolist() == [0, 1, 2, 3, 4, 0, 2, 0]
    assert phones_said(alignment).tolist() == [0, 1, 2, 0, 1, 0]


def test_the_pronunciation_is_the_one_that_is_heard() -> None:
    alignment = Aligner(uniform(PHONES)).align(heard(2, 2, 2), Transcript.of([[[1], [2]]]))
    assert alignment is not None
    assert phones_said(alignment).tolist() == [2]


@pytest.mark.parametrize("words", [[[[1, 2]], [[2]]], [[[1], [2, 1]], [[1, 2], [2]]]], ids=str)
def test_it_is_the_likeliest_of_all_paths(words: Words) -> None:
    language = languages(PHONES, 3)
    for seed in range(5):
        outputs = np.random.default_rng(seed).normal(size=(5, 2 * PHONES)).astype(np.float32)
        allowed = [
            (likelihood, path)
            for path, phones, likelihood in paths(outputs, language)
            if phones in ways_to_say(words)
        ]
        alignment = Aligner(language).align(outputs, Transcript.of(words))
        assert alignment is not None
        assert tuple(alignment) == max(allowed)[1]


def test_what_is_too_short_is_not_aligned() -> None:
    assert Aligner(uniform(PHONES)).align(heard(1, 2), Transcript.of([[[1, 2, 1]]])) is None
