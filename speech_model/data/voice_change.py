"""Another voice out of the same recording: pitch, vocal tract and pace, each on its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

import numpy as np
import soxr
from numba import njit
from numpy.typing import NDArray

from speech_model.data.sound import Wave
from speech_model.features import RATE

_FRAME: Final = 512
_HOP: Final = 256
# Up to here the cepstrum is the vocal tract's, beyond it the pitch's: 2.75 ms, shorter than the
# period of all but the highest voices. A smoother envelope leaves more of the formants where they
# are.
_TRACT_CEPSTRA: Final = 44
_CEPSTRA_KEPT: Final = 0.75  # the others fade out
_MOST_GAIN_DB: Final = 20.0

_STRETCH_FRAME: Final = 480
_STRETCH_SEARCH: Final = 128
_UNHEARD: Final = 0.015  # changes smaller than this are left out


def change_voice(samples: Wave, rate: int, pitch: float, tract: float, pace: float) -> Wave:
    """Let somebody else say the same.

    Args:
        samples: A recording.
        rate: Its samples a second.
        pitch: Factor on the pitch.
        tract: Factor on the formants: above 1 for a shorter vocal tract, as a child has, below 1
            for a longer one.
        pace: Factor on the speed of speaking.

    Returns:
        The recording at 16 kHz.
    """
    # Playing it faster changes all three alike; then two of them are put right.
    if rate != RATE or abs(pitch - 1) > _UNHEARD:
        samples = soxr.resample(samples, rate * pitch, RATE, quality="MQ")
    else:
        pitch = 1.0
    if abs(tract / pitch - 1) > _UNHEARD:
        samples = shift_formants(samples, tract / pitch)
    if abs(pace / pitch - 1) > _UNHEARD:
        samples = stretch(samples, pace / pitch)
    return samples


def shift_formants(samples: Wave, factor: float) -> Wave:
    """Move the envelope of the spectrum, but not the pitch.

    Args:
        samples: At 16 kHz.
        factor: What the frequencies of formants are multiplied by.

    Returns:
        As many samples.
    """
    frames = -(-len(samples) // _HOP) + _FRAME // _HOP - 1
    padded = np.zeros((frames - 1) * _HOP + _FRAME, np.float32)
    padded[_FRAME - _HOP : _FRAME - _HOP + len(samples)] = samples
    window = _window()
    blocks = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP] * window
    spectrum = np.fft.rfft(blocks, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    limit = _MOST_GAIN_DB / 20 * np.log(10)
    gain = np.exp(np.clip(np.log(power + 1e-9) @ _warp(round(factor, 2)), -limit, limit))
    blocks = np.fft.irfft(spectrum * gain, axis=1) * window
    # Frames overlap twofold, so every second of them lie side by side.
    out = np.zeros(len(padded) + _FRAME, np.float32)
    overlaps = _FRAME // _HOP
    for first in range(overlaps):
        row = blocks[first::overlaps].reshape(-1)
        out[first * _HOP : first * _HOP + len(row)] += row
    return out[_FRAME - _HOP : _FRAME - _HOP + len(samples)]


def stretch(samples: Wave, pace: float) -> Wave:
    """Say it faster or slower at the same pitch, by overlapping pieces that fit together.

    It is WSOLA: Verhelst and Roelands, ICASSP 1993.

    Args:
        samples: At 16 kHz.
        pace: Factor on the speed.

    Returns:
        About 1/pace as many samples.
    """
    if len(samples) < 2 * _STRETCH_FRAME:
        return samples
    return _overlap(np.ascontiguousarray(samples), pace)


def _overlap_pieces(samples: Wave, pace: float) -> Wave:
    half = _STRETCH_FRAME // 2
    count = max(1, int(len(samples) / pace) // half - 1)
    out = np.zeros((count + 1) * half, np.float32)
    window = (0.5 - 0.5 * np.cos(np.pi * (np.arange(half) + 0.5) / half)).astype(np.float32)
    at = 0
    out[:half] = samples[:half]
    for piece in range(count):
        if piece:
            # What would follow the last piece if nothing was cut; the next shall resemble it.
            natural = at + half
            wanted = int(piece * half * pace)
            first = max(0, wanted - _STRETCH_SEARCH)
            last = min(len(samples) - _STRETCH_FRAME, wanted + _STRETCH_SEARCH)
            best, found = -1e30, max(0, min(first, last))
            for start in range(first, last + 1, 2):
                likeness = np.float32(0.0)
                energy = np.float32(1e-6)
                for i in range(0, min(half, len(samples) - natural), 3):
                    value = samples[start + i]
                    likeness += value * samples[natural + i]
                    energy += value * value
                score = likeness / np.sqrt(energy)
                if score > best:
                    best, found = score, start
            at = found
        for i in range(half):
            if piece:
                out[piece * half + i] += window[i] * samples[at + i]
            if at + half + i < len(samples):
                out[(piece + 1) * half + i] = window[half - 1 - i] * samples[at + half + i]
    return out


_overlap = cast(
    Callable[[Wave, float], Wave], njit(cache=True, nogil=True, fastmath=True)(_overlap_pieces)
)


@lru_cache(maxsize=1)
def _window() -> NDArray[np.float32]:
    """The root of Hann's window: used twice, it makes 1 where frames overlap by half."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)
    window: NDArray[np.float32] = np.sqrt(hann).astype(np.float32)
    return window


@lru_cache(maxsize=1)
def _envelope() -> NDArray[np.float64]:
    """A matrix from the logarithm of a spectrum to that of its envelope: no higher cepstra."""
    bins = _FRAME // 2 + 1
    quefrency = np.arange(_TRACT_CEPSTRA)
    cosines = np.cos(np.pi * np.outer(np.arange(bins), quefrency) / (bins - 1))
    weights = np.full(bins, 2.0)
    weights[[0, -1]] = 1.0
    fading = np.clip((quefrency / _TRACT_CEPSTRA - _CEPSTRA_KEPT) / (1 - _CEPSTRA_KEPT), 0, 1)
    soft_end = 0.5 + 0.5 * np.cos(np.pi * fading)
    cepstra = weights[:, None] * cosines / (2 * (bins - 1))
    envelope: NDArray[np.float64] = (cepstra * soft_end * np.where(quefrency, 2.0, 1.0)) @ cosines.T
    return envelope


@lru_cache(maxsize=256)
def _warp(factor: float) -> NDArray[np.float32]:
    """A matrix from the logarithm of a power spectrum to that of the gain which moves its envelope.

    Finding the envelope and moving it are both linear.
    """
    envelope = _envelope()
    last = len(envelope) - 1
    source = np.clip(np.arange(last + 1) / factor, 0, last)
    below = np.minimum(source.astype(int), last - 1)
    share = source - below
    warped = envelope[:, below] * (1 - share) + envelope[:, below + 1] * share
    gain: NDArray[np.float32] = ((warped - envelope) / 2).astype(np.float32)
    return gain
