"""What Vosk hears with a model."""

from __future__ import annotations

import json
from pathlib import Path

import vosk

from voice_gateway.speech.caller_voice import CallerVoice, telephone_band
from voice_gateway.speech.model import SpeechModel

RATE = 16_000


def spoken(voice: CallerVoice, words: str) -> bytes:
    """Say something on the telephone."""
    return telephone_band(voice.say(words, RATE) + bytes(RATE), RATE)


def heard(model: Path, audio: bytes, grammar: list[str] | None = None) -> str:
    """Let Vosk itself tell what was said."""
    options = [] if grammar is None else [json.dumps(grammar)]
    recogniser = vosk.KaldiRecognizer(SpeechModel.load(model).handle, RATE, *options)
    parts = []
    for at in range(0, len(audio), RATE // 5):
        if recogniser.AcceptWaveform(audio[at : at + RATE // 5]):
            parts.append(json.loads(recogniser.Result())["text"])
    parts.append(json.loads(recogniser.FinalResult())["text"])
    return " ".join(part for part in parts if part)
