"""What a caller who waits for a person is told, and when they are asked about a call-back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from voice_gateway.conversation.events import WaitEstimated
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.timing import Timing

Phrase = tuple[str, Mapping[str, str]]
"""The name of one of the line's phrases, and what its place-holders stand for."""

SHORTEST_TOLD_S = 15.0
"""Of a wait that ends sooner in any case there is nothing to tell."""
SLACK_S = 30.0
"""Estimates come in whole minutes upwards: so much over the limit may still be within it."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What to say to a caller who waits.

    Args:
        phrases: What, in order; empty when nothing is known.
        asks: Whether it ends by asking if they would rather be called back.
    """

    phrases: tuple[Phrase, ...]
    asks: bool = False


@dataclass
class WaitTeller:
    """Remembers what a caller was told, and is silent about what is not known.

    Args:
        language: The words for waiting times.
        timing: How patient the line is.
    """

    language: Language
    timing: Timing

    def __post_init__(self) -> None:
        self._ask_from = -math.inf
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """The caller waits from here on."""
        self._until = now + self.timing.handoff_wait
        self._due: float | None = None
        self._told_wait = False
        self._place: int | None = None
        self._callback: str | None = None

    def news(self, found: WaitEstimated, now: float) -> Announcement:
        """Tell what is new.

        Args:
            found: Where the caller stands.
            now: The present time.

        Returns:
            What to say.
        """
        self._callback = found.callback
        told: tuple[Phrase, ...] = ()
        if found.callback != "nobody_there":
            told = self._place_told(found.position)
            told += self._wait_told(found.seconds, now, anew=bool(told) or not self._told_wait)
        return self._with_question(told, now)

    def comfort(self, now: float) -> Announcement:
        """Say something to a caller who has not heard anything for a while.

        Args:
            now: The present time.

        Returns:
            What to say; never nothing.
        """
        told: tuple[Phrase, ...] = ()
        if self._due is not None and self._due <= now:
            # Told once; from then on nobody knows.
            self._due = None
            told = (("wait_exceeded", {}),)
        announcement = self._with_question(told, now)
        return announcement if announcement.phrases else Announcement((("hold_update", {}),))

    def _place_told(self, position: int | None) -> tuple[Phrase, ...]:
        before, self._place = self._place, position or self._place
        if position in (None, before):
            return ()
        if position == 1:
            # Who has nobody before them from the start need not hear of a line.
            return (("place_next", {}),) if before else ()
        return (("place", {"place": str(position)}),)

    def _wait_told(self, seconds: float | None, now: float, *, anew: bool) -> tuple[Phrase, ...]:
        left = self._until - now
        if seconds is None or left < SHORTEST_TOLD_S:
            return ()
        self._told_wait = True
        if seconds > left + SLACK_S:
            self._due = None
            return (("wait_too_long", {"wait": self.language.wait_in_words(left)}),)
        self._due = now + seconds
        wait = {"wait": self.language.wait_in_words(seconds)}
        return (("wait" if anew else "wait_remaining", wait),)

    def _with_question(self, told: tuple[Phrase, ...], now: float) -> Announcement:
        if self._callback is None or now < self._ask_from:
            return Announcement(told)
        self._ask_from = now + self.timing.callback_again
        return Announcement((*told, (f"callback_{self._callback}", {})), asks=True)
