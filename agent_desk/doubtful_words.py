"""Which words of a turn the recogniser was not sure of: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DOUBTFUL_BELOW = 0.6
"""Confidence under which a word is shown as doubtful."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn's text.

    Args:
        text: One doubtful word, or any number of others.
        confidence: Of a doubtful word, 0 to 1; None for the others.
    """

    text: str
    confidence: float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the recogniser was not sure."""
        return self.confidence is not None


def pieces(text: str, words: Sequence[Mapping[str, Any]] | None) -> list[Piece]:
    """Split a turn's text at its doubtful words.

    Args:
        text: The turn's text.
        words: The recogniser's words, each with `text` and `confidence`.

    Returns:
        The pieces in order, to be joined by spaces. Where the words do not spell the text (it was
        redacted or corrected), the text is one piece: what was taken out must not come back.
    """
    heard = [(_spelling(word), _confidence(word)) for word in words or ()]
    if not heard or " ".join(spelling for spelling, _ in heard) != text:
        return [Piece(text)] if text else []
    result: list[Piece] = []
    sure: list[str] = []
    for spelling, confidence in heard:
        if confidence >= DOUBTFUL_BELOW:
            sure.append(spelling)
            continue
        if sure:
            result.append(Piece(" ".join(sure)))
            sure = []
        result.append(Piece(spelling, confidence))
    if sure:
        result.append(Piece(" ".join(sure)))
    return result


def _spelling(word: Mapping[str, Any]) -> str:
    return str(word.get("text", ""))


def _confidence(word: Mapping[str, Any]) -> float:
    value = word.get("confidence")
    return float(value) if isinstance(value, int | float) else 1.0
