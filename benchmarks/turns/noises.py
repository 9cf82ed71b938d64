"""What a line carries that is meant for nobody: coughs, doors, streets, other people, an echo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.evaluation.joining import Sound
from voice_gateway.speech.pcm import LISTENING_RATE

_RATE: Final = LISTENING_RATE


def noise(kind: str, chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Make a noise.

    Args:
        kind: One of `KINDS`.
        chance: Decides its details.
        voices: Speech at 16 kHz of others, at least four; the last is the bot's own.

    Returns:
        One to four seconds at 16 kHz, with a peak of 1.
    """
    made = _MAKERS[kind](chance, voices)
    return _peaked(made)


def quieter_db(kind: str, chance: np.random.Generator) -> float:
    """Choose how far below the caller's own voice a noise is.

    Args:
        kind: One of `KINDS`.
        chance: Decides.

    Returns:
        Decibels: what happens at the telephone is up to as loud as the caller, who is behind the
        caller is 12 to 25 dB quieter, and the echo that is left of the bot 20 to 35 dB.
    """
    if kind == "echo":
        return float(chance.uniform(20.0, 35.0))
    if kind in ("cough", "door", "keys", "breath"):
        return float(chance.uniform(0.0, 12.0))
    return float(chance.uniform(12.0, 25.0))


def _cough(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    made = np.zeros(2 * _RATE)
    at = 0
    for _ in range(int(chance.integers(1, 4))):
        length = int(chance.uniform(0.15, 0.35) * _RATE)
        burst = _coloured(length, 0.4, chance) * np.exp(-np.linspace(0, 5, length))
        made[at : at + length] += burst
        at += length + int(chance.uniform(0.05, 0.2) * _RATE)
    return made.astype(np.float32)


def _breath(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    length = int(chance.uniform(1.0, 2.0) * _RATE)
    return _coloured(length, 0.3, chance) * np.hanning(length).astype(np.float32)


def _door(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    made = np.zeros(2 * _RATE)
    for at in np.sort(chance.uniform(0.0, 1.2, int(chance.integers(1, 5)))):
        length = int(0.25 * _RATE)
        seconds = np.arange(length) / _RATE
        thump = np.sin(2 * np.pi * chance.uniform(90, 400) * seconds) + 0.3 * chance.normal(
            0, 1, length
        )
        start = int(at * _RATE)
        made[start : start + length] += thump * np.exp(-seconds / 0.04)
    return made.astype(np.float32)


def _keys(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    made = np.zeros(3 * _RATE)
    length = int(0.03 * _RATE)
    for at in chance.uniform(0.0, 2.8, int(chance.integers(8, 25))):
        click = chance.normal(0, chance.uniform(0.3, 1.0), length) * np.exp(
            -np.linspace(0, 6, length)
        )
        made[int(at * _RATE) : int(at * _RATE) + length] += click
    return made.astype(np.float32)


def _street(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    length = 4 * _RATE
    swell = np.interp(np.linspace(0, 7, length), range(8), chance.normal(0.0, 0.8, 8))
    return _coloured(length, 0.6, chance) * np.exp(swell).astype(np.float32)


def _hum(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    seconds = np.arange(3 * _RATE) / _RATE
    tones = [
        np.sin(2 * np.pi * 60 * harmonic * seconds + chance.uniform(0, 2 * np.pi)) / harmonic
        for harmonic in range(1, 14)
    ]
    return np.asarray(sum(tones), np.float32)


def _ringing(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Another telephone, or something that beeps."""
    seconds = np.arange(3 * _RATE) / _RATE
    low, high = chance.uniform(400, 900), chance.uniform(900, 1800)
    tone = np.sin(2 * np.pi * low * seconds) + np.sin(2 * np.pi * high * seconds)
    on = np.sin(2 * np.pi * chance.uniform(0.5, 2.0) * seconds) > 0
    return (tone * on).astype(np.float32)


def _babble(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    made = np.zeros(4 * _RATE, np.float32)
    for voice in voices[:-1]:
        said = np.resize(voice, len(made) + _RATE)
        start = int(chance.integers(_RATE))
        made += said[start : start + len(made)]
    return made


def _television(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    return _excerpt(voices[int(chance.integers(len(voices) - 1))], chance)


def _echo(chance: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    return _excerpt(voices[-1], chance)


def _excerpt(voice: Sound, chance: np.random.Generator) -> Sound:
    length = min(len(voice), 4 * _RATE)
    start = int(chance.integers(len(voice) - length + 1))
    return voice[start : start + length]


def _coloured(length: int, slope: float, chance: np.random.Generator) -> Sound:
    """Noise whose power falls with the frequency to the power of twice the slope."""
    spectrum = np.fft.rfft(chance.normal(0.0, 1.0, length))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** slope
    spectrum[0] = 0.0
    return _peaked(np.fft.irfft(spectrum, length))


def _peaked(sound: NDArray[np.floating]) -> Sound:
    return np.asarray(sound / np.abs(sound).max(), np.float32)


_MAKERS: Final[dict[str, Callable[[np.random.Generator, Sequence[Sound]], Sound]]] = {
    "cough": _cough,
    "breath": _breath,
    "door": _door,
    "keys": _keys,
    "street": _street,
    "hum": _hum,
    "ringing": _ringing,
    "babble": _babble,
    "television": _television,
    "echo": _echo,
}
KINDS: Final = tuple(_MAKERS)
"""Everything that may disturb."""
