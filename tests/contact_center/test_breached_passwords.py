"""Passwords known from breaches."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from contact_center.breached_passwords import BreachedFileUnreadable, BreachedPasswords


def key(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(path: Path, passwords: list[str], *, end: str = "\r\n", last: bool = True) -> Path:
    lines = sorted(f"{key(each)}:{len(each) * 37}" for each in passwords)
    path.write_bytes((end.join(lines) + (end if last else "")).encode())
    return path


@pytest.mark.parametrize("password", ["password", "PassWord", "iloveyou", "1234567890"])
def test_the_commonest_are_known_without_a_file(password: str) -> None:
    assert password in BreachedPasswords()


def test_others_are_known_from_the_operators_file_only(tmp_path: Path) -> None:
    file = written(tmp_path / "breached.txt", ["moss lantern harbour seventeen"])
    assert "moss lantern harbour seventeen" not in BreachedPasswords()
    assert "moss lantern harbour seventeen" in BreachedPasswords(file)
    assert "Moss lantern harbour seventeen" not in BreachedPasswords(file)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 500])
def test_every_line_is_found_and_nothing_else(
    tmp_path: Path, end: str, last: bool, count: int
) -> None:
    listed = [f"listed {number}" for number in range(count)]
    breached = BreachedPasswords(written(tmp_path / "breached.txt", listed, end=end, last=last))
    assert all(password in breached for password in listed)
    assert not any(f"unlisted {number}" in breached for number in range(count))


def test_lines_of_different_lengths(tmp_path: Path) -> None:
    chosen = random.Random(7)
    listed = [f"listed {number}" for number in range(200)]
    lines = sorted(f"{key(each)}:{10 ** chosen.randrange(12)}" for each in listed)
    file = tmp_path / "breached.txt"
    file.write_text("\n".join(lines))
    assert all(password in BreachedPasswords(file) for password in listed)


def test_an_empty_file_knows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "breached.txt"
    file.touch()
    assert "listed" not in BreachedPasswords(file)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(BreachedFileUnreadable, match="WARMLINE_BREACHED_PASSWORDS"):
        _ = "anything at all" in BreachedPasswords(tmp_path / "missing.txt")


def test_another_kind_of_file_is_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("x" * 10_000)
    with pytest.raises(BreachedFileUnreadable):
        _ = "anything at all" in BreachedPasswords(file)
