from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_model.data.sound import (
    SoundError,
    median_pitch,
    read_sound,
    speech_bounds,
    trimmed,
    write_sound,
)
from tests.speech_model.data.sounds import spoken, vowel


def test_a_sound_is_read_as_it_was_written(tmp_path: Path) -> None:
    samples = (10000 * vowel(150, (700, 1200), 0.2, 8000)).astype(np.int16)
    write_sound(tmp_path / "new" / "a.flac", samples, 8000)
    read, rate = read_sound(tmp_path / "new" / "a.flac")
    assert rate == 8000
    np.testing.assert_array_equal(read * 32768, samples)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.flac"]


def test_of_stereo_the_first_channel_is_taken(tmp_path: Path) -> None:
    left, right = np.full(100, 0.5, np.float32), np.zeros(100, np.float32)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 16000, subtype="FLOAT")
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav")[0], left)


def test_a_part_of_a_file_can_be_read(tmp_path: Path) -> None:
    samples = np.arange(16000, dtype=np.int16)
    write_sound(tmp_path / "a.flac", samples, 16000)
    read, _ = read_sound(tmp_path / "a.flac", start=0.25, seconds=0.5)
    np.testing.assert_array_equal(read * 32768, samples[4000:12000])


@pytest.mark.parametrize("content", [None, b"no sound at all"])
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SoundError, match=r"Cannot read .*a\.wav"):
        read_sound(tmp_path / "a.wav")


@pytest.mark.parametrize("rate", [8000, 16000, 22050])
def test_speech_is_found_between_silences(rate: int) -> None:
    first, last = speech_bounds(spoken(0.5, 0.3, 0.2, rate), rate)
    assert first / rate == pytest.approx(0.3, abs=0.015)
    assert last / rate == pytest.approx(0.8, abs=0.015)


def test_quiet_noise_around_speech_is_no_speech() -> None:
    sound = spoken(0.5, 0.3, 0.2)
    sound += 0.0005 * np.random.default_rng(0).standard_normal(len(sound), dtype=np.float32)
    first, last = speech_bounds(sound, 16000)
    assert (first / 16000, last / 16000) == pytest.approx((0.3, 0.8), abs=0.015)


def test_silence_has_no_bounds() -> None:
    assert speech_bounds(np.zeros(1000, np.float32), 16000) == (0, 1000)
    assert speech_bounds(np.zeros(3, np.float32), 16000) == (0, 3)


def test_trimming_leaves_a_margin_where_there_is_one() -> None:
    assert len(trimmed(spoken(0.5, 0.3, 0.2), 16000, 0.1)) == pytest.approx(0.7 * 16000, abs=300)
    assert len(trimmed(spoken(0.5, 0.0, 0.0), 16000, 0.1)) == 8000


@pytest.mark.parametrize("pitch", [95.0, 150.0, 240.0, 330.0])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_pitch_of_a_voice_is_measured(pitch: float, rate: int) -> None:
    sound = vowel(pitch, (600, 1200, 2400), 0.6, rate)
    assert median_pitch(sound, rate) == pytest.approx(pitch, rel=0.03)


def test_noise_has_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(16000, dtype=np.float32)
    assert median_pitch(noise, 16000) == 0.0
