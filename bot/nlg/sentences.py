"""Which wording comes next, so that a caller never hears the same sentence twice running.

Sentences are compared as they are heard: without regard to capitals and marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Before a sentence that cannot be put in other words.
LEAD_INS = ("Once more:", "Again:", "As I said:")

_END = re.compile(r"(?<=[.?!])\s+")
_WORDS = re.compile(r"[a-z0-9']+")


def sentences(text: str) -> list[str]:
    """Divide a text into sentences, written so that those which sound alike are equal.

    Args:
        text: What is said.

    Returns:
        The sentences in order; none for a text without words.
    """
    spoken = (" ".join(_WORDS.findall(part.lower())) for part in _END.split(text))
    return [sentence for sentence in spoken if sentence]


def capitalised(text: str) -> str:
    """Begin a text with a capital, also when a filled-in value comes first."""
    return text[:1].upper() + text[1:]


def next_wording(wordings: Sequence[str], said: Sequence[str]) -> int:
    """Choose the wording whose sentences were said longest ago.

    Args:
        wordings: The variations, in the designer's order; not empty.
        said: What the assistant said in this call, oldest first.

    Returns:
        The index of the first wording of which nothing was said, otherwise of the one whose most
        recent sentence lies furthest back.
    """
    last_said: dict[str, int] = {}
    for position, text in enumerate(said):
        last_said.update(dict.fromkeys(sentences(text), position))

    def most_recent(index: int) -> tuple[int, int]:
        positions = [last_said.get(each, -1) for each in sentences(wordings[index])]
        # Of wordings that share a sentence, the one that says the least over again.
        return max(positions, default=-1), sum(position >= 0 for position in positions)

    return min(range(len(wordings)), key=most_recent)


def unlike_the_last(text: str, said: Sequence[str]) -> str:
    """Keep a text from beginning with the very sentence that was said last.

    Args:
        text: What is to be said.
        said: What the assistant said in this call, oldest first.

    Returns:
        The text; without its first sentence if that was said just now and another one follows, or
        behind a lead-in if nothing follows.
    """
    before = next((found[-1] for each in reversed(said) if (found := sentences(each))), None)
    spoken = sentences(text)
    if before is None or not spoken or spoken[0] != before:
        return text
    rest = _END.split(text, maxsplit=1)[1:]
    if rest and sentences(rest[0]) and sentences(rest[0])[0] != before:
        return capitalised(rest[0])
    used = sum(each.startswith(LEAD_INS) for each in said)
    return f"{LEAD_INS[used % len(LEAD_INS)]} {text}"
