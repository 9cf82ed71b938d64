"""Which words people use when they say a number or spell, and where such a run begins and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words_of(text: str) -> list[str]:
    return text.split()


DIGITS = frozenset(
    _words_of("zero oh o one two three four five six seven eight nine 0 1 2 3 4 5 6 7 8 9")
)
TENS = frozenset(
    _words_of(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
        "twenty thirty forty fifty sixty seventy eighty ninety"
    )
)
SCALES = frozenset(["double", "triple", "hundred", "thousand"])
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
ALPHABET = frozenset(
    _words_of(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo "
        "lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey "
        "xray yankee zulu"
    )
)
HESITATIONS = frozenset(_words_of("uh um er erm ah hmm and dash hyphen space then okay"))
LIKE = frozenset(["as", "for", "like"])

SHORTEST_ORDER_NUMBER = 4  # symbols in a run before it is taken for an order number

_WORD = re.compile(r"[a-z0-9']+", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """Consecutive number words in a text.

    Attributes:
        start: Index of the first character.
        end: Index behind the last character.
        symbols: How many digits and letters were said, at least.
        lettered: The first symbol is a letter.
        spelled_only: No digit is among the symbols.
    """

    start: int
    end: int
    symbols: int
    lettered: bool
    spelled_only: bool


def runs(text: str) -> list[Run]:
    """Find every run of number words, hesitations inside a run included.

    Args:
        text: What the recogniser heard.

    Returns:
        The runs in order; none begins or ends with a hesitation.
    """
    words = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[Run] = []
    at = 0
    while at < len(words):
        run, following = _run_from(words, at)
        if run is not None:
            found.append(run)
        at = following
    return found


def only_numbers(text: str) -> bool:
    """Tell whether an utterance is nothing but number words, letters and hesitations.

    Args:
        text: What the recogniser heard.

    Returns:
        True if at least one digit or two letters were said, and nothing else.
    """
    words = [match.group().lower() for match in _WORD.finditer(text)]
    spoken = [word for word in words if word not in HESITATIONS]
    found = runs(text)
    if not found or spoken in (["oh"], ["o"]):
        return False  # "oh" alone is surprise
    covered = sum(len(_meaningful(text[run.start : run.end])) for run in found)
    enough = any(not run.spelled_only or run.symbols > 1 for run in found)
    return enough and covered == len(spoken)


def _meaningful(text: str) -> list[str]:
    return [
        match.group() for match in _WORD.finditer(text) if match.group().lower() not in HESITATIONS
    ]


def _run_from(words: list[tuple[str, int, int]], at: int) -> tuple[Run | None, int]:
    start, end, symbols, letters = -1, -1, 0, 0
    lettered = False
    while at < len(words):
        size, taken, is_letter = _symbol(words, at)
        if taken == 0:
            if start >= 0 and words[at][0] in HESITATIONS:
                at += 1
                continue
            break
        if start < 0:
            start, lettered = words[at][1], is_letter
        symbols += size
        letters += int(is_letter)
        at += taken
        end = words[at - 1][2]
    if start < 0:
        return None, at + 1
    return Run(start, end, symbols, lettered, spelled_only=letters == symbols), at


def _symbol(words: list[tuple[str, int, int]], at: int) -> tuple[int, int, bool]:
    """Measure the symbol at a word: (symbols, words taken, whether it is a letter)."""
    word = words[at][0]
    following = [each[0] for each in words[at + 1 : at + 4]]
    if word in DIGITS:
        return 1, 1, False
    if word in TENS:
        return 2, 1, False
    if word in SCALES:
        return (0 if word == "double" else 1), 1, False
    if re.fullmatch(r"[a-z]?\d+", word):
        return len(word), 1, word[0].isalpha()
    if word == "november" and following[:1] and following[0] in TENS:
        return 0, 0, False  # a date
    if word in ALPHABET:
        return 1, 1, True
    if word in LETTERS:
        if len(following) > 2 and following[:2] == ["as", "in"] and following[2][0] == word:
            return 1, 4, True
        if len(following) > 1 and following[0] in LIKE and following[1][0] == word:
            return 1, 3, True
        return 1, 1, True
    return 0, 0, False
