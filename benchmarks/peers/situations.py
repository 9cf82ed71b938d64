"""What callers say to try a line's turn-taking: whole turns, pauses inside turns, and what is said
while the bot speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from voice_gateway.caller.audio import level_dbfs
from voice_gateway.caller.scripted import SpeakingVoice
from voice_gateway.speech.caller_voice import telephone_band
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES, bytes_of, samples_of
from voice_gateway.transports.line import frame_bytes

Kind = Literal["lead", "whole", "pause", "back_channel", "noise", "barge_in"]

QUESTION: Final = "what can you do"
"""Its answer is long, so that there is time to talk over it."""
LEAD_TO_NUMBER: Final = ("where is my order",)
LEAD_TO_YES_NO: Final = ("where is my order", "four eight two nine one three")

_LINE_NOISE: Final = 20.0  # root mean square on the 16-bit scale
_SPEECH_DBFS: Final = -45.0
_AFTER_S: Final = 0.5

Part = str | float
"""Words, or seconds of silence."""

WHOLE: Final[tuple[str, ...]] = (
    "are you open now",
    "what time do you close on saturday",
    "are you a robot",
    "are you open tomorrow",
    "what time do you open on monday",
)
PAUSES: Final[tuple[tuple[Part, ...], ...]] = (
    ("i'm calling about", 0.8, "my order"),
    ("um", 0.7, "what time do you close", 0.5, "on saturday"),
    ("i would like to know", 0.6, "if you are open tomorrow"),
    ("what time do you", 0.7, "open on monday"),
    ("hello", 0.5, "are you open now"),
    ("let me think", 1.1, "when do you close today"),
)
NUMBERS: Final[tuple[tuple[Part, ...], ...]] = (
    ("four eight two", 0.7, "nine one three"),
    ("four eight", 0.5, "two nine", 0.5, "one three"),
    ("let me see", 1.0, "four eight two nine one three"),
    ("it's", 0.6, "four eight two", 0.9, "nine one three"),
)
BACK_CHANNELS: Final = ("mm hmm", "okay", "yeah", "uh huh", "right", "i see")
BARGE_INS: Final = (
    "wait a moment what time do you open on sunday",
    "stop i need to know where my order is",
    "sorry but are you open tomorrow",
    "no i want to talk about my order",
)
NOISES: Final = ("hiss", "knocks", "hum")


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """Something that a caller says or does in one go.

    Args:
        name: Unique in its set.
        kind: What it is to try.
        text: What is said.
        pcm: Mono PCM at 16 kHz as it comes from the telephone, from the first word on.
        speech_end_s: When the last word has ended, in seconds from the first.
        line: What is heard of the line while nobody speaks; it is repeated.
        leads: What is said and answered before, so that the bot awaits this.
    """

    name: str
    kind: Kind
    text: str
    pcm: bytes
    speech_end_s: float
    line: bytes
    leads: tuple[str, ...] = ()


class Telephone:
    """A `SpeakingVoice` through a telephone line, that says each text once and then repeats it.

    Args:
        voice: Who speaks.
    """

    def __init__(self, voice: SpeakingVoice) -> None:
        self._voice = voice
        self._said: dict[tuple[str, int], bytes] = {}

    def say(self, text: str, sample_rate: int) -> bytes:
        """Say something; see `SpeakingVoice`."""
        key = text, sample_rate
        if key not in self._said:
            self._said[key] = telephone_band(self._voice.say(text, sample_rate), sample_rate)
        return self._said[key]

    def turn(
        self, name: str, kind: Kind, parts: Sequence[Part], leads: tuple[str, ...] = ()
    ) -> CallerTurn:
        """Say something with silences in it, as one piece of audio.

        Args:
            name: Unique.
            kind: What it is to try.
            parts: Words and silences in order, words first and last.
            leads: What is said and answered before.

        Returns:
            The turn.
        """
        pcm = b"".join(
            _trimmed(self.say(part, LISTENING_RATE)) if isinstance(part, str) else _silence(part)
            for part in parts
        )
        text = " ".join(part for part in parts if isinstance(part, str))
        return _on_the_line(name, kind, text, pcm, leads)


def turns(voice: Telephone) -> list[CallerTurn]:
    """Make what wants an answer: whole turns, and turns with pauses.

    Args:
        voice: Says it.
    """
    whole = [voice.turn(f"whole: {text}", "whole", (text,)) for text in WHOLE]
    paused = [voice.turn(f"pause: {_name(parts)}", "pause", parts) for parts in PAUSES]
    numbers = [
        voice.turn(f"number: {_name(parts)}", "pause", parts, LEAD_TO_NUMBER) for parts in NUMBERS
    ]
    return [*whole, *paused, *numbers]


def overlaps(voice: Telephone) -> list[CallerTurn]:
    """Make what is heard while the bot speaks: real sentences, back-channels and noises.

    Args:
        voice: Says what is said.
    """
    sentences = [voice.turn(f"barge-in: {text}", "barge_in", (text,)) for text in BARGE_INS]
    murmurs = [voice.turn(f"murmur: {text}", "back_channel", (text,)) for text in BACK_CHANNELS]
    noises = [_on_the_line(f"noise: {name}", "noise", name, _noise(name)) for name in NOISES]
    return [*sentences, *murmurs, *noises]


def _on_the_line(
    name: str, kind: Kind, text: str, pcm: bytes, leads: tuple[str, ...] = ()
) -> CallerTurn:
    """The same noise is on the line while they speak, and while they do not."""
    speech_end_s = len(pcm) / SAMPLE_BYTES / LISTENING_RATE
    pcm += _silence(_AFTER_S)
    samples = samples_of(pcm).astype(np.float64)
    chance = np.random.default_rng(7)
    line = chance.normal(0.0, _LINE_NOISE, round(_AFTER_S * LISTENING_RATE))
    noisy = samples + np.resize(line, samples.size)
    return CallerTurn(name, kind, text, bytes_of(noisy), speech_end_s, bytes_of(line), leads)


def _noise(name: str) -> bytes:
    chance = np.random.default_rng(len(name))
    seconds = np.arange(round(1.2 * LISTENING_RATE)) / LISTENING_RATE
    match name:
        case "hiss":
            sound = chance.normal(0.0, 1500.0, seconds.size)
        case "knocks":
            since = seconds % 0.4
            sound = chance.normal(0.0, 9000.0, seconds.size) * np.exp(-since / 0.02)
        case _:
            sound = 2500.0 * (np.sin(2 * np.pi * 400 * seconds) + np.sin(2 * np.pi * 800 * seconds))
    return telephone_band(bytes_of(sound), LISTENING_RATE)


def _trimmed(pcm: bytes) -> bytes:
    size = frame_bytes(LISTENING_RATE)
    loud = [at for at in range(0, len(pcm), size) if level_dbfs(pcm[at : at + size]) > _SPEECH_DBFS]
    return pcm[loud[0] : loud[-1] + size] if loud else b""


def _silence(seconds: float) -> bytes:
    return bytes(round(seconds * LISTENING_RATE) * SAMPLE_BYTES)


def _name(parts: Sequence[Part]) -> str:
    return " ".join(part if isinstance(part, str) else "..." for part in parts)
