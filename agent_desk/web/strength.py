"""How strong a password is, for the meter that moves while it is typed."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.passwords import LEAST_SCORE, Judged

WORDS = (
    "Far too easy to guess",
    "Very easy to guess",
    "Still too easy to guess",
    "Good",
    "Very good",
)
HIGHEST = len(WORDS) - 1


@dataclass(frozen=True, slots=True)
class Strength:
    """What the meter shows.

    Args:
        level: 0 to 4; from 3 on the password would be accepted.
        words: The level in words.
        reasons: What to do better, the most important first.
    """

    level: int
    words: str
    reasons: tuple[str, ...]


def strength_of(judged: Judged) -> Strength:
    """Show what the reset thinks of a password.

    Args:
        judged: What it thinks.

    Returns:
        What to show.
    """
    # What the rules say goes before the score: a breached password may look strong.
    good = not judged.reasons
    level = max(judged.score, LEAST_SCORE) if good else min(judged.score, LEAST_SCORE - 1)
    return Strength(level, WORDS[level], judged.reasons)
