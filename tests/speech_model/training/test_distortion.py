from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from speech_model.features import mfcc
from speech_model.training.distortion import BANDS, Distortion, distort, to_cepstra

NOTHING = Distortion(
    warp=0.0, colour=0.0, band_masks=0, band_mask_width=0, frame_masks=0.0, frame_mask_width=0
)


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def bands_of(features: NDArray[np.float32]) -> NDArray[np.float64]:
    return features @ np.linalg.inv(to_cepstra().astype(np.float64))


def tone(frequency: float) -> NDArray[np.float32]:
    """Features of a second of a tone in some noise."""
    time = np.arange(16_000) / 16_000
    wave = 3000 * np.sin(2 * np.pi * frequency * time)
    return mfcc(wave.astype(np.int16), dither=30.0, noise=chance())


def test_without_any_distortion_features_stay_as_they_are() -> None:
    features = tone(700)
    assert distort(features, NOTHING, chance()) == pytest.approx(features, abs=1e-2)


def test_the_bands_are_those_of_the_features() -> None:
    # White noise of a known level: the bands' energies grow with their widths, evenly.
    noise = (1000 * chance().standard_normal(160_000)).astype(np.int16)
    average = bands_of(mfcc(noise, dither=0.0)).mean(axis=0)
    assert (np.diff(average) > 0).mean() > 0.9
    assert int(bands_of(tone(1000)).mean(axis=0).argmax()) < int(
        bands_of(tone(2000)).mean(axis=0).argmax()
    )


def test_a_warp_moves_a_voice_but_not_the_edge_of_the_telephone_band() -> None:
    bold = Distortion(
        warp=0.25, colour=0.0, band_masks=0, band_mask_width=0, frame_masks=0.0, frame_mask_width=0
    )
    below, above = tone(1500), tone(5500)
    peaks = {
        int(bands_of(distort(below, bold, chance(seed))).mean(axis=0).argmax())
        for seed in range(12)
    }
    assert len(peaks) >= 3
    still = bands_of(above).mean(axis=0).argmax()
    for seed in range(12):
        assert bands_of(distort(above, bold, chance(seed))).mean(axis=0).argmax() == still


def test_a_colour_stays_for_the_whole_example() -> None:
    coloured = Distortion(
        warp=0.0, colour=1.0, band_masks=0, band_mask_width=0, frame_masks=0.0, frame_mask_width=0
    )
    features = tone(700)
    added = bands_of(distort(features, coloured, chance())) - bands_of(features)
    assert added.std(axis=0).max() < 0.01
    assert np.abs(added.mean(axis=0)).max() > 0.3
    assert np.abs(added[:, -3:]).max() < 0.05, "nothing is added above the telephone band"


def test_masks_blank_stretches_of_bands_and_of_frames() -> None:
    masked = Distortion(
        warp=0.0, colour=0.0, band_masks=2, band_mask_width=6, frame_masks=20.0, frame_mask_width=9
    )
    noise = (1000 * chance().standard_normal(160_000)).astype(np.int16)
    features = mfcc(noise, dither=0.0)
    bands = bands_of(features)
    blank_bands = blank_frames = 0
    for seed in range(10):
        changed = bands_of(distort(features, masked, chance(seed)))
        same = np.abs(changed - bands.mean(axis=0)) < 0.05
        blank_bands += same.all(axis=0).sum()
        blank_frames += same.all(axis=1).sum()
        untouched = ~same.all(axis=1)[:, None] & ~same.all(axis=0)
        assert changed[untouched] == pytest.approx(bands[untouched], abs=0.05)
    assert 0 < blank_bands < 10 * BANDS / 3
    assert 0 < blank_frames < 10 * len(features) / 2


def test_chance_decides_alone() -> None:
    features = tone(700)
    first = distort(features, Distortion(), chance(5))
    assert (distort(features, Distortion(), chance(5)) == first).all()
    assert (distort(features, Distortion(), chance(6)) != first).any()


@pytest.mark.parametrize("frames", [1, 5])
def test_very_short_examples_are_distorted_too(frames: int) -> None:
    changed = distort(tone(700)[:frames], Distortion(frame_masks=300.0), chance())
    assert changed.shape == (frames, BANDS)
    assert np.isfinite(changed).all()
