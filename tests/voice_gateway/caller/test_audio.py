from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_gateway.caller.audio import (
    CallerAudioError,
    CallSnapshot,
    Clip,
    RecordedAudio,
    level_dbfs,
    load_audio,
)

Tone = Callable[..., bytes]


def write(path: Path, pcm: bytes, rate: int) -> Path:
    soundfile.write(path, np.frombuffer(pcm, dtype="<i2"), rate)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_a_file_of_any_rate_becomes_the_lines(
    tmp_path: Path, tone: Tone, name: str, rate: int
) -> None:
    path = write(tmp_path / name, tone(0.5, rate=rate), rate)
    samples = np.frombuffer(load_audio(path, 16000), dtype="<i2")
    assert samples.size == pytest.approx(8000, abs=2)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 16000 / samples.size == pytest.approx(440, abs=3)


def test_of_two_channels_the_left_is_the_callers(tmp_path: Path, tone: Tone) -> None:
    left = np.frombuffer(tone(0.1), dtype="<i2")
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.column_stack((left, np.zeros_like(left))), 16000)
    assert load_audio(path, 16000) == left.tobytes()


def test_a_file_that_is_not_there_or_no_sound_or_empty_is_named(tmp_path: Path) -> None:
    with pytest.raises(CallerAudioError, match=r"no file .*gone\.wav"):
        load_audio(tmp_path / "gone.wav", 16000)
    text = tmp_path / "text.wav"
    text.write_text("this is no sound")
    with pytest.raises(CallerAudioError, match=r"text\.wav is not a sound file"):
        load_audio(text, 16000)
    with pytest.raises(CallerAudioError, match="no audio"):
        load_audio(write(tmp_path / "empty.wav", b"", 16000), 16000)


def test_a_clip_knows_where_its_speech_begins_and_ends(tone: Tone) -> None:
    silence = bytes(16000)  # half a second
    pcm = silence + tone(0.2) + silence + tone(0.2, level=0.1) + silence
    clip = Clip.of(pcm, 16000, "hm, hm")
    voiced = [n for n, is_voiced in enumerate(clip.voiced) if is_voiced]
    assert voiced == list(range(25, 70))
    assert clip.duration_s == pytest.approx(1.9)


def test_a_noisy_recording_is_not_all_speech(tone: Tone) -> None:
    noise = np.random.default_rng(0).normal(0, 100, 32000)
    pcm = np.frombuffer(bytes(16000) + tone(1.0) + bytes(16000), dtype="<i2")
    clip = Clip.of((pcm + noise).astype("<i2").tobytes(), 16000)
    voiced = [n for n, is_voiced in enumerate(clip.voiced) if is_voiced]
    assert (voiced[0], voiced[-1]) == (25, 74)


def test_an_empty_or_silent_clip_has_no_speech() -> None:
    assert Clip.of(b"", 16000).frames == ()
    assert not any(Clip.of(bytes(3200), 16000).voiced)


def test_levels_are_relative_to_full_scale(tone: Tone) -> None:
    assert level_dbfs(tone(0.02, level=1.0)) == pytest.approx(-3.0, abs=0.1)
    assert level_dbfs(bytes(640)) == -120
    assert level_dbfs(b"") == -120


async def test_recordings_are_played_one_after_the_other_and_then_hung_up(
    tmp_path: Path, tone: Tone
) -> None:
    path = write(tmp_path / "a.wav", tone(0.1), 16000)
    audio = RecordedAudio(path, path, wait_s=0, gap_s=0.2, tail_s=0.1)
    await audio.start(16000)
    frames = [audio.frame(CallSnapshot(at=n * 0.02)) for n in range(36)]
    assert "".join("x" if frame.voiced else "." for frame in frames) == (
        ".........." + "xxxxx" + ".........." + "xxxxx" + "......"
    )
    assert [frame.hang_up for frame in frames] == [False] * 35 + [True]
    assert {len(frame.pcm) for frame in frames} == {640}


async def test_a_recording_waits_for_the_greeting_to_end_but_not_for_ever(
    tmp_path: Path, tone: Tone
) -> None:
    path = write(tmp_path / "a.wav", tone(0.1), 16000)
    greeting = CallSnapshot(at=1.0, state="speaking", bot_answered=True)
    listening = CallSnapshot(at=1.0, state="listening", bot_answered=True, bot_quiet_for_s=0.1)
    for start in (listening, CallSnapshot(at=15.0)):
        audio = RecordedAudio(path, gap_s=0)
        await audio.start(16000)
        assert not audio.frame(greeting).voiced
        assert audio.frame(start).voiced
        assert audio.frame(greeting).voiced
