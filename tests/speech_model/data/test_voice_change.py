from __future__ import annotations

import numpy as np
import pytest

from speech_model.data.sound import Wave, median_pitch
from speech_model.data.voice_change import change_voice, shift_formants, stretch
from speech_model.features import mfcc
from tests.speech_model.data.sounds import vowel

PITCH = 120.0
# As in "bought", "beet" and "hat": Peterson and Barney, 1952.
VOWELS = ((570.0, 840.0, 2410.0), (270.0, 2290.0, 3010.0), (660.0, 1720.0, 2410.0))


@pytest.fixture(scope="module")
def voice() -> Wave:
    return vowel(PITCH, VOWELS[2], 1.0)


def shape(sound: Wave) -> np.ndarray:
    """The envelope of its spectrum, whatever the level."""
    frames = mfcc((sound * 32767).astype(np.int16), dither=0.0)
    return frames[10:-10].mean(axis=0)[1:20]


def distance(one: Wave, other: Wave) -> float:
    return float(np.linalg.norm(shape(one) - shape(other)))


@pytest.mark.parametrize("factor", [0.85, 1.15])
@pytest.mark.parametrize("formants", VOWELS)
def test_formants_move_without_the_pitch(formants: tuple[float, ...], factor: float) -> None:
    before = vowel(PITCH, formants, 1.0)
    wanted = vowel(PITCH, [formant * factor for formant in formants], 1.0)
    moved = shift_formants(before, factor)
    assert len(moved) == len(before)
    assert median_pitch(moved, 16000) == pytest.approx(PITCH, rel=0.02)
    assert distance(moved, wanted) < 0.65 * distance(before, wanted)


def test_formants_that_are_not_moved_change_nothing(voice: Wave) -> None:
    np.testing.assert_allclose(shift_formants(voice, 1.0), voice, atol=1e-5)


@pytest.mark.parametrize("pace", [0.75, 1.0, 1.3])
def test_the_pace_changes_without_the_pitch(voice: Wave, pace: float) -> None:
    changed = stretch(voice, pace)
    assert len(changed) == pytest.approx(len(voice) / pace, rel=0.05)
    assert median_pitch(changed, 16000) == pytest.approx(PITCH, rel=0.02)
    assert np.abs(changed).max() < 1.3 * np.abs(voice).max()
    middle = changed[len(changed) // 4 : -len(changed) // 4]
    assert np.square(middle).mean() == pytest.approx(np.square(voice).mean(), rel=0.2)


def test_at_its_own_pace_a_voice_stays_as_it_is(voice: Wave) -> None:
    unchanged = stretch(voice, 1.0)
    np.testing.assert_allclose(unchanged[:-480], voice[: len(unchanged) - 480], atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 300, 900])
def test_the_shortest_sounds_do_no_harm(length: int) -> None:
    sound = np.ones(length, np.float32) / 2
    assert np.isfinite(change_voice(sound, 16000, 1.2, 0.9, 1.3)).all()
    assert len(stretch(sound, 1.4)) <= max(1, length)


@pytest.mark.parametrize("rate", [16000, 22050])
@pytest.mark.parametrize(("pitch", "tract", "pace"), [(1.2, 1.1, 0.9), (0.8, 0.9, 1.2), (1, 1, 1)])
def test_pitch_tract_and_pace_change_each_on_its_own(
    rate: int, pitch: float, tract: float, pace: float
) -> None:
    changed = change_voice(vowel(PITCH, VOWELS[2], 1.0, rate), rate, pitch, tract, pace)
    wanted = vowel(PITCH * pitch, [formant * tract for formant in VOWELS[2]], 1.0)
    assert median_pitch(changed, 16000) == pytest.approx(PITCH * pitch, rel=0.03)
    assert len(changed) / 16000 == pytest.approx(1 / pace, rel=0.06)
    unchanged = vowel(PITCH, VOWELS[2], 1.0)
    assert distance(changed, wanted) <= 0.6 * distance(unchanged, wanted) + 3.0
