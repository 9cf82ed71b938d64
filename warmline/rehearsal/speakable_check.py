"""Can this be said on a telephone? Length, numbers, and nothing that is only for the eye."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voice_gateway.speech.spoken_text import sentences, speakable

WORDS_A_SECOND: Final = 2.8
"""How fast the line's voice speaks, numbers counted as the words they become."""
MOST_SENTENCES: Final = 2
MOST_SECONDS: Final = 12.0
"""Of one response: longer, and callers lose the thread or talk over it."""
MOST_SECONDS_OF_TURN: Final = 20.0
_COURTESY: Final = 4  # words, such as "You're welcome."

_SPEAKABLE_SIGNS: Final = "\u2019\u2018\u201c\u201d\u2013\u2014\u2026\u00e9"
_UNSPEAKABLE: Final = (
    (re.compile(r"https?:|www\.|\b\w+\.(?:com|org|net|html?)\b", re.I), "has a web address"),
    (re.compile(r"</?\w+[^>]*>|[*_`#|\\\[\]{}<>~^]"), "has markup"),
    (re.compile(r"\S+@\S+"), "has a written e-mail address"),
    (re.compile(r"\d{5,}"), "has a long number in one piece"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}\b"), "has a date in figures"),
    (re.compile(r"\b\d{1,2}:[0-5]\d\b(?! ?[AaPp]\.?[Mm])"), "has a time without AM or PM"),
    (re.compile(r"\b(?:e\.g\.|i\.e\.|etc\.|incl\.|approx\.)", re.I), "has an abbreviation"),
    (re.compile(r"\b(?:None|null|nan|True|False)\b"), "has a value that was left empty"),
    (re.compile(rf"[^\x20-\x7e{_SPEAKABLE_SIGNS}]"), "has a sign nobody can say"),
    (re.compile(r"[()]"), "has brackets"),
    (re.compile(r"\b[A-Z]{4,}\b"), "has a word in capitals"),
)


def spoken_seconds(text: str) -> float:
    """Estimate how long a text takes to say.

    Args:
        text: As it is sent to the voice.

    Returns:
        Seconds.
    """
    return len(speakable(text).split()) / WORDS_A_SECOND


def unspeakable(text: str) -> list[str]:
    """Find what cannot be said in one response.

    Args:
        text: With all its blanks filled.

    Returns:
        What is wrong with it, in words; empty when it is fit to be spoken.
    """
    problems = [problem for pattern, problem in _UNSPEAKABLE if pattern.search(text)]
    if not any(character.isalnum() for character in speakable(text)):
        problems.append("says nothing")
    count = len(sentences(text))
    if count > MOST_SENTENCES:
        problems.append(f"has {count} sentences")
    seconds = spoken_seconds(text)
    if seconds > MOST_SECONDS:
        problems.append(f"takes {seconds:.0f} s")
    return problems


def overlong(texts: Sequence[str]) -> str | None:
    """Tell whether an answer keeps the caller waiting for their turn.

    Two sentences at most, a question included. A word of courtesy is not counted.

    Args:
        texts: All that is said before the caller gets the turn back.

    Returns:
        What is wrong, in words, or None.
    """
    said = [each.text for text in texts for each in sentences(text)]
    telling = [each for each in said if len(each.split()) > _COURTESY]
    if len(telling) > MOST_SENTENCES:
        return f"{len(telling)} sentences before the caller gets the turn back"
    seconds = sum(map(spoken_seconds, texts))
    if seconds > MOST_SECONDS_OF_TURN:
        return f"{seconds:.0f} s before the caller gets the turn back"
    return None
