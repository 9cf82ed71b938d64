"""Transcripts of corpora, brought to the words that the lexicon knows."""

from __future__ import annotations

import re
from typing import Final

_APOSTROPHES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'"})
_DASHES: Final = re.compile("[-\u2010-\u2015/]")
# A full stop between letters is read out with them: "u.s." is two letters.
_INITIALS: Final = re.compile(r"\b(?:[a-z]\.){2,}")
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)*'?|'[a-z]+")
_PUNCTUATION: Final = re.compile(r"[\s.,;:!?\"()\[\]\u201c\u201d\u2026]+")


def plain_words(text: str) -> str | None:
    """Take case and punctuation away.

    Args:
        text: As a corpus writes it.

    Returns:
        Words in lower case, split by single spaces; None where it cannot be known what was said,
        because there are digits, symbols, foreign letters or no words.
    """
    text = text.lower().translate(_APOSTROPHES)
    text = _INITIALS.sub(lambda found: found.group().replace(".", " "), text)
    words = [word for word in _PUNCTUATION.split(_DASHES.sub(" ", text)) if word.strip("'")]
    if not words:
        return None
    unquoted = [_without_quotes(word) for word in words]
    return " ".join(unquoted) if all(map(_WORD.fullmatch, unquoted)) else None


def _without_quotes(word: str) -> str:
    return word[1:-1] if word[0] == word[-1] == "'" else word
