from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech_model.evaluation.joining import GAPS_S, joined, trimmed

RATE = 8_000


def word(silence_s: float = 0.2, speech_s: float = 0.3) -> np.ndarray:
    speech = np.sin(np.arange(round(speech_s * RATE)) * 0.3).astype(np.float32)
    silence = np.zeros(round(silence_s * RATE), np.float32)
    return np.concatenate([silence, speech, silence])


def test_the_silence_around_a_word_is_cut_but_for_a_breath() -> None:
    kept = len(trimmed(word(), RATE)) / RATE
    assert 0.3 <= kept <= 0.37


def test_a_word_without_silence_stays_whole() -> None:
    sound = word(silence_s=0.0)
    assert len(trimmed(sound, RATE)) == len(sound)


def test_silence_stays_silence() -> None:
    silence = np.zeros(RATE, np.float32)
    assert len(trimmed(silence, RATE)) == RATE
    assert not trimmed(np.zeros(0, np.float32), RATE).size


@given(st.integers(1, 8), st.integers(0, 2**32))
def test_words_follow_each_other_with_gaps_in_the_range(count: int, seed: int) -> None:
    one = trimmed(word(), RATE)
    whole = joined([word()] * count, RATE, np.random.default_rng(seed))
    gaps = (len(whole) - count * len(one)) / RATE
    least, most = ((count - 1) * gap for gap in GAPS_S)
    assert least - 0.01 <= gaps <= most + 0.01


def test_the_same_seed_joins_the_same() -> None:
    once, again = (joined([word()] * 3, RATE, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(once, again)
