"""Telephone audio at the bridge's rate and back, without waiting for a block to fill up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_gateway.speech.pcm import AudioError
from voice_gateway.speech.rate import RateStream


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 16000), (16000, 8000)])
def test_a_tone_stays_the_tone_and_every_frame_brings_as_much_as_went_in(
    from_rate: int, to_rate: int
) -> None:
    time = np.arange(from_rate) / from_rate
    tone = (8000 * np.sin(2 * np.pi * 1000 * time)).astype("<i2").tobytes()
    size = from_rate // 50 * 2
    stream = RateStream(from_rate, to_rate)
    out = [stream.feed(tone[at : at + size]) for at in range(0, len(tone), size)]
    assert {len(piece) for piece in out} == {to_rate // 50 * 2}
    assert heard_hertz(out[5:], to_rate) == {1000}


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 16000), (16000, 8000)])
def test_what_comes_out_does_not_depend_on_how_it_was_cut(from_rate: int, to_rate: int) -> None:
    noise = np.random.default_rng(0).normal(0, 3000, 4000).astype("<i2")
    at_once = RateStream(from_rate, to_rate).feed(noise.tobytes())
    stream = RateStream(from_rate, to_rate)
    cut = b"".join(
        stream.feed(piece.tobytes()) for piece in np.split(noise, [1, 1, 4, 37, 357, 3999])
    )
    assert cut == at_once


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 16000), (16000, 8000)])
def test_it_is_two_milliseconds_late(from_rate: int, to_rate: int) -> None:
    click = np.zeros(from_rate // 50, "<i2")
    click[from_rate // 100] = 20000
    out = np.frombuffer(RateStream(from_rate, to_rate).feed(click.tobytes()), "<i2")
    late = int(np.abs(out.astype(int)).argmax()) / to_rate - 0.01
    assert 0.0018 < late < 0.0021


def test_what_a_telephone_cannot_carry_is_taken_out_and_not_folded_back() -> None:
    time = np.arange(16000) / 16000
    tones = 4000 * np.sin(2 * np.pi * 1000 * time) + 8000 * np.sin(2 * np.pi * 5000 * time)
    pcm = tones.astype("<i2").tobytes()
    stream = RateStream(16000, 8000)
    out = [stream.feed(pcm[at : at + 640]) for at in range(0, len(pcm), 640)]
    assert heard_hertz(out[5:], 8000) == {1000}


def test_the_same_rate_is_passed_on_as_it_is() -> None:
    assert RateStream(16000, 16000).feed(b"\1\2\3\4") == b"\1\2\3\4"


@pytest.mark.parametrize("rate", [44_100, 0, 11_025])
def test_only_line_rates_are_accepted(rate: int) -> None:
    with pytest.raises(AudioError, match="8000 or 16000"):
        RateStream(rate, 16000)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_narrow_audio_doubles_however_it_is_cut(cuts: list[int]) -> None:
    samples = np.random.default_rng(0).normal(0, 3000, sum(cuts)).astype("<i2")
    whole, pieces = RateStream(8000, 16000), RateStream(8000, 16000)
    at_once = whole.feed(samples.tobytes())
    ends = np.cumsum(cuts)[:-1]
    assert b"".join(pieces.feed(part.tobytes()) for part in np.split(samples, ends)) == at_once
    assert len(at_once) == 2 * samples.nbytes


def heard_hertz(frames: list[bytes], rate: int) -> set[int]:
    """What sounds louder than a hundredth of the loudest, to the nearest 50 Hz."""
    samples = np.frombuffer(b"".join(frames), "<i2").astype(float)
    strengths = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    places = np.flatnonzero(strengths > 0.01 * strengths.max())
    return {round(place * rate / samples.size / 50) * 50 for place in places}
