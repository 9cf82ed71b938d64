"""A synthetic set: customers' phrases said by Piper on a noisy line.

The voice is one that synthetic training speech is made with too, so this set tells whether the
words of the trade are heard, not how well people are.
"""

from __future__ import annotations

import itertools
from importlib import resources
from typing import Final

import numpy as np

from speech_model.evaluation.sets import EvaluationSet, Utterance, half_of
from speech_model.evaluation.word_errors import normalised
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.pcm import samples_of
from voice_gateway.speech.voice import Voice

NAME: Final = "customer phrases"
RATE: Final = 16_000
NOISY_LINE_DB: Final = 20.0
# Pitch and pace of the callers, one after the other.
_CALLERS: Final = ((1.0, 1.0), (1.15, 1.1), (0.9, 0.95), (1.25, 1.0), (1.08, 1.25))


def phrases() -> list[str]:
    """The phrases; none of them is copied from the training data.

    Returns:
        One a line of `customer_phrases.txt`.
    """
    text = resources.files("speech_model.evaluation").joinpath("customer_phrases.txt")
    return text.read_text(encoding="utf-8").split("\n")[:-1]


def customer_phrases(most: int | None = None) -> EvaluationSet:
    """Say the phrases.

    Args:
        most: How many of them; by default all.

    Returns:
        The set.
    """
    voice = Voice.load()
    callers = [CallerVoice(pitch, pace, voice) for pitch, pace in _CALLERS]
    utterances = []
    said = phrases()[:most]
    for number, (text, caller) in enumerate(zip(said, itertools.cycle(callers), strict=False)):
        sound = np.divide(samples_of(caller.say(text, RATE)), 32_768, dtype=np.float32)
        name = f"phrase-{number}"
        speaker = f"joe-{number % len(callers)}"
        utterances.append(Utterance(name, speaker, normalised(text), sound, RATE, half_of(name)))
    return EvaluationSet(
        NAME, tuple(utterances),
        "synthetic: Piper's voice joe with changed pitch and pace, "
        "noise 20 dB below the speech",
        "made here",
        real=False,
        snr_db=NOISY_LINE_DB,
    )  # fmt: skip
