"""What a model was taught, and who says how the new words sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from speech_model.lexicon.pronunciation import Pronunciation


class Source(StrEnum):
    """Who says how a word is said."""

    designers = "yours"
    dictionary = "dictionary"
    spelling = "guessed"


@dataclass(frozen=True, slots=True)
class NewWord:
    """A word that the model did not know before.

    Args:
        word: As it is written.
        pronunciations: The ways to say it, likeliest first.
        source: Who says so.
    """

    word: str
    pronunciations: tuple[Pronunciation, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model was taught.

    Args:
        words: How many words it knows now.
        new: Those that it did not know.
        missing: Words of the line that it cannot hear: they are no words to say, or the model has
            a lexicon of its own that lacks them.
        seconds: How long it took to teach.
    """

    words: int
    new: tuple[NewWord, ...]
    missing: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Write it down."""
        return asdict(self)

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Self:
        """Read what was written down.

        Args:
            told: What `as_json` gave.

        Raises:
            KeyError, TypeError, ValueError: It is anything else.
        """
        new = (
            NewWord(
                str(word["word"]),
                tuple(tuple(map(str, phones)) for phones in word["pronunciations"]),
                Source(word["source"]),
            )
            for word in told["new"]
        )
        missing = tuple(map(str, told["missing"]))
        return cls(int(told["words"]), tuple(new), missing, float(told["seconds"]))
