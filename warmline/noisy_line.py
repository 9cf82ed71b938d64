"""A synthetic caller on a noisy telephone line, and the recogniser that the line hears them by."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from voice_gateway.speech.caller_voice import CallerVoice, telephone_band
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import SAMPLE_BYTES, bytes_of, samples_of
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.speech_cache import SpeechCache
from voice_gateway.speech.voice import Voice

LINE_RATE: Final = 8_000
_TAIL_S: Final = 0.6
_HEADROOM_DB: Final = 8.0


@dataclass(frozen=True)
class Timbre:
    """How a caller's voice differs from the bot's.

    Attributes:
        pitch: Times the voice's own.
        pace: Times the voice's own.
    """

    pitch: float
    pace: float

    @classmethod
    def of(cls, call: str, seed: int) -> Self:
        """Give a caller a voice.

        Args:
            call: The conversation's name.
            seed: Another seed, another voice.
        """
        chance = random.Random(f"{seed} {call}")
        return cls(round(chance.uniform(0.92, 1.28), 2), round(chance.uniform(0.95, 1.15), 2))


class NoisyLine:
    """Speaks for callers and hears them as the gateway would. Blocking and thread-safe.

    Args:
        model: The Vosk model's folder; by default the one that comes with Warmline.
        cache: Where synthesised utterances are kept; None keeps none.

    Raises:
        SpeechModelError: The speech model cannot be used.
        VoiceError: The voice cannot be used.
    """

    def __init__(self, model: Path | None = None, cache: SpeechCache | None = None) -> None:
        self._model = SpeechModel.load(model)
        self._voice = Voice.load()
        self._cache = cache

    def transmit(
        self, words: str, timbre: Timbre, *, snr_db: float | None, noise: int, louder: float = 0.0
    ) -> bytes:
        """Say something at the far end of the line.

        Args:
            words: What is said.
            timbre: The caller's voice.
            snr_db: How many decibels louder than the noise the speech is; None for a clean line.
            noise: Seed of the noise.
            louder: Decibels above the caller's usual voice.

        Returns:
            What arrives: PCM at `LINE_RATE`, with silence before and after.
        """
        said = samples_of(self._said(words, timbre)).astype(np.float32)
        audio = bytes_of(said * 10 ** ((louder - _HEADROOM_DB) / 20))
        audio += bytes(round(_TAIL_S * LINE_RATE) * SAMPLE_BYTES)
        return telephone_band(audio, LINE_RATE, snr_db, noise)

    def recogniser(self) -> Recogniser:
        """Make a recogniser for one caller, told what callers usually say as the gateway's are."""
        return Recogniser(self._model, LINE_RATE)

    def _said(self, words: str, timbre: Timbre) -> bytes:
        key = (self._voice.name, timbre.pitch, timbre.pace, LINE_RATE, words)
        audio = self._cache.get(*key) if self._cache else None
        if audio is None:
            audio = CallerVoice(timbre.pitch, timbre.pace, self._voice).say(words, LINE_RATE)
            if self._cache:
                self._cache.put(audio, *key)
        return audio
