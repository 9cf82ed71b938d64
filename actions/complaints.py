"""Complaints: how serious one is, what it is about, and what to say to a caller who is upset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from actions.answers import ANSWERS
from actions.business import Business
from actions.turn import Turn

Level = Literal[1, 2, 3]

_SAFETY = re.compile(
    r"\b(fire|flames|smok(e|ing)|burn(ed|t|s)?|shock(ed)?|electrocuted|explod(ed|ing)|hurt|injur\w+|"
    r"bleeding|hospital|ambulance|emergency|allergic|chok(ed|ing)|poison\w*|dangerous|unsafe|melt\w*)\b"
)
_ABOUT: dict[str, re.Pattern[str]] = {
    "staff": re.compile(
        r"\b(rude|unhelpful|disrespectful|yelled|hung up|agents?|representatives?|employees?|staff|"
        r"lady|guy|manager|supervisor)\b"
    ),
    "waiting": re.compile(r"\b(on hold|waiting|waited|nobody (called|answers?|answered)|no one)\b"),
    "service": re.compile(r"\b(service|treated|ridiculous|unacceptable|terrible|worst|awful)\b"),
    "delivery": re.compile(r"\b(late|deliver\w*|driver|carrier|package|parcel|arrived?)\b"),
    "product": re.compile(r"\b(broken|broke|quality|damaged|defective|wrong|fell apart|cheap)\b"),
    "billing": re.compile(r"\b(charg\w+|bill\w*|refund\w*|money|payment|paid|price)\b"),
}
# "No, that's wrong again!" is upset, and is an answer.
READ_BACKS = frozenset({"confirm_number", "confirm_near", "confirm_recent"})
SERVICE_QUALITY = frozenset({"staff", "waiting", "service"})


@dataclass(frozen=True)
class Complaint:
    """A complaint, weighed.

    Attributes:
        level: 1 safety, 2 service quality, 3 other.
        category: What it is about, in one word.
    """

    level: Level
    category: str


def weigh(text: str, level: int | None = None, category: str | None = None) -> Complaint:
    """Weigh a complaint.

    Args:
        text: What the caller complained about.
        level: What the escalation table says of it; None to go by the words.
        category: What the escalation table says it is about; None to go by the words.

    Returns:
        Its level and category.
    """
    lowered = text.lower()
    about = next((name for name, words in _ABOUT.items() if words.search(lowered)), "other")
    if level is None:
        if _SAFETY.search(lowered):
            return Complaint(1, "safety")
        return Complaint(2 if about in SERVICE_QUALITY else 3, about)
    kept: Level = 1 if level == 1 else 2 if level == 2 else 3
    return Complaint(kept, "safety" if level == 1 else category or about)


async def frustration(turn: Turn, business: Business) -> None:
    """Acknowledge an upset caller, then go on or offer a person."""
    turn.set(misunderstandings=0)
    denies = turn.awaiting in READ_BACKS and turn.yes_or_no() is False
    if denies and await ANSWERS[str(turn.awaiting)](turn, business):
        return
    turn.say("utter_sorry_frustrated")
    if not turn.ask_again():
        turn.ask("offer_person")
