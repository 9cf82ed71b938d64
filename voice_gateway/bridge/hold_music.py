"""What a caller on hold hears: a quiet piece of our own, made of numbers, without end.

A slow walk of eight chords, broken into single notes like a music box, over a soft pad, with a few
notes of a tune. All of it lies between 260 and 3,400 Hz, where a telephone carries it.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.pcm import bytes_of
from voice_gateway.transports.line import frame_bytes

BAR_S: Final = 3.0
LOUDNESS: Final = 1400.0
"""Root of the mean square on the 16-bit scale: about 27 dB below full scale."""

# MIDI note numbers: C, A minor, F, G, E minor, A minor, D minor, G; each with its colour.
_CHORDS: Final = (
    (48, 55, 64, 71),
    (57, 60, 64, 67),
    (53, 60, 64, 69),
    (55, 59, 62, 69),
    (52, 59, 62, 67),
    (57, 60, 64, 71),
    (50, 57, 60, 65),
    (55, 60, 62, 67),
)
_ORDER: Final = (0, 1, 2, 3, 2, 1, 3, 2)
# (bar, beat, note): the tune.
_TUNE: Final = (
    (0, 0.0, 79), (0, 2.5, 76), (1, 0.0, 72), (2, 0.0, 77), (2, 2.0, 76), (3, 0.0, 74),
    (4, 0.0, 79), (4, 2.5, 74), (5, 0.0, 76), (6, 0.0, 74), (6, 2.0, 77), (7, 0.0, 74),
    (7, 3.0, 76),
)  # fmt: skip
_BELL: Final = ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05))
_HIGHEST_HZ: Final = 3400.0


@lru_cache
def hold_music(sample_rate: int) -> tuple[bytes, ...]:
    """The whole piece of 24 seconds, made once a rate.

    Args:
        sample_rate: In hertz.

    Returns:
        Frames of 20 ms, signed 16-bit mono; played again and again they have no seam.
    """
    bell = cache(partial(_bell, sample_rate=sample_rate))
    pad = cache(partial(_pad, sample_rate=sample_rate))
    piece = np.zeros(round(len(_CHORDS) * BAR_S * sample_rate))

    def lay(bar: float, sound: NDArray[np.float64], gain: float) -> None:
        """Add a sound; what rings on beyond the end rings at the beginning: there is no seam."""
        places = round(bar * BAR_S * sample_rate) + np.arange(len(sound))
        piece[places % len(piece)] += gain * sound

    for bar, chord in enumerate(_CHORDS):
        for step, which in enumerate(_ORDER):
            lay(bar + step / len(_ORDER), bell(chord[which] + 12, 1.6), 0.5)
        for note in chord:
            lay(bar - 0.25, pad(note + 12), 0.16)
    for bar, beat, note in _TUNE:
        lay(bar + beat / 4, bell(note, 2.4), 0.7)
    piece *= LOUDNESS / np.sqrt(np.mean(piece**2))
    pcm, size = bytes_of(piece), frame_bytes(sample_rate)
    return tuple(pcm[at : at + size] for at in range(0, len(pcm), size))


def _bell(note: int, seconds: float, sample_rate: int) -> NDArray[np.float64]:
    """A struck note: it comes within 8 ms and dies away."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    sound = np.zeros(len(time))
    for number, strength in _BELL:
        if (hertz := number * _hertz(note)) < _HIGHEST_HZ:
            decay = np.exp(-time * (2.5 + 1.2 * number))
            sound += strength * decay * np.sin(2 * np.pi * hertz * time)
    ends = np.minimum(time / 0.008, (seconds - time) / 0.1)
    sound *= np.clip(ends, 0, 1)
    return sound


def _pad(note: int, sample_rate: int) -> NDArray[np.float64]:
    """A held note: it swells and fades over a bar and a half."""
    seconds = 1.5 * BAR_S
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    swell = np.sin(np.pi * time / seconds) ** 2
    tremble = 1 + 0.1 * np.sin(2 * np.pi * 0.7 * time + note)
    phase = 2 * np.pi * _hertz(note) * time
    sound: NDArray[np.float64] = swell * tremble * (np.sin(phase) + 0.3 * np.sin(2 * phase))
    return sound


def _hertz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))
