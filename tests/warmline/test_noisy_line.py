"""A synthetic caller on a noisy telephone line."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_gateway.speech.speech_cache import SpeechCache
from warmline.noisy_line import LINE_RATE, NoisyLine, Timbre

PLAIN = Timbre(1.1, 1.0)


@pytest.fixture(scope="module")
def line() -> NoisyLine:
    return NoisyLine()


def test_each_caller_has_a_voice_of_their_own() -> None:
    assert Timbre.of("a", 0) == Timbre.of("a", 0)
    assert Timbre.of("a", 0) != Timbre.of("b", 0) != Timbre.of("b", 1)


def test_what_is_said_on_a_clean_line_is_heard(line: NoisyLine) -> None:
    recogniser = line.recogniser()
    recogniser.feed(line.transmit("where is my order", PLAIN, snr_db=None, noise=0))
    assert recogniser.finish().text == "where is my order"


def test_the_same_seed_is_the_same_noise(line: NoisyLine) -> None:
    one, again, other = (
        line.transmit("yes please", PLAIN, snr_db=15.0, noise=seed) for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
    assert len(one) == len(other) > LINE_RATE


def test_the_cache_keeps_what_was_synthesised(line: NoisyLine, tmp_path: Path) -> None:
    without = line.transmit("yes please", PLAIN, snr_db=None, noise=0)
    cached = NoisyLine(cache=SpeechCache(tmp_path))
    assert [cached.transmit("yes please", PLAIN, snr_db=None, noise=0) for _ in range(2)] == [
        without,
        without,
    ]
    assert any(tmp_path.iterdir())
