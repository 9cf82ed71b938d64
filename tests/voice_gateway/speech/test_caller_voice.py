from __future__ import annotations

import numpy as np
import pytest

from tests.voice_gateway.speech.conftest import noise
from voice_gateway.speech.caller_voice import CallerVoice, telephone_band
from voice_gateway.speech.pcm import AudioError, samples_of
from voice_gateway.speech.voice import Voice


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_caller_begins_after_a_moment_of_silence(voice: Voice, rate: int) -> None:
    samples = samples_of(CallerVoice(voice=voice).say("where is my order", rate))
    lead = samples[: round(0.29 * rate)]
    assert not lead.any()
    assert 0.8 * rate < len(samples) < 3 * rate
    assert np.abs(samples).max() > 10_000


def test_a_caller_says_the_same_words_in_the_same_way(voice: Voice) -> None:
    caller = CallerVoice(voice=voice)
    assert caller.say("are you open", 8_000) == caller.say("are you open", 8_000)


def test_a_faster_caller_is_shorter_and_pitch_does_not_change_the_pace(voice: Voice) -> None:
    text = "i would like to know where my order is"
    slow = len(CallerVoice(pace=0.8, voice=voice).say(text, 8_000))
    fast = len(CallerVoice(pace=1.6, voice=voice).say(text, 8_000))
    higher = len(CallerVoice(pitch=1.5, pace=0.8, voice=voice).say(text, 8_000))
    assert fast < 0.75 * slow
    assert higher == pytest.approx(slow, rel=0.1)


def test_an_impossible_pitch_is_refused(voice: Voice) -> None:
    with pytest.raises(ValueError, match="pitch 5 is not between"):
        CallerVoice(pitch=5, voice=voice)


def test_the_telephone_takes_away_low_and_high_tones() -> None:
    heard = samples_of(telephone_band(noise(1.0, level=3000.0), 16_000)).astype(float)
    assert len(heard) == 16_000
    power = np.abs(np.fft.rfft(heard)) ** 2
    inside = power[500:3000].mean()
    assert power[:100].mean() < inside / 100
    assert power[4200:].mean() < inside / 100


def test_the_line_s_noise_is_as_loud_as_asked_and_repeats() -> None:
    tone = (8000 * np.sin(np.arange(8000) * 0.8)).astype("<i2").tobytes()
    clean = samples_of(telephone_band(tone, 8_000)).astype(float)
    noisy = samples_of(telephone_band(tone, 8_000, snr_db=20)).astype(float)
    ratio = 20 * np.log10(clean.std() / (noisy - clean).std())
    assert ratio == pytest.approx(20, abs=3)
    assert telephone_band(tone, 8_000, 20, seed=3) == telephone_band(tone, 8_000, 20, seed=3)
    assert telephone_band(tone, 8_000, 20, seed=3) != telephone_band(tone, 8_000, 20, seed=4)


def test_the_telephone_takes_16_bit_audio_only() -> None:
    assert telephone_band(b"", 8_000) == b""
    with pytest.raises(AudioError):
        telephone_band(b"\x00", 8_000)
