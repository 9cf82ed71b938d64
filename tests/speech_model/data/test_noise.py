from __future__ import annotations

import numpy as np
import pytest

from speech_model.data.noise import NoiseKind, make_noise, speech_level
from tests.speech_model.data.sounds import band_level, spoken, vowel

VOICES = [vowel(pitch, (600, 1200), 0.5) for pitch in (110, 170, 210)]


@pytest.mark.parametrize("kind", list(NoiseKind))
def test_all_noise_is_equally_loud_and_never_the_same(kind: NoiseKind) -> None:
    one, other = (make_noise(kind, 20000, np.random.default_rng(seed), VOICES) for seed in (1, 2))
    assert len(one) == len(other) == 20000
    assert one.dtype == np.float32
    assert np.square(one).mean() == pytest.approx(1.0, rel=1e-3)
    assert not np.array_equal(one, other)
    again = make_noise(kind, 20000, np.random.default_rng(1), VOICES)
    np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize(
    ("kind", "fall"), [(NoiseKind.WHITE, 0.0), (NoiseKind.PINK, 3.0), (NoiseKind.BROWN, 6.0)]
)
def test_colours_fall_by_so_many_decibels_an_octave(kind: NoiseKind, fall: float) -> None:
    made = make_noise(kind, 64000, np.random.default_rng(0), [])
    low, high = band_level(made, 16000, 240, 260), band_level(made, 16000, 3900, 4100)
    assert low - high == pytest.approx(4 * fall, abs=2.0)


def test_hum_is_the_mains_and_its_harmonics() -> None:
    made = make_noise(NoiseKind.HUM, 64000, np.random.default_rng(0), [])
    assert band_level(made, 16000, 40, 700) > band_level(made, 16000, 1000, 4000) + 15


def test_a_street_comes_and_goes() -> None:
    seconds = make_noise(NoiseKind.STREET, 160000, np.random.default_rng(0), []).reshape(10, -1)
    levels = 10 * np.log10(np.square(seconds).mean(axis=1))
    steady = make_noise(NoiseKind.PINK, 160000, np.random.default_rng(0), []).reshape(10, -1)
    assert np.ptp(levels) > 6
    assert np.ptp(10 * np.log10(np.square(steady).mean(axis=1))) < 3


def test_nobody_talks_where_there_are_no_voices() -> None:
    alone, brown = (
        make_noise(kind, 8000, np.random.default_rng(0), [])
        for kind in (NoiseKind.BABBLE, NoiseKind.BROWN)
    )
    np.testing.assert_array_equal(alone, brown)


def test_the_level_of_speech_is_that_without_its_pauses() -> None:
    level = speech_level(spoken(0.5, 0.0, 0.0))
    assert speech_level(spoken(0.5, 2.0, 3.0)) == pytest.approx(level, rel=0.05)
    assert speech_level(0.1 * spoken(0.5, 0.2, 0.2)) == pytest.approx(0.1 * level, rel=0.05)
    assert speech_level(np.zeros(5000, np.float32)) > 0
    assert speech_level(np.zeros(0, np.float32)) > 0
