"""The words of one language that turn-taking needs, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Phrases:
    """What the line itself says; each entry holds variations that are used in turn.

    `welcome` may contain `{company}`, `agent_here` and `agent_idle` may contain `{agent}`.
    """

    welcome: tuple[str, ...]
    welcome_back: tuple[str, ...]
    filler: tuple[str, ...]
    reprompt: tuple[str, ...]
    offer_person: tuple[str, ...]
    silence_goodbye: tuple[str, ...]
    not_understood: tuple[str, ...]
    connecting: tuple[str, ...]
    hold_update: tuple[str, ...]
    agent_here: tuple[str, ...]
    agent_idle: tuple[str, ...]
    agent_lost: tuple[str, ...]
    apology: tuple[str, ...]
    callback_unknown: tuple[str, ...]
    goodbye: tuple[str, ...]
    interrupting: tuple[str, ...]
    draining: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """Every phrase without a place-holder, for synthesising ahead of time."""
        return tuple(p for group in vars(self).values() for p in group if "{" not in p)


@dataclass(frozen=True)
class Language:
    """What turn-taking knows about a language.

    Args:
        phrases: What the line itself says.
        back_channels: What a listener says without wanting the turn ("mm hmm").
        hesitations: What a speaker says while searching for words ("um").
        unfinished_endings: Words after which more is to come ("and", "the").
        affirmations: Answers that mean yes.
        denials: Answers that mean no.
        digits: The spoken digits, each with the number of symbols it stands for.
        repeaters: Words that repeat the next digit, with how often ("double" 2).
        affect_cues: Phrases of upset callers, each with its weight from 0 to 1.
    """

    phrases: Phrases
    back_channels: frozenset[str]
    hesitations: frozenset[str]
    unfinished_endings: frozenset[str]
    affirmations: frozenset[str]
    denials: frozenset[str]
    digits: Mapping[str, int]
    repeaters: Mapping[str, int]
    affect_cues: Mapping[str, float] = field(default_factory=dict)

    def is_back_channel(self, text: str) -> bool:
        """Tell whether a text is nothing but back-channels and hesitations.

        Args:
            text: What was recognised, lower case.

        Returns:
            True also for an empty text: it gives no reason to stop speaking.
        """
        return not self._listener_noises.sub(" ", text).strip()

    def is_hesitation(self, text: str) -> bool:
        """Tell whether a text is nothing but hesitations, or empty."""
        return all(word in self.hesitations for word in text.split())

    def is_affirmation(self, text: str) -> bool:
        """Tell whether a text starts by saying yes."""
        return _starts_with(text, self.affirmations)

    def is_denial(self, text: str) -> bool:
        """Tell whether a text starts by saying no."""
        return _starts_with(text, self.denials)

    @cached_property
    def _listener_noises(self) -> re.Pattern[str]:
        phrases = sorted(self.back_channels | self.hesitations, key=len, reverse=True)
        return re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b")


def _starts_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)
