"""Synthetic callers: whoever is installed, each with a throat of their own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import soxr

from speech_model.data import voices
from speech_model.data.voices import Manner
from speech_model.evaluation.joining import Sound
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.pcm import LISTENING_RATE, bytes_of, samples_of
from voice_gateway.speech.speech_cache import SpeechCache

_FULL_SCALE: Final = 32_768.0
# The neural voice sounds most like a person; the others have other habits and other flaws.
_SHARES: Final = {
    "piper": 0.5,
    "flite-slt": 0.12,
    "flite-rms": 0.08,
    "flite-awb": 0.06,
    "festival-ked_diphone": 0.08,
    "espeak-en-us+f3": 0.06,
    "espeak-en-us+m3": 0.05,
    "espeak-en-gb": 0.05,
}
_PITCHES: Final = (0.9, 1.3)
_PACES: Final = (0.9, 1.2)


class Speaker(Protocol):
    """Somebody who can say anything, in the same way each time."""

    @property
    def name(self) -> str:
        """Voice and manner."""

    def say(self, text: str) -> Sound:
        """Say something.

        Args:
            text: Plain words.

        Returns:
            Sound at 16 kHz, with any silence around it.
        """


@dataclass(frozen=True, slots=True)
class _Piper:
    manner: Manner

    @property
    def name(self) -> str:
        return f"piper {self.manner.pitch}/{self.manner.pace}"

    def say(self, text: str) -> Sound:
        said = CallerVoice(self.manner.pitch, self.manner.pace).say(text, LISTENING_RATE)
        return _sound(said)


@dataclass(frozen=True, slots=True)
class _Installed:
    voice: voices.CallerVoice
    manner: Manner

    @property
    def name(self) -> str:
        return f"{self.voice.name} {self.manner.pitch}/{self.manner.pace}"

    def say(self, text: str) -> Sound:
        samples, rate = self.voice.say(text, self.manner)
        sound = samples.astype(np.float32) / _FULL_SCALE
        return np.asarray(soxr.resample(sound, rate, LISTENING_RATE), np.float32)


@dataclass(frozen=True, slots=True)
class _Remembering:
    speaker: Speaker
    cache: SpeechCache

    @property
    def name(self) -> str:
        return self.speaker.name

    def say(self, text: str) -> Sound:
        pcm = self.cache.get(self.name, text)
        if pcm is None:
            pcm = bytes_of(self.speaker.say(text) * _FULL_SCALE)
            self.cache.put(pcm, self.name, text)
        return _sound(pcm)


@dataclass(frozen=True, slots=True)
class Cast:
    """The synthetic callers of this machine.

    Args:
        installed: Voices of other programs by name.
        missing: A word on each program that is missing; the neural voice stands in for it.
        cache: Where what was said is kept; None keeps nothing.
    """

    installed: Mapping[str, voices.CallerVoice]
    missing: tuple[str, ...]
    cache: SpeechCache | None = None

    @classmethod
    def gather(cls, cache: SpeechCache | None = None) -> Cast:
        """Find out who is there.

        Args:
            cache: Where what was said is kept; None keeps nothing.
        """
        found, missing = voices.installed()
        return cls({voice.name: voice for voice in found}, tuple(missing), cache)

    def somebody(self, chance: random.Random) -> Speaker:
        """Choose a caller.

        Args:
            chance: Decides voice, pitch and pace.

        Returns:
            The caller; the same on each machine that has the same programs.
        """
        name = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
        pitch, pace = (round(chance.uniform(*ends), 2) for ends in (_PITCHES, _PACES))
        manner = Manner(pace, pitch)
        voice = self.installed.get(name)
        return self._kept(_Piper(manner) if voice is None else _Installed(voice, manner))

    def usual(self) -> Speaker:
        """The caller who is understood best."""
        return self._kept(_Piper(Manner(pitch=1.15, pace=1.1)))

    def bot(self) -> Speaker:
        """The bot itself, of whom an echo may be left on the line."""
        return self._kept(_Piper(Manner()))

    def _kept(self, speaker: Speaker) -> Speaker:
        return _Remembering(speaker, self.cache) if self.cache else speaker


def _sound(pcm: bytes) -> Sound:
    return samples_of(pcm).astype(np.float32) / np.float32(_FULL_SCALE)
