"""The loudness of an utterance is that of its words."""

from __future__ import annotations

import numpy as np
import pytest

from voice_gateway.speech.loudness import FRAME_BYTES, Loudness

QUIET, LOUD = 300.0, 3000.0  # 20 dB apart


def sound(frames: int, amplitude: float) -> bytes:
    wave = np.resize([amplitude, -amplitude], frames * FRAME_BYTES // 2)
    return wave.astype("<i2").tobytes()


def loudness_of(*pieces: bytes) -> float | None:
    loudness = Loudness()
    for piece in pieces:
        loudness.add(piece)
    return loudness.take()


def test_steady_speech_is_as_loud_as_it_is() -> None:
    assert loudness_of(sound(50, LOUD)) == pytest.approx(-20.8, abs=0.1)
    assert loudness_of(sound(50, QUIET)) == pytest.approx(-40.8, abs=0.1)


def test_pauses_between_words_do_not_count() -> None:
    assert loudness_of(sound(50, LOUD), sound(50, 10.0)) == loudness_of(sound(50, LOUD))


def test_a_click_does_not_count() -> None:
    assert loudness_of(sound(50, LOUD), sound(2, 30000.0)) == loudness_of(sound(50, LOUD))


def test_it_does_not_matter_how_the_audio_is_cut() -> None:
    audio = sound(20, LOUD) + sound(10, QUIET) + sound(20, LOUD)
    pieces = [audio[at : at + 314] for at in range(0, len(audio), 314)]
    assert loudness_of(*pieces) == loudness_of(audio)


def test_a_moment_of_sound_says_nothing() -> None:
    assert loudness_of(sound(1, LOUD)) is None
    assert loudness_of() is None


def test_each_utterance_is_judged_by_itself() -> None:
    loudness = Loudness()
    loudness.add(sound(20, LOUD))
    loudness.take()
    loudness.add(sound(20, QUIET))
    assert loudness.take() == loudness_of(sound(20, QUIET))
