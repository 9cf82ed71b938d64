from __future__ import annotations

import numpy as np
import pytest

from benchmarks.turns import noises
from tests.benchmarks.turns.sounds import tone
from voice_gateway.speech.pcm import LISTENING_RATE

VOICES = [tone(5.0) for _ in range(4)]


@pytest.mark.parametrize("kind", noises.KINDS)
def test_a_noise_is_heard_for_one_to_four_seconds(kind: str) -> None:
    sound = noises.noise(kind, np.random.default_rng(1), VOICES)
    assert LISTENING_RATE <= len(sound) <= 4 * LISTENING_RATE
    assert np.abs(sound).max() == pytest.approx(1.0)
    assert sound.dtype == np.float32


@pytest.mark.parametrize("kind", noises.KINDS)
def test_no_noise_is_louder_than_the_caller(kind: str) -> None:
    chance = np.random.default_rng(1)
    assert min(noises.quieter_db(kind, chance) for _ in range(50)) >= 0.0


def test_noises_differ() -> None:
    chance = np.random.default_rng(1)
    once, again = (noises.noise("cough", chance, VOICES) for _ in range(2))
    assert not np.array_equal(once, again)
