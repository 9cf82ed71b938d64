"""Numbers as a caller says them: digit by digit, in pairs, with "double", or only a part."""

from __future__ import annotations

import re
from typing import Final

DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LETTERS: Final = {
    "A": "a as in alpha", "B": "b as in bravo", "C": "c as in charlie", "D": "d as in delta",
    "E": "e as in echo", "F": "f as in foxtrot", "G": "g as in golf", "H": "h as in hotel",
    "K": "k as in kilo", "M": "m as in mike", "R": "r as in romeo", "S": "s as in sierra",
    "T": "t as in tango",
}  # fmt: skip
PART: Final = 3


def spoken(number: str, form: str = "", *, wrong: str = "") -> str:
    """Say a number.

    Args:
        number: Digits, with or without a letter before them.
        form: "" for digit by digit, or `pairs`, `double`, `first`, `last`, `wrong` or `fix`.
        wrong: The same number with one digit changed, for the last two forms.

    Returns:
        Words, with commas where a caller pauses.
    """
    match form:
        case "pairs":
            return ", ".join([*_lead(number), *map(_pair, _divided(_digits(number), 2))])
        case "double":
            return ", ".join([*_lead(number), _doubled(_digits(number))])
        case "first":
            return _plain(number[:-PART])
        case "last":
            return _plain(number[-PART:])
        case "wrong":
            return _plain(wrong)
        case "fix":
            return _fixed(number, wrong)
        case _:
            return _plain(number)


def _plain(number: str) -> str:
    groups = [" ".join(DIGITS[int(d)] for d in group) for group in _divided(_digits(number), 3)]
    return ", ".join([*_lead(number), *groups])


def _lead(number: str) -> list[str]:
    return [_LETTERS.get(letter, letter.lower()) for letter in re.findall("[A-Z]", number)]


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _divided(digits: str, size: int) -> list[str]:
    return [digits[at : at + size] for at in range(0, len(digits), size)]


def _pair(two: str) -> str:
    if len(two) < 2 or two[0] == "0":
        return " ".join("oh" if digit == "0" else DIGITS[int(digit)] for digit in two)
    if two[0] == "1":
        return _TEENS[int(two[1])]
    unit = "" if two[1] == "0" else f" {DIGITS[int(two[1])]}"
    return _TENS[int(two[0]) - 2] + unit


def _doubled(digits: str) -> str:
    return " ".join(
        f"double {DIGITS[int(run[0])]}" if len(run) == 2 else DIGITS[int(run)]
        for run in _runs(digits)
    )


def _runs(digits: str) -> list[str]:
    return [found.group() for found in re.finditer(r"(\d)\1|\d", digits)]


def _fixed(number: str, wrong: str) -> str:
    pairs = zip(number, wrong, strict=True)
    right, said = next((a, b) for a, b in pairs if a != b)
    return f"{DIGITS[int(right)]} not {DIGITS[int(said)]}"
