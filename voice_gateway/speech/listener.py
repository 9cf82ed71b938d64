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
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.loudness import Loudness
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.speech.rate import RateStream
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.voice_activity import VoiceActivity, level_dbfs

HeardEvent = SpeechStarted | SpeechStopped | PartialTranscript

PRE_ROLL_S: Final = 0.4
"""How much is decoded from before speech: the first word needs a quarter second ahead of it."""
_STEP_S: Final = 0.1  # too short for speech to begin and end in it


def _size(seconds: float) -> int:
    return round(seconds * LISTENING_RATE) * SAMPLE_BYTES


_PRE_ROLL_BYTES: Final = _size(PRE_ROLL_S + VoiceActivity.onset_s)


class Listener:
    """Hears one call.

    It decodes only while somebody speaks, from a little before. In a short pause it tells what was
    said and waits; after a longer one it goes on in a segment of its own. Blocking; call it from
    one thread at a time.

    Args:
        model: The speech model.
        sample_rate: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    hangover_s: Final = VoiceActivity.hangover_s

    def __init__(self, model: SpeechModel, sample_rate: int) -> None:
        self._wideband = RateStream(sample_rate, LISTENING_RATE)
        self._activity = VoiceActivity(LISTENING_RATE)
        self._recogniser = Recogniser(model, LISTENING_RATE)
        self._pre_roll = bytearray()
        self._heard_bytes = 0
        self._decoding = False
        self._paused = False  # and `_pre_roll` holds all that came since
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
        self._decoding = self._paused = False
        return FinalTranscript(_with_level(self._recogniser.finish(), self._loudness.take()))

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
        if change:
            # What was spoken until it was noticed counts as well.
            self._loudness.add(bytes(self._pre_roll[-_size(VoiceActivity.onset_s) :]))
        if speaking:
            self._loudness.add(audio)
        if change or (speaking and not self._decoding and change is None):
            # Without a change, `finish` came in the middle of speech: the rest is a new utterance.
            events.append(SpeechStarted(self._loudness.level))
        if speaking and not self._decoding:
            self._decoding = True
            audio = self._with_pre_roll(audio)
        if self._decoding:
            text = self._recogniser.feed(audio)
            if text:
                events.append(PartialTranscript(text, self._loudness.level))
        else:
            self._pre_roll += audio
            if len(self._pre_roll) > _PRE_ROLL_BYTES:
                self._paused = False
                del self._pre_roll[:-_PRE_ROLL_BYTES]
        if change is False:
            self._decoding = False
            self._paused = True
            heard = _with_level(self._recogniser.so_far(), self._loudness.level)
            events.append(SpeechStopped(self.hangover_s, heard))
        return events

    def _with_pre_roll(self, audio: bytes) -> bytes:
        """Put what came just before in front, silence where the line was not open yet."""
        before = bytes(self._pre_roll)
        self._pre_roll.clear()
        if not self._paused:
            before = bytes(_PRE_ROLL_BYTES - len(before)) + before
            length_s = len(before + audio) / SAMPLE_BYTES / LISTENING_RATE
            self._recogniser.seek(self.heard_s - length_s)
        return before + audio


def _with_level(heard: Transcript, level_db: float | None) -> Transcript:
    return replace(heard, level_db=level_db) if heard.text else heard
