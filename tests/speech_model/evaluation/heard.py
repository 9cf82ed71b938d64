"""Utterances and results made by hand."""

from __future__ import annotations

import numpy as np

from speech_model.evaluation.run import Heard, SetResult
from speech_model.evaluation.sets import Half, Utterance
from speech_model.evaluation.word_errors import word_errors
from voice_gateway.conversation.transcript import Transcript, Word

RATE = 8_000


def utterance(text: str, half: Half = "test", name: str = "one") -> Utterance:
    """Somebody says something, without a sound."""
    return Utterance(name, "sam", text, np.zeros(RATE, np.float32), RATE, half)


def heard(said: str, words: list[tuple[str, float]], half: Half = "test") -> Heard:
    """What was heard of it, by word and confidence; two seconds, in a tenth of the time."""
    transcript = Transcript(
        " ".join(word for word, _ in words),
        tuple(Word(word, at, at + 1.0, sure) for at, (word, sure) in enumerate(words)),
    )
    return Heard(utterance(said, half), transcript, audio_s=2.0, cpu_s=0.2)


def result(*all_heard: Heard, name: str = "answers", grammar: str = "free") -> SetResult:
    """A set of them."""
    errors = word_errors([h.utterance.text for h in all_heard], [h.text for h in all_heard])
    return SetResult(name, True, grammar, all_heard, errors)
