"""The music is quiet, fits a telephone, and has no seam."""

from __future__ import annotations

import numpy as np
import pytest

from voice_gateway.bridge.hold_music import LOUDNESS, hold_music
from voice_gateway.transports.line import frame_bytes

from .conftest import sound_of


@pytest.fixture(params=[8000, 16000])
def rate(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_it_is_twenty_to_thirty_seconds_of_whole_frames(rate: int) -> None:
    frames = hold_music(rate)
    assert {len(frame) for frame in frames} == {frame_bytes(rate)}
    assert 20 <= len(frames) * 0.02 <= 30


def test_it_is_made_once(rate: int) -> None:
    assert hold_music(rate) is hold_music(rate)


def test_it_is_quiet_and_nowhere_silent_or_clipped(rate: int) -> None:
    samples = sound_of(list(hold_music(rate)))
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(LOUDNESS, rel=0.01)
    assert np.abs(samples).max() < 12_000
    seconds = samples[: len(samples) // rate * rate].reshape(-1, rate)
    assert np.sqrt(np.mean(seconds**2, axis=1)).min() > LOUDNESS / 4


def test_a_telephone_carries_nearly_all_of_it(rate: int) -> None:
    samples = sound_of(list(hold_music(rate)))
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    carried = (hertz >= 240) & (hertz <= 3500)
    assert power[carried].sum() / power.sum() > 0.99


def test_played_again_and_again_it_makes_no_click(rate: int) -> None:
    twice = sound_of([*hold_music(rate), *hold_music(rate)])
    # A click is a step that the sound around it does not explain: look at what is above the music.
    steps = np.abs(np.diff(twice, n=2))
    middle = len(twice) // 2
    assert steps[middle - 3 : middle + 3].max() <= np.percentile(steps, 99.9)
