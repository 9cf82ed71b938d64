from __future__ import annotations

import numpy as np
import pytest

from speech_model.data.channel import (
    Codec,
    Concealment,
    Handset,
    Losses,
    heard_at_listening_rate,
    lose_packets,
    through_codec,
    through_handset,
    through_room,
)
from tests.speech_model.data.sounds import band_level, vowel
from voice_gateway.speech.pcm import samples_of
from voice_gateway.speech.rate import RateStream

FLAT = Handset(low_cut=30.0, high_cut=7900.0)
TELEPHONE = Handset(low_cut=300.0, high_cut=3400.0)


@pytest.fixture(scope="module")
def white() -> np.ndarray:
    return 0.1 * np.random.default_rng(0).standard_normal(32000, dtype=np.float32)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_handset_lets_its_band_through(white: np.ndarray, rate: int) -> None:
    heard = through_handset(white, TELEPHONE, rate)
    assert len(heard) == 2 * rate
    inside = band_level(heard, rate, 600, 3000)
    assert inside == pytest.approx(band_level(heard, rate, 1500, 2500), abs=1.0)
    assert band_level(heard, rate, 50, 120) < inside - 20
    assert band_level(heard, rate, 3800, 4000) < inside - 8


def test_a_handset_without_edges_keeps_the_level(white: np.ndarray) -> None:
    heard = through_handset(white, FLAT, 16000)
    np.testing.assert_allclose(heard[1000:-1000], white[1000:-1000], atol=0.12)
    assert np.square(heard).mean() == pytest.approx(np.square(white).mean(), rel=0.06)


def test_tilt_and_peaks_colour_it(white: np.ndarray) -> None:
    plain = through_handset(white, FLAT, 16000)
    tilted = through_handset(white, Handset(30.0, 7900.0, tilt=3.0), 16000)
    peaked = through_handset(white, Handset(30.0, 7900.0, peaks=((1000.0, 10.0, 0.3),)), 16000)

    def change(sound: np.ndarray, low: float, high: float) -> float:
        return band_level(sound, 16000, low, high) - band_level(plain, 16000, low, high)

    assert change(tilted, 3900, 4100) == pytest.approx(6.0, abs=0.5)
    assert change(tilted, 490, 510) == pytest.approx(-3.0, abs=0.5)
    assert change(peaked, 970, 1030) == pytest.approx(10.0, abs=0.7)
    assert change(peaked, 3000, 4000) == pytest.approx(0.0, abs=0.5)


def test_a_room_adds_echoes_that_fade() -> None:
    click = np.zeros(16000, np.float32)
    click[1000] = 1.0
    heard = through_room(click, 0.4, 6.0, np.random.default_rng(0))
    assert heard[1000] == pytest.approx(1.0, abs=0.1)
    echoes = np.square(heard[1001:])
    assert 10 * np.log10(echoes.sum()) == pytest.approx(-6.0, abs=0.5)
    early, late = echoes[100:1700].mean(), echoes[4000:5600].mean()
    assert early > 100 * late
    assert np.abs(heard[:1000]).max() < 1e-6


@pytest.mark.parametrize("codec", list(Codec))
def test_codecs_keep_length_and_most_of_the_sound(codec: Codec) -> None:
    rate = 16000 if codec is Codec.OPUS else 8000
    sound = vowel(140, (600, 1200), 0.73, rate)
    heard = through_codec(sound, codec, rate)
    assert len(heard) == len(sound)
    error = np.square(heard - sound).sum() / np.square(sound).sum()
    assert 1e-8 < error < 0.35


def test_mu_law_is_that_of_the_telephone() -> None:
    # ITU-T G.711: 8-bit codes; the smallest steps are 8 of the 16-bit scale, the largest 1024.
    levels = np.unique(np.rint(through_codec(np.linspace(-1, 1, 60000, dtype=np.float32),
                                             Codec.MU_LAW, 8000) * 32768))  # fmt: skip
    assert len(levels) == 255
    assert np.diff(levels).min() == 8
    assert np.diff(levels).max() == 1024


@pytest.mark.parametrize("concealment", list(Concealment))
def test_as_many_packets_are_lost_as_was_said(concealment: Concealment) -> None:
    sound = 0.1 * np.random.default_rng(1).standard_normal(160 * 5000, dtype=np.float32)
    losses = Losses(rate=0.05, burst=2.0, concealment=concealment)
    heard = lose_packets(sound, losses, 8000, np.random.default_rng(2))
    lost = (heard != sound).reshape(-1, 160).any(axis=1)
    assert lost.mean() == pytest.approx(0.05, abs=0.012)
    bursts = np.diff(np.flatnonzero(np.diff(np.r_[False, lost, False])))[::2]
    assert bursts.mean() == pytest.approx(2.0, abs=0.4)


def test_a_lost_packet_is_silence_or_the_last_one_fading() -> None:
    sound = np.linspace(0.1, 0.9, 160 * 40, dtype=np.float32)
    for concealment in Concealment:
        losses = Losses(0.3, 1.0, concealment)
        heard = lose_packets(sound, losses, 8000, np.random.default_rng(3)).reshape(-1, 160)
        lost = (heard != sound.reshape(-1, 160)).any(axis=1)
        assert lost[1:].any()
        if concealment is Concealment.SILENCE:
            assert not heard[lost].any()
        else:
            for number in np.flatnonzero(lost[1:]) + 1:
                np.testing.assert_array_equal(heard[number], heard[number - 1])


def test_a_line_is_heard_as_the_gateway_hears_it() -> None:
    line = vowel(140, (600, 1200), 0.4, 8000)
    gateway = RateStream(8000, 16000)
    pcm = np.clip(np.rint(line * 32767), -32768, 32767).astype("<i2").tobytes()
    heard = samples_of(gateway.feed(pcm))
    np.testing.assert_array_equal(heard_at_listening_rate(line, 8000), heard)


def test_what_is_too_loud_is_clipped() -> None:
    loud = np.array([-2.0, -1.0, 0.5, 1.5], np.float32)
    heard = heard_at_listening_rate(loud, 16000)
    assert heard.tolist() == [-32768, -32767, 16384, 32767]
