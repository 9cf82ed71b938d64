"""Utterances sent down a telephone line to the gateway's own recogniser."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import soxr

from speech_model.evaluation.sets import EvaluationSet, Utterance
from speech_model.evaluation.word_errors import WordErrors, normalised, right_words, word_errors
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.caller_voice import telephone_band
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES, bytes_of
from voice_gateway.speech.recogniser import Recogniser

FRAME_MS: Final = 20
TELEPHONE_RATE: Final = 8_000
_LEAD_S, _TAIL_S = 0.4, 0.6  # what a line carries before and after
_ALL_SCALE = 32_767


@dataclass(frozen=True, slots=True)
class Line:
    """An utterance as it arrives.

    Args:
        pcm: Mono PCM.
        rate: Samples a second.
    """

    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pcm) / SAMPLE_BYTES / self.rate


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of an utterance.

    Args:
        utterance: What was said.
        transcript: What was heard, as the recogniser spells it.
        audio_s: Seconds of the line that were heard.
        cpu_s: Seconds of processor time it took, of all threads.
        same_in_one_piece: Whether the whole utterance at once gives the very same transcript;
            None when that was not tried.
    """

    utterance: Utterance
    transcript: Transcript
    audio_s: float
    cpu_s: float
    same_in_one_piece: bool | None = None

    @property
    def text(self) -> str:
        """What was heard, in the one spelling that is compared."""
        return normalised(self.transcript.text)

    def confidences(self) -> list[tuple[float, bool]]:
        """The confidence of each word heard, and whether the word was said.

        Returns:
            Nothing where the one spelling has another number of words than the recogniser's, since
            then the words do not match one to one.
        """
        right = right_words(self.utterance.text, self.text)
        words = self.transcript.words
        if len(right) != len(words):
            return []
        return [(word.confidence, said) for word, said in zip(words, right, strict=True)]


@dataclass(frozen=True, slots=True)
class SetResult:
    """A set as heard in one way.

    Args:
        name: The set's.
        real: Whether people speak in it.
        grammar: `free`, or the grammars that were awaited.
        heard: All utterances.
        errors: Their word errors.
    """

    name: str
    real: bool
    grammar: str
    heard: tuple[Heard, ...]
    errors: WordErrors

    @property
    def real_time_factor(self) -> float:
        """Seconds of one core a second of audio."""
        return sum(h.cpu_s for h in self.heard) / sum(h.audio_s for h in self.heard)

    @property
    def same_in_one_piece(self) -> int | None:
        """How many transcripts do not depend on how the audio is cut; None when not tried."""
        tried = [h.same_in_one_piece for h in self.heard if h.same_in_one_piece is not None]
        return sum(tried) if tried else None


def on_the_line(utterance: Utterance, snr_db: float, *, wideband: bool = False) -> Line:
    """Send an utterance down a line, with silence before and after it.

    Args:
        utterance: What is said.
        snr_db: How much louder than the line's noise the speech is.
        wideband: True for 16 kHz without the telephone's band and coding; the noise is the same.

    Returns:
        What arrives: 8 kHz, 300 to 3400 Hz, through µ-law, unless it is wideband.
    """
    rate = LISTENING_RATE if wideband else TELEPHONE_RATE
    sound = soxr.resample(utterance.sound, utterance.rate, rate) * _ALL_SCALE
    lead, tail = (np.zeros(round(s * rate), np.float32) for s in (_LEAD_S, _TAIL_S))
    whole = np.concatenate([lead, sound, tail])
    seed = zlib.crc32(utterance.name.encode())
    if not wideband:
        return Line(telephone_band(bytes_of(whole), rate, snr_db, seed), rate)
    louder_half = np.sort(whole**2)[len(whole) // 2 :]
    level = float(np.sqrt(louder_half.mean())) * 10 ** (-snr_db / 20)
    noise = np.random.default_rng(seed).normal(0.0, level, len(whole))
    return Line(bytes_of(whole + noise), rate)


def hear(
    model: SpeechModel,
    utterance: Utterance,
    line: Line,
    *,
    narrowed: bool,
    in_one_piece_too: bool = False,
) -> Heard:
    """Hear one utterance as a call does, in frames of 20 ms.

    Args:
        model: The speech model.
        utterance: What is said.
        line: The same, as it arrives.
        narrowed: Whether the recogniser is told what is awaited.
        in_one_piece_too: Whether to compare with the whole utterance at once.

    Returns:
        What was heard.
    """
    frame = line.rate * FRAME_MS // 1000 * SAMPLE_BYTES
    began = time.process_time()
    transcript = _transcript(model, utterance, line, frame, narrowed)
    took = time.process_time() - began
    same = None
    if in_one_piece_too:
        same = transcript == _transcript(model, utterance, line, len(line.pcm), narrowed)
    return Heard(utterance, transcript, line.seconds, took, same)


def result(evaluated: EvaluationSet, grammar: str, heard: tuple[Heard, ...]) -> SetResult:
    """Sum up what was heard of a set.

    Args:
        evaluated: The set.
        grammar: How it was heard.
        heard: What was heard.

    Returns:
        The set's figures.
    """
    errors = word_errors([h.utterance.text for h in heard], [h.text for h in heard])
    return SetResult(evaluated.name, evaluated.real, grammar, heard, errors)


def _transcript(
    model: SpeechModel, utterance: Utterance, line: Line, size: int, narrowed: bool
) -> Transcript:
    recogniser = Recogniser(model, line.rate)
    awaited = utterance.awaited
    if narrowed and awaited is not None:
        recogniser.expect(awaited.grammar, awaited.choices, awaited.length)
    for at in range(0, len(line.pcm), size):
        recogniser.feed(line.pcm[at : at + size])
    return recogniser.finish()
