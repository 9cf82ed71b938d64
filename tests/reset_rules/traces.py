"""Looks for what nobody may keep, in everything that a call leaves behind."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# Six digits are found by chance in keys, hashes, times and measurements.
_OPAQUE = re.compile(
    r"\$argon2id\S+|[A-Za-z0-9_+/=-]{20,}|\d{4}-\d\d-\d\d[T ][\d:.+]*|\d+\.\d+|\+\d{11}\b"
)
_TELLING_RUN = 4


def spelled(code: str) -> str:
    """Write a code as the recogniser hears it."""
    return " ".join(NAMES[int(digit)] for digit in code)


def traces(code: str, seen: str) -> list[str]:
    """Find a code however it is written, also a part of it in words.

    Args:
        code: Its digits.
        seen: Any text.

    Returns:
        What was found, with what stands around it.
    """
    seen = _OPAQUE.sub("~", seen.lower())
    words = spelled(code).split()
    runs = [words[at : at + _TELLING_RUN] for at in range(len(words) - _TELLING_RUN + 1)]
    forms = [r"(?<!\d)" + r"[\s,.•-]*".join(code) + r"(?!\d)", *(r"\W+".join(run) for run in runs)]
    return [
        seen[max(0, found.start() - 60) : found.end() + 60]
        for form in forms
        for found in re.finditer(form, seen)
    ]


@dataclass
class Leavings:
    """What is written into a folder from now on: rows of its SQLite files, lines of its others.

    Args:
        folder: Where a line keeps everything.
    """

    folder: Path
    _rows: frozenset[str] = field(init=False)
    _sizes: dict[Path, int] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = frozenset(self._all_rows())
        self._sizes = {path: path.stat().st_size for path in self._text_files()}

    def rows(self) -> str:
        """Every row of every table that was added or changed."""
        return "\n".join(row for row in self._all_rows() if row not in self._rows)

    def lines(self) -> str:
        """What was added to every log."""
        return "\n".join(
            path.read_bytes()[self._sizes.get(path, 0) :].decode(errors="replace")
            for path in self._text_files()
        )

    def raw(self) -> bytes:
        """All files as they lie, also what databases have not yet settled or have left over."""
        return b"\n".join(path.read_bytes() for path in self._files())

    def _files(self) -> list[Path]:
        return [path for path in sorted(self.folder.rglob("*")) if path.is_file()]

    def _text_files(self) -> list[Path]:
        return [path for path in self._files() if not re.search(r"\.db(-\w+)?$", path.name)]

    def _all_rows(self) -> list[str]:
        rows: list[str] = []
        for path in self.folder.rglob("*.db"):
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                found = database.execute(f'SELECT * FROM "{table}"').fetchall()
                rows += [f"{path.name} {table} {row!r}" for row in found]
            database.close()
        return rows
