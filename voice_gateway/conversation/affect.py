"""How upset does the caller seem? A score for each turn, from words, repetition and voice.

Every sign has a strength from 0 to 1, and signs are joined as independent chances are: each takes
its share of what is still missing to 1. So more signs never give less, and no sum runs over. The
strengths were set on `nlu_data/escalation_turns/tuning.yml`; from which score on a call is handed
over stands in `nlu_data/escalation.yml`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median_low

from voice_gateway.conversation.language import Language
from voice_gateway.conversation.transcript import Transcript, Word

# One cue alone stays below the level at which anybody is handed over: people say "ridiculous" and
# laugh. So does a voice alone: people call from noisy streets.
_SINGLE_CUE_LIMIT = 0.5
_WORDLESS_LIMIT = 0.45
_INTENSIFIED = 0.1
_SOFTENED = 0.5
_REPETITION = 0.2
_INTERRUPTION = 0.15
_CARRIED_OVER = 0.4
_SAME_REQUEST = 0.6
_REQUEST_WORDS = 4

# Above this caller's usual: where it begins to count, where it counts fully, and how much.
_LOUDER_DB = (3.0, 9.0, 0.3)
_FASTER = (1.15, 1.5, 0.2)
_USUAL_TURNS = 3
_PACE_WORDS = 4


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
class _Usual:
    """What is usual for this caller, by their own first turns.

    Of two middle values the lower counts, so that a caller who is loud in one of the first two
    turns is not thought to be always like that.
    """

    _first: list[float] = field(default_factory=list)

    def compare(self, value: float) -> float | None:
        """Tell what was usual before this value, or None for the first; then learn from it."""
        usual = median_low(self._first) if self._first else None
        if len(self._first) < _USUAL_TURNS:
            self._first.append(value)
        return usual


@dataclass
class AffectMeter:
    """Follows one caller through a call."""

    language: Language
    _previous: float = 0.0
    _turns: list[frozenset[str]] = field(default_factory=list)
    _level: _Usual = field(default_factory=_Usual)
    _pace: _Usual = field(default_factory=_Usual)

    def judge(self, transcript: Transcript, *, barge_in: bool = False) -> Affect:
        """Score a turn in the light of those before it.

        Args:
            transcript: What the caller said, when, and how loud.
            barge_in: Whether they interrupted the bot to say it.

        Returns:
            The turn's score and what it rests on.
        """
        text = transcript.text.lower()
        cues, words = self._words(text)
        signs = [words]
        if self._repeats(text):
            cues.append("repeats the request")
            signs.append(_REPETITION)
        # What follows colours words; without any it says little.
        spoken = bool(cues)
        if barge_in:
            cues.append("interrupts")
            signs.append(_INTERRUPTION)
        for cue, sign in (self._loudness(transcript.level_db), self._speed(transcript.words)):
            if sign:
                cues.append(cue)
                signs.append(sign)
        if spoken:
            signs.append(_CARRIED_OVER * self._previous)
        score = _joined(signs)
        self._previous = round(score if spoken else min(score, _WORDLESS_LIMIT), 3)
        return Affect(self._previous, tuple(cues))

    def _words(self, text: str) -> tuple[list[str], float]:
        heard = self.language.affect.heard_in(text)
        weights = self.language.affect.cues
        strength = _joined(
            weights[cue] + (_INTENSIFIED if intensified else 0.0)
            for cue, intensified in heard.items()
        )
        if len(heard) == 1:
            strength = min(strength, _SINGLE_CUE_LIMIT)
        if heard and self.language.affect.softened(text):
            strength *= _SOFTENED
        return list(heard), strength

    def _repeats(self, text: str) -> bool:
        """Short answers ("yes", a number) are repeated for other reasons and do not count."""
        words = frozenset(text.split())
        said_before = len(words) >= _REQUEST_WORDS and any(
            len(words & turn) / len(words | turn) >= _SAME_REQUEST for turn in self._turns
        )
        self._turns.append(words)
        return said_before

    def _loudness(self, level_db: float | None) -> tuple[str, float]:
        if level_db is None or not math.isfinite(level_db):
            return "", 0.0
        usual = self._level.compare(level_db)
        louder = 0.0 if usual is None else level_db - usual
        return f"louder than before (by {louder:.0f} dB)", _ramp(louder, *_LOUDER_DB)

    def _speed(self, words: tuple[Word, ...]) -> tuple[str, float]:
        """Take words a second; digits and letters are dictated, not said."""
        if len(words) < _PACE_WORDS or all(self._dictated(word.text) for word in words):
            return "", 0.0
        took = words[-1].end - words[0].start
        if took <= 0:
            return "", 0.0
        pace = len(words) / took
        usual = self._pace.compare(pace)
        faster = 1.0 if usual is None else pace / usual
        return f"speaks faster than before ({faster:.1f} times)", _ramp(faster, *_FASTER)

    def _dictated(self, word: str) -> bool:
        return word in self.language.digits or word in self.language.repeaters or len(word) == 1


def _joined(signs: Iterable[float]) -> float:
    return 1.0 - math.prod(1.0 - min(sign, 1.0) for sign in signs)


def _ramp(value: float, begins: float, full: float, strength: float) -> float:
    return strength * min(max((value - begins) / (full - begins), 0.0), 1.0)
