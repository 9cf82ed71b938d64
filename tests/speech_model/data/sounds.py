"""Sounds made in the tests: vowels of a known pitch with known formants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech_model.data.sound import Wave

Samples = NDArray[np.int16]


def vowel(
    pitch: float, formants: Sequence[float], seconds: float, rate: int = 16_000, level: float = 0.3
) -> Wave:
    """Harmonics of a voice, as loud as a chain of resonances lets them be."""
    time = np.arange(int(seconds * rate)) / rate
    sound = np.zeros(len(time))
    for number in range(1, int(0.45 * rate / pitch)):
        hertz = number * pitch
        loud = 1 / number
        for formant in formants:
            width = 60 + formant / 20
            loud *= formant**2 / np.hypot(formant**2 - hertz**2, hertz * width)
        sound += loud * np.sin(2 * np.pi * hertz * time + number)
    return (level * sound / np.abs(sound).max()).astype(np.float32)


def spoken(seconds: float, before: float, after: float, rate: int = 16_000) -> Wave:
    """A vowel with silence on both sides."""
    silences = [np.zeros(int(length * rate), np.float32) for length in (before, after)]
    return np.concatenate([silences[0], vowel(150, (700, 1200), seconds, rate), silences[1]])


def band_level(sound: Wave, rate: int, low: float, high: float) -> float:
    """How loud a band is, in dB."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    inside = (hertz >= low) & (hertz < high)
    return float(10 * np.log10(power[inside].mean() + 1e-20))
