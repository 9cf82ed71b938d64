from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_gateway.speech.voice import Voice, VoiceError


def test_a_process_loads_a_voice_once(voice: Voice) -> None:
    assert Voice.load() is voice
    assert voice.sample_rate == 22_050
    assert voice.name == "en_US-joe-medium"


def test_it_speaks_with_some_headroom(voice: Voice) -> None:
    audio = voice.render("Hello.")
    assert audio.dtype == np.float32
    assert 10_000 < np.abs(audio).max() < 30_000


def test_nothing_to_say_is_no_audio(voice: Voice) -> None:
    assert voice.render("").size == 0


def test_a_missing_voice_is_explained(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="Piper cannot load the voice"):
        Voice.load(tmp_path / "none.onnx")
