"""Telephone audio at the bridge's rate and back, without waiting for a block to fill up."""

from __future__ import annotations

import numpy as np
import pytest

from voice_gateway.bridge.rate import RateStream

from .conftest import loud_hertz


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 16000), (16000, 8000)])
def test_a_tone_stays_the_tone_and_every_frame_brings_as_much_as_went_in(
    from_rate: int, to_rate: int
) -> None:
    time = np.arange(from_rate) / from_rate
    tone = (8000 * np.sin(2 * np.pi * 1000 * time)).astype("<i2").tobytes()
    size = from_rate // 50 * 2
    stream = RateStream(from_rate, to_rate)
    out = [stream.feed(tone[at : at + size]) for at in range(0, len(tone), size)]
    assert {len(piece) for piece in out[3:]} == {to_rate // 50 * 2}
    assert loud_hertz(out[5:], to_rate) == {1000}
    assert 2 * to_rate - len(b"".join(out)) <= 0.03 * 2 * to_rate


def test_what_a_telephone_cannot_carry_is_taken_out_and_not_folded_back() -> None:
    time = np.arange(16000) / 16000
    tones = 4000 * np.sin(2 * np.pi * 1000 * time) + 8000 * np.sin(2 * np.pi * 5000 * time)
    pcm = tones.astype("<i2").tobytes()
    stream = RateStream(16000, 8000)
    out = [stream.feed(pcm[at : at + 640]) for at in range(0, len(pcm), 640)]
    assert loud_hertz(out[5:], 8000, above=0.01) == {1000}


def test_the_same_rate_is_passed_on_as_it_is() -> None:
    assert RateStream(16000, 16000).feed(b"\1\2\3\4") == b"\1\2\3\4"
