"""Phrases as a conversation designer writes them, found in what a caller said.

The notation is that of `nlu_data/escalation.yml`: `a/b` for either word, `(word)` for what may be
missing, `...` for up to three words in between, `word*` for any ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

_NO_WORD = re.compile(r"[^\w']+")
_ELEMENT = re.compile(r"\([^()]*\)|\S+")
_WORD = re.compile(r"[a-z0-9']+\*?")
_GAP = r"(?: \S+){0,3}?"
_NEGATION_REACH = 2


def plain(text: str) -> str:
    """Write a text as the recogniser does: lower case words, single spaces.

    Args:
        text: What was said, perhaps typed with punctuation.

    Returns:
        The words, with a space before each.
    """
    return "".join(
        f" {word}" for word in _NO_WORD.split(text.lower().replace("\u2019", "'")) if word
    )


def pattern(phrase: str) -> str:
    """Translate a phrase into a regular expression over what `plain` returns.

    Args:
        phrase: In the designer's notation.

    Returns:
        The expression.

    Raises:
        ValueError: The phrase is empty, or has a part that is no word.
    """
    elements = _ELEMENT.findall(phrase.lower())
    if not any(element != "..." and not element.startswith("(") for element in elements):
        raise ValueError(f"{phrase!r} has no word that must be there")
    return "".join(_element(element, phrase) for element in elements)


def _element(element: str, phrase: str) -> str:
    if element == "...":
        return _GAP
    optional = element.startswith("(") and element.endswith(")")
    choices = element[1:-1].split("/") if optional else element.split("/")
    either = "|".join("".join(_word(word, phrase) for word in each.split()) for each in choices)
    if not all(each.strip() for each in choices):
        raise ValueError(f"{phrase!r} has an empty alternative in {element!r}")
    return f"(?:{either})?" if optional else f"(?:{either})"


def _word(word: str, phrase: str) -> str:
    if not _WORD.fullmatch(word):
        raise ValueError(f"{phrase!r} has {word!r}, which is no word")
    return f" {re.escape(word[:-1])}[\\w']*" if word.endswith("*") else f" {re.escape(word)}"


@dataclass(frozen=True)
class WordList:
    """Phrases that mean something, and harmless ones that only look like them.

    Attributes:
        phrases: In the designer's notation.
        but_not: Taken out of a text before it is looked at.
        negations: Words after which a phrase does not count.
    """

    phrases: Sequence[str]
    but_not: Sequence[str] = ()
    negations: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Translate at once, so that a wrong phrase is found when the list is read."""
        _ = self._wanted, self._harmless

    def occurs_in(self, text: str) -> bool:
        """Tell whether a text says one of the phrases, and does not deny it.

        Args:
            text: What was said.

        Returns:
            True if at least one phrase counts.
        """
        return any(self._found(text))

    def only_looks_like_it(self, text: str) -> bool:
        """Tell whether a text says something that only looks like a phrase, or denies one.

        Args:
            text: What was said.

        Returns:
            False if a phrase counts as well.
        """
        found = self._found(text)
        if any(found):
            return False
        return bool(found or (self._harmless and self._harmless.search(plain(text))))

    def _found(self, text: str) -> list[bool]:
        """Find the phrases, each with whether it counts."""
        said = plain(text)
        if self._harmless is not None:
            said = self._harmless.sub(" _", said)
        return [
            not self.negations.intersection(said[: found.start()].split()[-_NEGATION_REACH:])
            for found in self._wanted.finditer(said)
        ]

    @cached_property
    def _wanted(self) -> re.Pattern[str]:
        return _any_of(self.phrases)

    @cached_property
    def _harmless(self) -> re.Pattern[str] | None:
        return _any_of(self.but_not) if self.but_not else None


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(map(pattern, phrases)) + r")(?= |$)")
