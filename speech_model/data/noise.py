"""Noise behind a speaker: coloured, humming, coming and going, or other people talking."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np

from speech_model.data.sound import Wave, speech_bounds
from speech_model.features import RATE

_BLOCK: Final = 320  # 20 ms


class NoiseKind(StrEnum):
    """What is heard behind the speaker."""

    WHITE = "white"  # the line itself
    PINK = "pink"  # ventilation, rain
    BROWN = "brown"  # wind, a car from inside
    HUM = "hum"  # mains
    STREET = "street"  # pink, coming and going
    BABBLE = "babble"  # several people talking
    VOICE = "voice"  # one person talking, or a television


_COLOURS: Final = {
    NoiseKind.WHITE: 0.0,
    NoiseKind.PINK: 0.5,
    NoiseKind.STREET: 0.6,
    NoiseKind.BROWN: 1.0,
}
_TALKERS: Final = {NoiseKind.BABBLE: 6, NoiseKind.VOICE: 1}


def make_noise(
    kind: NoiseKind, length: int, noise: np.random.Generator, voices: Sequence[Wave]
) -> Wave:
    """Make noise.

    Args:
        kind: What it is.
        length: How many samples at 16 kHz.
        noise: Where it comes from.
        voices: Speech at 16 kHz of other people, for those that talk; brown noise without any.

    Returns:
        Noise with a mean square of 1.
    """
    if kind in _TALKERS and not voices:
        kind = NoiseKind.BROWN
    if kind in _TALKERS:
        made = _talkers(_TALKERS[kind], length, noise, voices)
    elif kind is NoiseKind.HUM:
        made = _hum(length, noise)
    else:
        made = _coloured(_COLOURS[kind], length, noise)
    if kind is NoiseKind.STREET:
        points = noise.normal(0.0, 0.9, max(2, length // RATE + 2))
        swell = np.interp(np.linspace(0, len(points) - 1, length), range(len(points)), points)
        made *= np.exp(swell).astype(np.float32)
    return made / np.float32(np.sqrt(np.square(made).mean()) + 1e-9)


def speech_level(samples: Wave) -> float:
    """Measure how loud somebody speaks, pauses left out.

    Args:
        samples: Speech at 16 kHz.

    Returns:
        The root of the mean square over the louder blocks; above 0.
    """
    first, last = speech_bounds(samples, RATE)
    blocks = samples[first : first + (last - first) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if not len(blocks):
        return 1e-5
    power = np.square(blocks).mean(axis=1)
    active = power[power >= power.max() * 1e-3]
    return max(1e-5, float(np.sqrt(active.mean())))


def _coloured(slope: float, length: int, noise: np.random.Generator) -> Wave:
    """Noise whose amplitude falls with the frequency to the power of `slope`.

    A stretch of five seconds is made and repeated from anywhere in it.
    """
    made = noise.standard_normal(min(length, 5 * RATE), dtype=np.float32)
    if slope:
        spectrum = np.fft.rfft(made)
        fall = np.maximum(np.arange(len(spectrum)), len(made) * 30 / RATE) ** -slope
        shaped = np.fft.irfft(spectrum * fall.astype(np.float32), len(made))
        made = shaped.astype(np.float32, copy=False)
    return np.resize(made, length)


def _hum(length: int, noise: np.random.Generator) -> Wave:
    mains = noise.choice([50.0, 60.0])
    time = np.arange(length, dtype=np.float32) / RATE
    hum = 0.05 * noise.standard_normal(length, dtype=np.float32)
    for harmonic in range(1, 12):
        strength = noise.random() / harmonic**0.5
        hum += strength * np.sin(2 * np.pi * mains * harmonic * time, dtype=np.float32)
    return hum


def _talkers(count: int, length: int, noise: np.random.Generator, voices: Sequence[Wave]) -> Wave:
    sum_of_all = np.zeros(length, np.float32)
    for _ in range(count):
        voice = voices[int(noise.integers(len(voices)))]
        voice = np.roll(np.resize(voice, length), noise.integers(length))
        sum_of_all += voice / speech_level(voice) * noise.uniform(0.4, 1.0)
    return sum_of_all
