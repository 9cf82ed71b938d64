"""Real parts for the speech tests: the shipped model, the shipped voice, and callers made of it."""

from __future__ import annotations

import numpy as np
import pytest

from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.voice import Voice

RATE = 16_000


def silence(seconds: float, rate: int = RATE) -> bytes:
    """Digital silence."""
    return bytes(2 * round(seconds * rate))


def noise(seconds: float, rate: int = RATE, level: float = 100.0) -> bytes:
    """Steady noise; a level of 100 is a quiet room."""
    samples = np.random.default_rng(1).normal(0.0, level, round(seconds * rate))
    return samples.astype("<i2").tobytes()


def frames(pcm: bytes, rate: int = RATE, milliseconds: int = 20) -> list[bytes]:
    """Audio as a line delivers it."""
    size = 2 * rate * milliseconds // 1000
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


@pytest.fixture(scope="session")
def model() -> SpeechModel:
    return SpeechModel.load()


@pytest.fixture(scope="session")
def voice() -> Voice:
    return Voice.load()


class Callers:
    """Synthetic callers; what they have said once is remembered, so every test hears the same."""

    def __init__(self) -> None:
        self._voice = CallerVoice()
        self._said: dict[tuple[str, int], bytes] = {}

    def say(self, text: str, rate: int = RATE) -> bytes:
        """What a caller says, with silence around it."""
        key = (text, rate)
        if key not in self._said:
            self._said[key] = self._voice.say(text, rate) + silence(0.6, rate)
        return self._said[key]


@pytest.fixture(scope="session")
def callers() -> Callers:
    return Callers()
