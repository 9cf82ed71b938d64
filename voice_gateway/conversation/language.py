"""The words of one language that turn-taking needs, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from voice_gateway.conversation.affect_words import AffectWords


@dataclass(frozen=True)
class Phrases:
    """What the line itself says; each entry holds variations that are used in turn.

    `welcome` may contain `{company}`, `agent_here` and `agent_idle` may contain `{agent}`,
    `place` may contain `{place}`, and `wait`, `wait_remaining` and `wait_too_long` may contain
    `{wait}`.
    """

    welcome: tuple[str, ...]
    welcome_back: tuple[str, ...]
    opener: tuple[str, ...]
    filler: tuple[str, ...]
    reprompt: tuple[str, ...]
    offer_person: tuple[str, ...]
    silence_goodbye: tuple[str, ...]
    not_understood: tuple[str, ...]
    recording_notice: tuple[str, ...]
    recording_question: tuple[str, ...]
    recording_on: tuple[str, ...]
    recording_off: tuple[str, ...]
    connecting: tuple[str, ...]
    place: tuple[str, ...]
    place_next: tuple[str, ...]
    wait: tuple[str, ...]
    wait_too_long: tuple[str, ...]
    wait_remaining: tuple[str, ...]
    wait_exceeded: tuple[str, ...]
    hold_update: tuple[str, ...]
    callback_nobody_there: tuple[str, ...]
    callback_long_wait: tuple[str, ...]
    callback_waited_long: tuple[str, ...]
    callback_refused: tuple[str, ...]
    agent_here: tuple[str, ...]
    agent_idle: tuple[str, ...]
    agent_lost: tuple[str, ...]
    agent_passed_on: tuple[str, ...]
    apology: tuple[str, ...]
    callback_unknown: tuple[str, ...]
    goodbye: tuple[str, ...]
    interrupting: tuple[str, ...]
    draining: tuple[str, ...]
    busy: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """Every phrase without a place-holder, for synthesising ahead of time."""
        return tuple(p for group in vars(self).values() for p in group if "{" not in p)


@dataclass(frozen=True)
class Wait:
    """Words for a waiting time.

    Args:
        up_to: The longest time they stand for, in seconds.
        words: As in "it should take ...".
    """

    up_to: float
    words: str


@dataclass(frozen=True)
class CodeWords:
    """What tells the digits of a code from ordinary words.

    Args:
        homophones: Words that may be misheard digits, each with its digit.
        counted: What is counted in ordinary speech: the "one" of "one moment" is no digit.
        no_digits: Phrases with a digit's word in them that is none ("that one").
        second_thoughts: What begins a correction ("no", "sorry").
        starting_over: What says that everything said before does not count.
        placing: What says which digit of a refused code was wrong ("not", "last").
    """

    homophones: Mapping[str, str]
    counted: frozenset[str]
    no_digits: frozenset[str]
    second_thoughts: frozenset[str]
    starting_over: frozenset[str]
    placing: frozenset[str]


@dataclass(frozen=True)
class Language:
    """What turn-taking knows about a language.

    Args:
        phrases: What the line itself says.
        back_channels: What a listener says without wanting the turn ("mm hmm").
        hesitations: What a speaker says while searching for words ("um").
        unfinished_endings: Words after which more is to come ("and", "the").
        searching: What a speaker says who is looking for something ("let me see").
        openings: Turns that are mostly only the beginning of one ("hello", "yes").
        affirmations: Answers that mean yes.
        denials: Answers that mean no.
        digits: The spoken digits, each with the number of symbols it stands for.
        repeaters: Words that repeat the next digit, with how often ("double" 2).
        waits: Words for waiting times, shortest first.
        code_words: What tells the digits of a code from ordinary words.
        affect: What upset callers say, and what takes the edge off it.
    """

    phrases: Phrases
    back_channels: frozenset[str]
    hesitations: frozenset[str]
    unfinished_endings: frozenset[str]
    searching: frozenset[str]
    openings: frozenset[str]
    affirmations: frozenset[str]
    denials: frozenset[str]
    digits: Mapping[str, int]
    repeaters: Mapping[str, int]
    waits: tuple[Wait, ...]
    code_words: CodeWords
    affect: AffectWords = field(default_factory=AffectWords)

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

    def is_clear_consent(self, text: str) -> bool:
        """Tell whether a text says yes and nothing that takes it back."""
        words = text.split()
        tails = (" ".join(words[place:]) for place in range(len(words)))
        return self.is_affirmation(text) and not any(map(self.is_denial, tails))

    def wait_in_words(self, seconds: float) -> str:
        """Say how long something takes.

        Args:
            seconds: The time.

        Returns:
            Words such as "about two minutes"; the longest that are known for anything beyond.
        """
        fitting = (wait.words for wait in self.waits if seconds <= wait.up_to)
        return next(fitting, self.waits[-1].words)

    @cached_property
    def _listener_noises(self) -> re.Pattern[str]:
        phrases = sorted(self.back_channels | self.hesitations, key=len, reverse=True)
        return re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b")


def _starts_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)
