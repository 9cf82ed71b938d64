"""One call's ear: frames in, speech events and transcripts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from voice_gateway.conversation.events import (
    FinalTranscript,
    PartialTranscript,
    SpeechStarted,
    SpeechStopped,
)
from voice_gateway.speech.loudness import Loudness
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES, Wideband
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.voice_activity import VoiceActivity, level_dbfs

HeardEvent = SpeechStarted | SpeechStopped | PartialTranscript

PRE_ROLL_S: Final = 0.4
"""How much is decoded from before speech: the first word needs a quarter second ahead of it."""
TAIL_S: Final = 3.0
"""Silence after speech that is still decoded while nobody has finished the utterance."""
_STEP_S: Final = 0.1  # too short for speech to begin and end in it


class Listener:
    """Hears one call.

    It decodes only while somebody speaks: from a little before speech until `finish`, and not
    through long silences in between. Blocking; call it from one thread at a time.

    Args:
        model: The speech model.
        sample_rate: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    hangover_s: Final = VoiceActivity.hangover_s

    def __init__(self, model: SpeechModel, sample_rate: int) -> None:
        self._wideband = Wideband(sample_rate)
        self._activity = VoiceActivity(LISTENING_RATE)
        self._recogniser = Recogniser(model, LISTENING_RATE)
        self._pre_roll = bytearray()
        self._heard_bytes = 0
        self._decoding = False
        self._silence_bytes = 0
        self._level_db = -96.0
        self._loudness = Loudness()

    @property
    def level_db(self) -> float:
        """Level of the latest frame in dB relative to full scale (-96 for digital silence)."""
        return self._level_db

    @property
    def speaking(self) -> bool:
        """Whether somebody is speaking just now."""
        return self._activity.speaking

    @property
    def heard_s(self) -> float:
        """How much of the call's audio has been heard, in seconds; words' times refer to it."""
        return self._heard_bytes / SAMPLE_BYTES / LISTENING_RATE

    def hear(self, frame: bytes) -> list[HeardEvent]:
        """Hear the next frame of the call.

        Args:
            frame: Mono PCM at the line's rate, 20 ms as a rule.

        Returns:
            What happened in it, in order.

        Raises:
            AudioError: The number of bytes is odd.
        """
        self._level_db = level_dbfs(frame)
        audio = self._wideband.feed(frame)
        step = _size(_STEP_S)
        return [
            event
            for at in range(0, len(audio), step)
            for event in self._step(audio[at : at + step])
        ]

    def finish(self) -> FinalTranscript:
        """End the utterance.

        Returns:
            What was heard since the last `finish`; an empty transcript when nothing was.
        """
        self._decoding = False
        level = self._loudness.take()
        heard = self._recogniser.finish()
        return FinalTranscript(replace(heard, level_db=level) if heard.text else heard)

    def expect(self, grammar: str, choices: Sequence[str] = (), length: int | None = None) -> None:
        """Narrow what is listened for; see `Recogniser.expect`.

        Args:
            grammar: `free`, `digits`, `code`, `yes_no` or `choice`.
            choices: For `choice`: what may be said.
            length: For `digits` and `code`: how many symbols complete the answer, if known.

        Raises:
            ValueError: No such grammar, or `choice` without choices.
        """
        self._recogniser.expect(grammar, choices, length)

    def _step(self, audio: bytes) -> list[HeardEvent]:
        events: list[HeardEvent] = []
        self._heard_bytes += len(audio)
        change = self._activity.feed(audio)
        speaking = self._activity.speaking
        self._silence_bytes = 0 if speaking else self._silence_bytes + len(audio)
        if change:
            # What was spoken until it was noticed counts as well.
            self._loudness.add(bytes(self._pre_roll[-_size(VoiceActivity.onset_s) :]))
        if speaking:
            self._loudness.add(audio)
        if change or (speaking and not self._decoding and change is None):
            # Without a change, `finish` came in the middle of speech: the rest is a new utterance.
            events.append(SpeechStarted())
        if self._decoding and self._silence_bytes > _size(TAIL_S):
            self._decoding = False
        if speaking and not self._decoding:
            self._decoding = True
            audio = self._with_pre_roll(audio)
        if self._decoding:
            text = self._recogniser.feed(audio)
            if text:
                events.append(PartialTranscript(text))
        else:
            self._pre_roll += audio
            del self._pre_roll[: -_size(PRE_ROLL_S + VoiceActivity.onset_s)]
        if change is False:
            events.append(SpeechStopped(silence=self.hangover_s))
        return events

    def _with_pre_roll(self, audio: bytes) -> bytes:
        """Put what came just before in front, silence where the line was not open yet."""
        wanted = _size(PRE_ROLL_S + VoiceActivity.onset_s)
        audio = bytes(wanted - len(self._pre_roll)) + bytes(self._pre_roll) + audio
        self._pre_roll.clear()
        self._recogniser.seek(self.heard_s - len(audio) / SAMPLE_BYTES / LISTENING_RATE)
        return audio


def _size(seconds: float) -> int:
    return round(seconds * LISTENING_RATE) * SAMPLE_BYTES
