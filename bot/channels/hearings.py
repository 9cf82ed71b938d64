"""Which of the things that a caller may have said is taken, where the likeliest makes no sense.

The recogniser sends what else it may have heard. In noise the best reading by sound is often a word
off ("can i terrible the watch"), and one of the others is the sentence that was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.number_words import DIGITS, TENS

SURE = 0.5
"""Confidence of an intent from which the likeliest reading is believed.

Over the held-out sentences, spoken through a telephone band with noise at 15 dB, asking the other
readings below it raised the right intents by two to five points in a hundred, with one model or
another; asking them always, or letting all readings vote, added nothing.
"""
MOST_OTHERS = 3
_NUMBERS = DIGITS | TENS


def other_readings(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """List what else may have been said.

    Args:
        metadata: The turn's, as the gateway sent it.

    Returns:
        At most `MOST_OTHERS` texts, likeliest first.
    """
    asr = metadata.get("asr")
    others = asr.get("alternatives") if isinstance(asr, Mapping) else None
    if not isinstance(others, Sequence) or isinstance(others, str):
        return ()
    return tuple(each for each in others if isinstance(each, str) and each)[:MOST_OTHERS]


def same_numbers(text: str, other: str) -> bool:
    """Tell whether a reading may stand for another one that has numbers.

    What is understood better need not be what was said: of a number, only the sound tells.

    Args:
        text: The likeliest reading.
        other: Another one.

    Returns:
        True where the likeliest has no numbers, or both have the same.
    """
    said = [word for word in text.split() if word in _NUMBERS]
    return not said or said == [word for word in other.split() if word in _NUMBERS]


def swapped(metadata: Mapping[str, Any], taken: str, heard: str) -> dict[str, Any]:
    """Put the likeliest reading among the others, and take the chosen one from there.

    Args:
        metadata: The turn's.
        taken: The reading that is believed.
        heard: The likeliest reading.

    Returns:
        The metadata with the readings changed over.
    """
    asr = dict(metadata.get("asr") or {})
    others = [each for each in asr.get("alternatives") or () if each != taken]
    return {**metadata, "asr": {**asr, "alternatives": [heard, *others]}}
