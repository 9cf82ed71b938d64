"""The words of one language that tell how a caller feels, and whether a sentence means them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_NEGATION_REACH = 3
_OTHERS_REACH = 4
_INTENSIFIER_REACH = 2


@dataclass(frozen=True)
class AffectWords:
    """What upset callers say, and what takes the edge off it.

    Args:
        cues: Phrases of upset callers, each with its weight from 0 to 1.
        softeners: Laughter, jokes, praise, patience: whoever says one does not mean it so badly.
        negations: Words that turn a cue soon after them into its opposite ("not angry").
        own_voice: Words after which the speaker speaks for themselves again ("but", "i").
        others: Somebody who is not on this call; a cue soon after is about them.
        intensifiers: Words that make a cue right after them stronger ("really").
    """

    cues: Mapping[str, float] = field(default_factory=dict)
    softeners: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    own_voice: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    intensifiers: frozenset[str] = frozenset()

    def heard_in(self, text: str) -> dict[str, bool]:
        """Find the cues that the caller means.

        Args:
            text: What the caller said, lower case.

        Returns:
            The cues in the order spoken, longest first where they overlap, each with whether it
            was intensified.
        """
        found: dict[str, bool] = {}
        for match in self._cues.finditer(f" {text} "):
            before = match.string[: match.start()].split()
            if not self._is_denied(before) and not self._is_about_others(before):
                intensified = bool(self.intensifiers.intersection(before[-_INTENSIFIER_REACH:]))
                cue = match["cue"]
                found[cue] = found.get(cue, False) or intensified
        return found

    def softened(self, text: str) -> bool:
        """Tell whether a text laughs, praises or is patient.

        Args:
            text: What the caller said, lower case.

        Returns:
            True if it says one of the softeners.
        """
        return bool(self.softeners) and bool(self._softeners.search(f" {text} "))

    def _is_denied(self, before: list[str]) -> bool:
        return bool(self.negations.intersection(self._same_clause(before[-_NEGATION_REACH:])))

    def _is_about_others(self, before: list[str]) -> bool:
        return bool(self.others.intersection(self._same_clause(before[-_OTHERS_REACH:])))

    def _same_clause(self, before: list[str]) -> list[str]:
        """Keep the words since the speaker began to speak for themselves."""
        starts = [at for at, word in enumerate(before) if word in self.own_voice]
        return before[starts[-1] + 1 :] if starts else before

    @cached_property
    def _cues(self) -> re.Pattern[str]:
        return _any_of(self.cues)

    @cached_property
    def _softeners(self) -> re.Pattern[str]:
        return _any_of(self.softeners)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(r"(?<= )(?P<cue>" + "|".join(map(re.escape, longest_first)) + r")(?= )")
