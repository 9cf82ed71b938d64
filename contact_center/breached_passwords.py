"""Passwords known from breaches: the commonest from zxcvbn's list, the rest from the operator's.

The operator's file is what haveibeenpwned.com offers: one SHA-1 hash a line, sorted, each with how
often it was seen ("0000...:12"). It has some 40 GB, so it is searched where it lies.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import BinaryIO

from zxcvbn.frequency_lists import FREQUENCY_LISTS

LONGEST_LINE = 64
"""A hash, a colon and a count; what is longer is another kind of file."""


class BreachedFileUnreadable(RuntimeError):
    """The operator's file cannot be read; the message says what it should be."""


class BreachedPasswords:
    """Tells whether a password is known.

    Args:
        file: The operator's file; None for zxcvbn's list alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def __contains__(self, password: str) -> bool:
        """Look a password up.

        Args:
            password: As it was typed.

        Returns:
            Whether it is known from a breach.

        Raises:
            BreachedFileUnreadable: There is an operator's file, and it cannot be read.
        """
        if password.lower() in _commonest():
            return True
        if self._file is None:
            return False
        # Its owners chose SHA-1; here it is the key of a public list and protects nothing.
        key = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            with self._file.open("rb") as lines:
                return _find(lines, self._file.stat().st_size, key.encode())
        except (OSError, ValueError) as error:
            raise BreachedFileUnreadable(
                f"The list of breached passwords {self._file} cannot be read ({error}): "
                "WARMLINE_BREACHED_PASSWORDS must name a file of sorted SHA-1 hashes, one a line."
            ) from error


@cache
def _commonest() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])


def _find(lines: BinaryIO, size: int, key: bytes) -> bool:
    """Search sorted lines by bisection over the bytes of the file.

    `low` is always where a line begins, and no line that begins at `high` or later can be the one.
    """
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        begins = _line_at_or_after(lines, middle, low)
        if begins >= high:
            high = middle
            continue
        lines.seek(begins)
        line = lines.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE:
            raise ValueError("a line is too long")
        found = line.split(b":")[0].strip().upper()
        if found == key:
            return True
        if found < key:
            low = begins + len(line)
        else:
            high = begins
    return False


def _line_at_or_after(lines: BinaryIO, place: int, low: int) -> int:
    if place <= low:
        return low
    lines.seek(place - 1)
    rest = lines.readline(LONGEST_LINE)
    if len(rest) == LONGEST_LINE:
        raise ValueError("a line is too long")
    return place - 1 + len(rest)
