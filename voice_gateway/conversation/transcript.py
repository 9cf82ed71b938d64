"""What the recogniser heard: words with times and confidence, and whole transcripts."""

from __future__ import annotations

from dataclasses import dataclass

MASK = "•"
"""Stands for one digit of a code, which nobody but the check of the code may see."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word.

    Args:
        text: The word as the recogniser spells it, lower case.
        start: Seconds from the start of the call's audio.
        end: Seconds from the start of the call's audio.
        confidence: 0 to 1.
    """

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """One utterance of the caller as recognised.

    Args:
        text: Words joined by single spaces; empty when nothing was recognised.
        words: The words of `text` with times; empty for partial results.
        confidence: Mean word confidence, 0 to 1; 0 for an empty transcript.
        alternatives: Other readings of the same audio, best first, without `text` itself.
        level_db: How loud the caller spoke, in dB relative to full scale; None when unknown.
    """

    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 0.0
    alternatives: tuple[str, ...] = ()
    level_db: float | None = None


def is_masked(text: str) -> bool:
    """Tell whether a text is nothing but the masks of a code.

    Args:
        text: What was heard, as the conversation sees it.

    Returns:
        False for an empty text.
    """
    return bool(text) and set(text.split()) == {MASK}
