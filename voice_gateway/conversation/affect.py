"""How upset does the caller seem? A running score from words, repetition and interruptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from voice_gateway.conversation.language import Language

# One cue alone stays below the level at which anybody is handed over: people say "ridiculous" and
# laugh. Several cues, or a cue from somebody who repeats themselves, add up.
_SINGLE_CUE_LIMIT = 0.5
_REPETITION = 0.2
_INTERRUPTION = 0.1
_CARRIED_OVER = 0.5
_SAME_REQUEST = 0.6


@dataclass(frozen=True, slots=True)
class Affect:
    """How upset one turn sounded.

    Args:
        score: 0 (calm) to 1 (very upset).
        cues: What the score rests on, in words an agent can read.
    """

    score: float
    cues: tuple[str, ...] = ()


@dataclass
class AffectMeter:
    """Follows one caller through a call."""

    language: Language
    _previous: Affect = field(default_factory=lambda: Affect(0.0))
    _turns: list[frozenset[str]] = field(default_factory=list)

    def judge(self, text: str, *, barge_in: bool = False) -> Affect:
        """Score a turn in the light of those before it.

        Args:
            text: What the caller said, lower case.
            barge_in: Whether they interrupted the bot to say it.

        Returns:
            The turn's score and what it rests on.
        """
        cues = [c for c in self.language.affect_cues if re.search(rf"\b{re.escape(c)}\b", text)]
        score = sum(self.language.affect_cues[c] for c in cues)
        if len(cues) == 1:
            score = min(score, _SINGLE_CUE_LIMIT)
        if self._repeats(text):
            cues.append("repeats the request")
            score += _REPETITION
        if barge_in:
            cues.append("interrupts")
            score += _INTERRUPTION
        if cues:
            score += _CARRIED_OVER * self._previous.score
        self._previous = Affect(round(min(score, 1.0), 3), tuple(cues))
        return self._previous

    def _repeats(self, text: str) -> bool:
        """Short answers ("yes", a number) are repeated for other reasons and do not count."""
        words = frozenset(text.split())
        said_before = len(words) >= 4 and any(
            len(words & turn) / len(words | turn) >= _SAME_REQUEST for turn in self._turns
        )
        self._turns.append(words)
        return said_before
