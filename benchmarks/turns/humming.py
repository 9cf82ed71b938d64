"""What listeners hum. Speech synthesis spells "mm hmm" as letters, so it is made here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.evaluation.joining import Sound
from voice_gateway.speech.pcm import LISTENING_RATE

_RATE: Final = LISTENING_RATE
HUMS: Final[Mapping[str, tuple[float, ...]]] = {
    "mm hmm": (1.0, 1.25),
    "mm": (1.0,),
    "mm mm hmm": (1.0, 0.95, 1.2),
}
"""Each with the pitch of its syllables, relative to the first."""
_PITCH_HZ: Final = (95.0, 230.0)
_SYLLABLE_S: Final = (0.18, 0.32)
_BREATH_S: Final = 0.06
# A closed mouth lets out what resonates in the nose: frequency, width in Hz, and strength.
_NASAL: Final = ((260.0, 90.0, 1.0), (1_000.0, 150.0, 0.15), (2_300.0, 250.0, 0.06))
_HIGHEST_HZ: Final = 3_600.0


def hum(what: str, chance: np.random.Generator) -> Sound:
    """Hum something.

    Args:
        what: One of `HUMS`.
        chance: Decides pitch and lengths.

    Returns:
        Sound at 16 kHz.
    """
    pitch = chance.uniform(*_PITCH_HZ)
    parts: list[NDArray[np.float64]] = []
    for relative in HUMS[what]:
        if parts:
            parts.append(0.02 * chance.normal(0.0, 1.0, round(_BREATH_S * _RATE)))
        parts.append(_murmur(pitch * relative, chance))
    return np.concatenate(parts).astype(np.float32)


def _murmur(pitch: float, chance: np.random.Generator) -> NDArray[np.float64]:
    length = round(chance.uniform(*_SYLLABLE_S) * _RATE)
    glide = pitch * np.linspace(1.05, 0.92, length)
    phase = 2 * np.pi * np.cumsum(glide) / _RATE
    made = np.zeros(length)
    for harmonic in range(1, int(_HIGHEST_HZ / pitch)):
        made += _strength(pitch * harmonic) / harmonic**0.5 * np.sin(harmonic * phase)
    return made * np.hanning(length) ** 0.5


def _strength(hz: float) -> float:
    return sum(gain / (1 + ((hz - centre) / width) ** 2) for centre, width, gain in _NASAL)
