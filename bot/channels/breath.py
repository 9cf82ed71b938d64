"""Two requests in one breath: where a turn may be cut, and whether cutting it makes sense.

Only words are looked at here. Whether both halves are requests is for the assistant to say, and it
is asked only when a cut is plausible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

SURE = 0.7
FEWEST_WORDS = 2
MOST_CUTS = 3

# Requests of one kind are one request: a late order that is to be cancelled is one wish, not two.
KINDS: dict[str, str] = {
    "order_status": "where",
    "order_late": "where",
    "order_missing": "where",
    "order_damaged": "remedy",
    "order_wrong": "remedy",
    "cancel_order": "remedy",
    "return_refund": "remedy",
    "invoice_copy": "invoice",
    "password_reset": "password",
    "opening_hours": "hours",
}
# What is said about them belongs to the trouble, even where it would be a request by itself.
TROUBLES = frozenset({"order_late", "order_missing"})

_CUT = re.compile(
    r"\s*[.?!;]+\s+(?:and\s+|also\s+)*"
    r"|\s*,?\s+(?:and also|and then|and secondly|and second|and another thing|and one more thing"
    r"|and by the way|oh and|but also|as well as|by the way|and|then|also|plus)"
    r"\s+(?:also\s+|then\s+)?",
    re.IGNORECASE,
)
# Small words between two requests are what a noisy line swallows first; a question still begins.
_SWALLOWED = re.compile(
    r"\s+(?=(?:(?:until when|what time|when|where) (?:is|are|do|does|did|will|can)|where's"
    r"|are you open|can you tell me) )",
    re.IGNORECASE,
)
_FEWEST_BEFORE_SWALLOWED = 3
_BEGINS = re.compile(
    r"^(?:um |uh |please |maybe |first |oh |well )*(?:"
    r"i (?:also |just |really |still )*"
    r"(?:want|need|would|forgot|forget|have|can't|cannot|can not|wanna|lost|got|don't|do not|am|was"
    r"|'d|want to|wonder|think i|guess i)\b|i'd\b|i'm\b|i've\b|my\b"
    r"|(?:can|could|would|will|do|does|did|are|is|has|have|should)"
    r" (?:i|you|we|it|the|my|your|that)\b"
    r"|where\b|when\b|what\b|how\b|until when\b|till when\b|which\b|why\b"
    r"|tell me\b|cancel\b|send\b|reset\b|return\b|give me\b|check\b|help me\b|let me\b|refund\b"
    r"|please\b|find\b|look\b)"
)


@dataclass(frozen=True)
class Halves:
    """A turn cut in two.

    Attributes:
        first: What was said first.
        second: What was said after it.
    """

    first: str
    second: str


@dataclass(frozen=True)
class Understood:
    """How the assistant understood a text.

    Attributes:
        intent: Name of the intent.
        confidence: Of the intent, 0 to 1.
    """

    intent: str
    confidence: float


def cuts(text: str) -> list[Halves]:
    """List where a turn may be cut into two requests.

    Args:
        text: What was recognised, with or without punctuation.

    Returns:
        At most `MOST_CUTS`, the earliest first; none for most turns, which hold one request.
    """
    found: list[Halves] = []
    for joint in _CUT.finditer(text):
        halves = _halves(text, joint)
        long_enough = min(len(halves.first.split()), len(halves.second.split())) >= FEWEST_WORDS
        if long_enough and _BEGINS.match(halves.second.lower()):
            found.append(halves)
    for joint in _SWALLOWED.finditer(text):
        halves = _halves(text, joint)
        if len(halves.first.split()) >= _FEWEST_BEFORE_SWALLOWED:
            found.append(halves)
    return found[:MOST_CUTS]


def _halves(text: str, joint: re.Match[str]) -> Halves:
    return Halves(text[: joint.start()].strip(" ,.?!;"), text[joint.end() :].strip())


def two_requests(first: Understood, second: Understood) -> bool:
    """Tell whether two halves are two requests.

    Args:
        first: How the first half was understood.
        second: How the second half was understood.

    Returns:
        True when both are tasks of the assistant, of different kinds, and it is sure of both.
    """
    kinds = KINDS.get(first.intent), KINDS.get(second.intent)
    if None in kinds or kinds[0] == kinds[1]:
        return False
    if min(first.confidence, second.confidence) < SURE:
        return False
    trouble = {first.intent, second.intent} & TROUBLES
    return not (trouble and "remedy" in kinds)


def also(halves: Halves, understood: Understood) -> dict[str, Any]:
    """Describe the second request to the actions, as the turn's metadata carry it.

    Args:
        halves: The turn, cut in two.
        understood: How the second one was understood.

    Returns:
        The `also` of the metadata.
    """
    return {
        "intent": understood.intent,
        "text": halves.second,
        "confidence": round(understood.confidence, 3),
    }
