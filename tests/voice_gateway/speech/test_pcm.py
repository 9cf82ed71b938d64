from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_gateway.speech.pcm import AudioError, Wideband, bytes_of, samples_of


def test_odd_bytes_are_no_16_bit_audio() -> None:
    with pytest.raises(AudioError, match="even number of bytes, got 3"):
        samples_of(b"abc")


def test_too_loud_is_clipped() -> None:
    assert samples_of(bytes_of(np.array([40_000.0, -40_000.0, 0.6]))).tolist() == [32767, -32768, 1]


@pytest.mark.parametrize("rate", [44_100, 0, 11_025])
def test_only_line_rates_are_accepted(rate: int) -> None:
    with pytest.raises(AudioError, match="8000 or 16000"):
        Wideband(rate)


def test_wide_audio_passes_unchanged() -> None:
    assert Wideband(16_000).feed(b"\x01\x00\x02\x00") == b"\x01\x00\x02\x00"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_narrow_audio_doubles_however_it_is_cut(cuts: list[int]) -> None:
    samples = np.random.default_rng(0).normal(0, 3000, sum(cuts)).astype("<i2")
    whole, pieces = Wideband(8_000), Wideband(8_000)
    at_once = whole.feed(samples.tobytes()) + whole.drain()
    ends = np.cumsum(cuts)[:-1]
    cut = b"".join(pieces.feed(part.tobytes()) for part in np.split(samples, ends))
    cut += pieces.drain()
    assert cut == at_once
    assert len(at_once) == 2 * samples.nbytes
