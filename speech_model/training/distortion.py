"""Voices, telephones and gaps that the recordings do not have, made from features while training.

MFCC are a cosine transform of the logarithms of 40 mel bands, which can be undone; in the bands a
change of the vocal tract is a shift, a telephone's colour is a sum and a gap is a constant. So each
epoch hears each example differently, at the cost of two small matrix products. Masks are those of
SpecAugment (Park et al., 2019), warping that of vocal tract length perturbation (Jaitly and Hinton,
2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.training.workers import product

BANDS: Final = 40

# Those of `speech_model.features`, and Kaldi's default for the liftering of cepstra.
_LOWEST, _HIGHEST = 20.0, 7600.0
_LIFTER: Final = 22.0
# Above this a telephone carries nothing, whoever speaks into it.
_TELEPHONE: Final = 4000.0
_WARPED_BELOW: Final = 3200.0
_WARPS: Final = 8


@dataclass(frozen=True, slots=True)
class Distortion:
    """How much features are changed.

    Args:
        warp: How far frequencies move at most, as a share of themselves.
        colour: Standard deviation of each of three waves over the bands, in nepers of power (one is
            4.3 dB).
        band_masks: How many stretches of bands are blanked at most.
        band_mask_width: How many bands a stretch has at most.
        frame_masks: How many stretches of frames are blanked in three seconds, on average.
        frame_mask_width: How many frames a stretch has at most.
    """

    warp: float = 0.06
    colour: float = 0.3
    band_masks: int = 2
    band_mask_width: int = 6
    frame_masks: float = 0.6
    frame_mask_width: int = 24


def distort(
    features: NDArray[np.float32], amount: Distortion, chance: np.random.Generator
) -> NDArray[np.float32]:
    """Change the features of one example at random.

    Args:
        features: MFCC of shape (frames, 40).
        amount: How much.
        chance: The same one makes the same changes.

    Returns:
        New features of the same shape.
    """
    warp = round(chance.uniform(-_WARPS, _WARPS)) / _WARPS * amount.warp
    bands = product(features, _to_warped_bands(1.0 + warp))
    bands += _waves() @ chance.normal(0.0, amount.colour, 3).astype(np.float32)
    average = bands.mean(axis=0, dtype=np.float32)
    for _ in range(chance.integers(0, amount.band_masks + 1)):
        width = int(chance.integers(0, amount.band_mask_width + 1))
        begin = int(chance.integers(0, BANDS - width + 1))
        bands[:, begin : begin + width] = average[begin : begin + width]
    for _ in range(chance.poisson(amount.frame_masks * len(bands) / 300)):
        width = int(chance.integers(0, amount.frame_mask_width + 1))
        begin = int(chance.integers(0, max(1, len(bands) - width)))
        bands[begin : begin + width] = average
    return product(bands, to_cepstra())


@cache
def to_cepstra() -> NDArray[np.float32]:
    """Give the matrix that makes cepstra of the logarithms of bands, as Kaldi computes it.

    Returns:
        Shape (bands, cepstra).
    """
    order = np.arange(BANDS)
    transform = np.cos(np.pi / BANDS * np.outer(order + 0.5, order)) * np.sqrt(2 / BANDS)
    transform[:, 0] = np.sqrt(1 / BANDS)
    lifter = 1 + 0.5 * _LIFTER * np.sin(np.pi * order / _LIFTER)
    matrix: NDArray[np.float32] = (transform * lifter).astype(np.float32)
    return matrix


@cache
def _to_warped_bands(factor: float) -> NDArray[np.float32]:
    """Undo `to_cepstra` and move each band to where its frequency times the factor lies."""
    centres = _centres()
    # Linear up to a point, then back to the edge of the telephone band, as in Kaldi's VTLN.
    knee = min(_WARPED_BELOW, _WARPED_BELOW / factor)
    moved = np.interp(centres, [0.0, knee, _TELEPHONE], [0.0, knee * factor, _TELEPHONE])
    moved = np.where(centres < _TELEPHONE, moved, centres)
    place = np.interp(_mel(moved), _mel(centres), np.arange(BANDS))
    below = np.minimum(place.astype(int), BANDS - 2)
    share = place - below
    warp = np.zeros((BANDS, BANDS))
    warp[below, np.arange(BANDS)] = 1 - share
    warp[below + 1, np.arange(BANDS)] += share
    inverse = np.linalg.inv(to_cepstra().astype(np.float64))
    return (inverse @ warp).astype(np.float32)


@cache
def _waves() -> NDArray[np.float32]:
    """Give three slow waves over the bands of the telephone; above it they fade out."""
    centres = _centres()
    inside = np.interp(centres, [_WARPED_BELOW, _TELEPHONE], [1.0, 0.0])
    along = _mel(centres) / _mel(np.array(_TELEPHONE))
    waves = [inside * np.cos(np.pi * wave * along) for wave in (1, 2, 3)]
    return np.stack(waves, 1).astype(np.float32)


def _centres() -> NDArray[np.float64]:
    edges = np.linspace(_mel(np.array(_LOWEST)), _mel(np.array(_HIGHEST)), BANDS + 2)
    return 700.0 * np.expm1(edges[1:-1] / 1127.0)


def _mel(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(frequency / 700.0)
