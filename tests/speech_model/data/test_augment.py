from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from speech_model.data.augment import Augmentation, augment, join
from speech_model.data.channel import Codec, Concealment, Handset, Losses
from speech_model.data.noise import NoiseKind, speech_level
from speech_model.data.sound import Wave, speech_bounds
from speech_model.features import RATE
from tests.speech_model.data.sounds import band_level, vowel

TELEPHONE = Handset(300.0, 3400.0)
PLAIN = Augmentation(TELEPHONE)


def said(how: Augmentation, *parts: Wave, rate: int = RATE, seed: int = 0) -> Wave:
    heard = augment([(part, rate) for part in parts], how, np.random.default_rng(seed), [WORD])
    assert heard.dtype == np.int16
    return heard.astype(np.float32) / 32768


WORD = vowel(140, (600, 1200, 2500), 0.4)


def test_a_recording_becomes_a_telephone_call_at_16_khz() -> None:
    heard = said(PLAIN, WORD)
    assert len(heard) == pytest.approx((0.3 + 0.4 + 0.5) * RATE, abs=2)
    assert [edge / RATE for edge in speech_bounds(heard, RATE)] == pytest.approx(
        [0.3, 0.7], abs=0.03
    )
    assert band_level(heard, RATE, 4500, 8000) < band_level(heard, RATE, 500, 3000) - 40


def test_recordings_of_a_telephone_and_of_a_studio_come_out_alike() -> None:
    for rate in (8000, 22050):
        heard = said(PLAIN, vowel(140, (600, 1200, 2500), 0.4, rate), rate=rate)
        assert len(heard) == pytest.approx(1.2 * RATE, abs=4)


def test_speech_is_as_loud_as_was_drawn() -> None:
    for level in (-35.0, -20.0):
        heard = said(dataclasses.replace(PLAIN, level=level), WORD)
        assert 20 * np.log10(speech_level(heard)) == pytest.approx(level, abs=2.5)


def test_what_is_drawn_too_loud_is_clipped() -> None:
    heard = said(dataclasses.replace(PLAIN, level=0.0, codecs=()), WORD)
    assert (np.abs(heard) > 0.97).mean() > 0.01


@pytest.mark.parametrize("snr", [5.0, 20.0])
def test_noise_is_as_far_below_the_speech_as_was_drawn(snr: float) -> None:
    wide = Augmentation(
        Handset(20.0, 8000.0), RATE, before=1.0, after=1.0, noise=NoiseKind.WHITE, snr=snr
    )
    heard = said(dataclasses.replace(wide, codecs=()), WORD)
    noise = 20 * np.log10(np.sqrt(np.square(heard[2000:14000]).mean()))
    assert wide.level - noise == pytest.approx(snr, abs=1.5)


def test_the_same_seed_is_the_same_call() -> None:
    how = dataclasses.replace(
        PLAIN,
        noise=NoiseKind.BABBLE,
        snr=15.0,
        decay=0.3,
        direct=6.0,
        codecs=(Codec.GSM, Codec.MU_LAW),
        losses=Losses(0.05, 1.5, Concealment.REPEAT),
        pitch=1.1,
        tract=1.05,
        pace=1.1,
    )
    np.testing.assert_array_equal(said(how, WORD, seed=3), said(how, WORD, seed=3))
    assert not np.array_equal(said(how, WORD, seed=3), said(how, WORD, seed=4))


def test_packets_are_lost_on_lines_without_a_codec_too() -> None:
    losses = Losses(0.4, 1.0, Concealment.SILENCE)
    for codecs in ((), (Codec.MU_LAW,)):
        how = dataclasses.replace(PLAIN, losses=losses, codecs=codecs)
        kept = dataclasses.replace(how, losses=None)
        assert np.square(said(how, WORD)).sum() < 0.9 * np.square(said(kept, WORD)).sum()


def test_joined_recordings_have_gaps_between_them() -> None:
    whole = join([WORD, WORD, WORD], (0.2, 0.0), 0.1, 0.3)
    assert len(whole) == pytest.approx((0.1 + 3 * 0.4 + 0.2 + 0.3) * RATE, abs=2)
    assert not whole[int(0.51 * RATE) : int(0.69 * RATE)].any()
    assert whole[int(1.05 * RATE) : int(1.09 * RATE)].any()


def test_a_gap_below_zero_lets_them_overlap() -> None:
    assert len(join([WORD, WORD], (-0.03,), 0.0, 0.0)) == len(WORD) * 2 - int(0.03 * RATE)
    assert len(join([WORD[:100], WORD], (-0.03,), 0.0, 0.0)) == len(WORD)


def test_no_cut_clicks() -> None:
    steady = np.full(8000, 0.5, np.float32)
    whole = join([steady, steady], (0.1,), 0.1, 0.1)
    assert np.abs(np.diff(whole)).max() < 0.01
