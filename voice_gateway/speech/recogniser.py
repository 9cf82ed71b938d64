"""One utterance after another turned into words while it is being spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import structlog

from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech import grammars
from voice_gateway.speech.decoder import Decoder
from voice_gateway.speech.gain_control import GainControl, Levelled
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import (
    LISTENING_RATE,
    SAMPLE_BYTES,
    bytes_of,
    check_line_rate,
)
from voice_gateway.speech.rate import RateStream
from voice_gateway.speech.readings import UNKNOWN, doubted, fitting, raw_text, transcript

log = structlog.get_logger(__name__)

# Vosk looks for a segment's end once a call, so what it hears depends on how audio is cut into
# calls. Always cutting into the same blocks makes the transcript independent of the frames' size.
BLOCK_BYTES = LISTENING_RATE // 10 * SAMPLE_BYTES
# Models are trained with noise of one least significant bit on their 16 kHz input, which Vosk draws
# anew every time; `model.py` turns that off. Drawn once, here, it keeps the accuracy and makes
# results repeat.
_DITHER = np.random.default_rng(20_240_229).normal(0.0, 1.0, (16, BLOCK_BYTES // SAMPLE_BYTES))
KEPT_S = 30.0


@dataclass(slots=True)
class _Stretch:
    """Audio without a gap, from `offset` seconds into the call."""

    offset: float
    pcm: bytearray = field(default_factory=bytearray)


class Recogniser:
    """Turns utterances into words, one after the other.

    Blocking, for one thread at a time; the model may be shared by any number of recognisers.

    Args:
        model: The speech model.
        sample_rate: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    def __init__(self, model: SpeechModel, sample_rate: int) -> None:
        check_line_rate(sample_rate)
        self._model = model
        self._sample_rate = sample_rate
        self._wideband = RateStream(sample_rate, LISTENING_RATE)
        self._gain = GainControl()
        self._grammar = "free"
        self._length: int | None = None
        self._phrases: list[str] | None = None
        self._begin()

    def _begin(self) -> None:
        self._free: Decoder | None = None
        self._narrowed: Decoder | None = None
        self._stretches: list[_Stretch] = []
        self._kept_all = True
        self._waiting = bytearray()  # less than a block
        self._blocks = 0
        self._offset = 0.0
        self._reported = ""

    def seek(self, offset: float) -> None:
        """Say where the next audio lies in the call; words get their times from it.

        Needed before the first audio of an utterance, and again wherever audio is left out.

        Args:
            offset: Seconds from the start of the call's audio.
        """
        self._close_stretch()
        self._offset = offset

    def feed(self, pcm: bytes) -> str | None:
        """Hear the next piece of the utterance; give it a quarter second before the first word.

        Args:
            pcm: Mono PCM at the line's rate, of any length.

        Returns:
            All that is understood of the utterance so far if that has changed, otherwise None.

        Raises:
            AudioError: The number of bytes is odd.
        """
        self._waiting += self._wideband.feed(pcm)
        while len(self._waiting) >= BLOCK_BYTES:
            block = bytes(self._waiting[:BLOCK_BYTES])
            del self._waiting[:BLOCK_BYTES]
            self._take(block)
        text = self._text()
        if text == self._reported:
            return None
        self._reported = text
        return text

    def so_far(self) -> Transcript:
        """Decode what was fed to its end, as in a pause; the utterance may go on.

        Otherwise the latest third of a second is understood only with what follows it.

        Returns:
            What was heard since the last `finish`, with times, confidences and alternatives.
        """
        return self._heard(at_its_end=False)

    def finish(self) -> Transcript:
        """End the utterance.

        Returns:
            As `so_far`; of readings nearly as likely, one that has the awaited length is preferred.
        """
        heard = self._heard(at_its_end=True)
        self._begin()
        return heard

    def expect(self, grammar: str, choices: Sequence[str] = (), length: int | None = None) -> None:
        """Narrow what is listened for, from the beginning of the utterance being spoken.

        What was already heard of it is decoded again by the new grammar (the last 30 s at most;
        beyond that the grammar waits for the next utterance). Anything else that is said still
        gets through, because free speech is decoded beside it.

        Args:
            grammar: `free`, `digits`, `code`, `yes_no` or `choice`.
            choices: For `choice`: what may be said.
            length: For `digits` and `code`: how many symbols complete the answer, if known.

        Raises:
            ValueError: No such grammar, or `choice` without choices.
        """
        phrases, missing = grammars.phrases(grammar, choices, self._model.has_word, length)
        if missing:
            log.warning("grammar_words_unknown_to_model", grammar=grammar, words=missing)
        if phrases is not None and not self._model.takes_grammars:
            log.warning("model_takes_no_grammars", model=str(self._model.path))
            phrases = None
        self._grammar, self._phrases, self._length = grammar, phrases, length
        self._narrowed = None
        if phrases is not None and self._free is not None and self._kept_all:
            self._narrowed = Decoder(self._model, phrases)
            for stretch in self._stretches:
                self._narrowed.seek(stretch.offset)
                for at in range(0, len(stretch.pcm), BLOCK_BYTES):
                    self._narrowed.accept(bytes(stretch.pcm[at : at + BLOCK_BYTES]))

    def _text(self) -> str:
        if self._free is None:
            return ""
        text = self._free.text
        if self._narrowed is not None and self._believes(text, self._narrowed.text):
            text = self._narrowed.text
        return " ".join(word for word in text.split() if word != UNKNOWN)

    def _heard(self, *, at_its_end: bool) -> Transcript:
        self._close_stretch()
        if self._free is None:
            return Transcript("")
        heard = self._understood(self._free, self._narrowed, at_its_end)
        return self._model.confidence.of(heard, narrowed=self._narrowed is not None)

    def _understood(self, free: Decoder, narrowed: Decoder | None, at_its_end: bool) -> Transcript:
        heard = transcript(free.peek())
        if narrowed is None:
            return heard
        segments = narrowed.peek()
        if at_its_end:
            segments = fitting(segments, self._is_whole)
        answer = transcript(segments)
        if self._believes(heard.text, raw_text(segments)):
            return doubted(answer, heard)
        if answer.text and UNKNOWN not in raw_text(segments).split():
            return doubted(heard, answer)
        return heard

    def _believes(self, free: str, narrowed: str) -> bool:
        return grammars.prefers_narrowed(
            self._grammar, free=free, narrowed=narrowed, length=self._length
        )

    def _is_whole(self, text: str) -> bool:
        """Tell whether a narrowed reading has the length that is awaited, if one is."""
        return self._length is None or len(grammars.symbols(text) or "") == self._length

    def _take(self, block: bytes) -> None:
        for levelled in self._gain.feed(block):
            self._decode(levelled)

    def _decode(self, samples: Levelled) -> None:
        noise = _DITHER[self._blocks % len(_DITHER), : len(samples)]
        self._blocks += 1
        block = bytes_of(samples + noise)
        if self._free is None:
            self._free = Decoder(self._model)
            if self._phrases is not None:
                self._narrowed = Decoder(self._model, self._phrases)
        if not self._stretches or self._stretches[-1].offset != self._offset:
            self._stretches.append(_Stretch(self._offset))
            for decoder in (self._free, self._narrowed):
                if decoder is not None:
                    decoder.seek(self._offset)
        for decoder in (self._free, self._narrowed):
            if decoder is not None:
                decoder.accept(block)
        self._keep(block)

    def _keep(self, block: bytes) -> None:
        kept = sum(len(stretch.pcm) for stretch in self._stretches)
        if kept + len(block) > KEPT_S * LISTENING_RATE * SAMPLE_BYTES:
            self._kept_all = False
            for stretch in self._stretches:
                stretch.pcm.clear()
        elif self._kept_all:
            self._stretches[-1].pcm += block

    def _close_stretch(self) -> None:
        rest = bytes(self._waiting)
        self._waiting.clear()
        for at in range(0, len(rest), BLOCK_BYTES):
            self._take(rest[at : at + BLOCK_BYTES])
        for levelled in self._gain.drain():
            self._decode(levelled)
