"""Passwords: which are good enough, and how they are kept (Argon2id, never in clear)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from contact_center.breached_passwords import BreachedPasswords

SHORTEST = 10
LONGEST = 256
LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: "safely unguessable" for somebody who holds the hash."""
WEIGHED = 72
"""What lies beyond is not weighed: zxcvbn's work grows with the square of the length."""
LEAST_OF_ITS_OWN = 5
"""So many letters and digits must be there beside what others know of the person."""
SHORTEST_PART = 3
"""Shorter parts of names and addresses are found in any words."""

# RFC 9106, second recommended option: 64 MiB, three passes, four lanes.
MEMORY_KIB = 65536
PASSES = 3
LANES = 4
HASH_BYTES = 32
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Judged:
    """How good a password is.

    Args:
        score: 0 to 4, as zxcvbn counts.
        reasons: Sentences against it, the most important first; none when it is good.
    """

    score: int
    reasons: tuple[str, ...]


class Passwords:
    """Judges, hashes and verifies passwords.

    Args:
        breached_file: The operator's list of breached passwords, if there is one.
    """

    def __init__(self, breached_file: Path | None = None) -> None:
        self._breached = BreachedPasswords(breached_file)
        self._hasher = PasswordHasher(
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=LANES,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )

    def reasons_against(self, password: str, about: Sequence[str] = ()) -> tuple[str, ...]:
        """Tell what is wrong with a new password, in words for the person who chose it.

        Args:
            password: As it was typed.
            about: What others know of the person: name, addresses, the company.

        Returns:
            Sentences, the most important first; none when the password is good.

        Raises:
            BreachedFileUnreadable: The operator's list cannot be read.
        """
        return self.judge(password, about).reasons

    def judge(self, password: str, about: Sequence[str] = ()) -> Judged:
        """Judge a new password; what is against it is said to the person who chose it.

        Args:
            password: As it was typed.
            about: What others know of the person: name, addresses, the company.

        Returns:
            How good it is; also what is refused has its score.

        Raises:
            BreachedFileUnreadable: The operator's list cannot be read.
        """
        password = _normal(password)
        parts = [part for each in about for part in _parts(_normal(each))]
        known = list(dict.fromkeys([*map(_normal, about), *parts]))
        # zxcvbn finds the empty password hard to weigh.
        found = zxcvbn(password[:WEIGHED] or " ", user_inputs=known)
        return Judged(found["score"], self._reasons(password, parts, found))

    def _reasons(
        self, password: str, parts: Sequence[str], found: Mapping[str, Any]
    ) -> tuple[str, ...]:
        if len(password) < SHORTEST:
            return (f"Use at least {SHORTEST} characters; a few words in a row are easy to keep.",)
        if len(password) > LONGEST:
            return (f"Use at most {LONGEST} characters.",)
        if password in self._breached:
            return ("This password is known from a data breach, so others will try it.",)
        if _is_made_of(password, parts):
            return (
                "This password is made of a name or an address that others know.",
                "Use words that have nothing to do with you or with us.",
            )
        if found["score"] >= LEAST_SCORE:
            return ()
        feedback = found["feedback"]
        said = [feedback["warning"], *feedback["suggestions"]]
        return (
            "This password is too easy to guess.",
            *(_sentence(each) for each in said if each),
        )

    def hash(self, password: str) -> str:
        """Hash a password; takes a tenth of a second on purpose.

        Args:
            password: As it was typed.

        Returns:
            The hash with its parameters and salt.
        """
        return self._hasher.hash(_normal(password))

    def verify(self, password_hash: str, password: str) -> bool:
        """Compare a password with a hash, in a time that does not depend on where they differ.

        Args:
            password_hash: As `hash` gave it.
            password: As it was typed.

        Returns:
            Whether it is the password.
        """
        try:
            return self._hasher.verify(password_hash, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """Write the same letters in the same way, whatever keyboard they come from."""
    return unicodedata.normalize("NFKC", password)


def _parts(text: str) -> list[str]:
    """Take a name or an address apart; of a telephone number also the part without the country."""
    words = re.findall(r"[^\W_]+", text.casefold())
    whole = "".join(words)
    national = [whole[-10:]] if whole.isdigit() and len(whole) > 10 else []
    return [part for part in (*words, *national) if len(part) >= SHORTEST_PART]


def _is_made_of(password: str, parts: Sequence[str]) -> bool:
    """Tell whether hardly anything is left when known parts are taken out, however often."""
    own = "".join(re.findall(r"[^\W_]+", password.casefold()))
    if not parts:
        return False
    longest_first = sorted(parts, key=len, reverse=True)
    left, taken = re.subn("|".join(map(re.escape, longest_first)), "", own)
    return taken > 0 and len(left) < LEAST_OF_ITS_OWN


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
