"""Transcripts of examples, with every way in which the lexicon says their words."""

from __future__ import annotations

from typing import Final

from speech_model.data.examples import Example
from speech_model.lexicon.dictionary import Lexicon
from speech_model.phones import NETWORK_PHONES
from speech_model.training.transcript import Transcript

# Rare pronunciations beyond these cost more time than they help.
_MOST_VARIANTS: Final = 4

_NUMBERS: Final = {phone: number for number, phone in enumerate(NETWORK_PHONES)}


class Transcriber:
    """Makes transcripts; each word is looked up once.

    Args:
        lexicon: How words are said.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, tuple[tuple[int, ...], ...]] = {}

    def __call__(self, example: Example) -> Transcript:
        """Make the transcript of an example.

        Args:
            example: Without words, its phones are taken as one word.
        """
        if not example.words and len(example.phones):
            return Transcript.of([[example.phones.tolist()]])
        return Transcript.of([self._variants(word) for word in example.words.split()])

    def _variants(self, word: str) -> tuple[tuple[int, ...], ...]:
        if word not in self._known:
            ways = self._lexicon.pronounce(word)[:_MOST_VARIANTS]
            self._known[word] = tuple(tuple(_NUMBERS[phone] for phone in way) for way in ways)
        return self._known[word]
