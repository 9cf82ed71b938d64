from __future__ import annotations

import numpy as np
import pytest

from benchmarks.turns.humming import HUMS, hum
from voice_gateway.speech.pcm import LISTENING_RATE


@pytest.mark.parametrize("what", HUMS)
def test_a_hum_is_short_and_of_a_low_voice(what: str) -> None:
    sound = hum(what, np.random.default_rng(1))
    assert 0.15 <= len(sound) / LISTENING_RATE <= 1.2
    power = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / LISTENING_RATE)
    assert power[hz < 1_000].sum() > 0.9 * power.sum()


def test_another_throat_hums_differently() -> None:
    chance = np.random.default_rng(1)
    assert not np.array_equal(hum("mm", chance)[:1000], hum("mm", chance)[:1000])
