from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from speech_model.training.flat_start import Heard, flat_start
from speech_model.training.transcript import Transcript

PHONES = 5
WIDTH = 6
_SOUNDS = 3 * np.random.default_rng(0).standard_normal((PHONES, WIDTH))


def utterance(seed: int) -> tuple[Heard, NDArray[np.int64], list[int]]:
    """Three words with a pause somewhere, the phone of each frame, and what is said in all."""
    chance = np.random.default_rng(seed)
    words = [chance.permutation(np.arange(1, PHONES))[: chance.integers(1, 4)] for _ in range(3)]
    phones = [0, *words[0].tolist(), 0, *words[1].tolist(), *words[2].tolist(), 0]
    said = np.repeat(phones, chance.integers(3, 9, len(phones)))
    values = (_SOUNDS[said] + chance.standard_normal((len(said), WIDTH))).astype(np.float32)
    loudness = (10.0 * (said > 0) + chance.standard_normal(len(said))).astype(np.float32)
    heard = Heard(values, loudness, Transcript.of([[word.tolist()] for word in words]))
    return heard, said, phones


def test_phones_are_found_from_transcripts_alone() -> None:
    utterances, truth, phones = zip(*(utterance(seed) for seed in range(80)), strict=True)
    rounds: list[tuple[int, float]] = []
    start = flat_start(utterances, PHONES, done=lambda *told: rounds.append(told))
    right = total = 0
    for one, said in zip(utterances, truth, strict=True):
        scores = one.values @ start.weight.T + start.bias
        right += (scores[:, ::2].argmax(axis=1) == said).sum()
        total += len(said)
        assert (scores[:, ::2] == scores[:, 1::2]).all()
    assert right / total > 0.97
    found = [one.tolist() == other for one, other in zip(start.sequences, phones, strict=True)]
    assert np.mean(found) > 0.9
    assert [round_ for round_, _ in rounds] == list(range(1, len(rounds) + 1))
    assert start.moved == [share for _, share in rounds]
    assert start.moved[-1] < 0.01 < start.moved[0]


def test_what_is_too_short_for_its_words_is_left_out() -> None:
    good = [utterance(seed)[0] for seed in range(5)]
    hurried = Heard(
        np.zeros((2, WIDTH), np.float32),
        np.zeros(2, np.float32),
        Transcript.of([[[1, 2, 3]]]),
    )
    assert len(flat_start([*good, hurried], PHONES, rounds=1).sequences) == 5
    with pytest.raises(ValueError, match="no utterance is long enough"):
        flat_start([hurried], PHONES)


def test_a_phone_that_is_never_said_does_no_harm() -> None:
    chance = np.random.default_rng(1)
    heard = Heard(
        chance.standard_normal((20, WIDTH)).astype(np.float32),
        np.arange(20, dtype=np.float32),
        Transcript.of([[[1]]]),
    )
    start = flat_start([heard], PHONES, rounds=2)
    assert np.isfinite(start.weight).all()
    assert np.isfinite(start.bias).all()
