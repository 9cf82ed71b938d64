"""What is judged of a turn, and what many turns come to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np

from benchmarks.turns.turn import Kind, LabelledTurn

T = TypeVar("T")

PATIENCE_S = 2.0
"""Who is not answered this long after their last word has been forgotten."""
FADING_S = 0.05
"""A last word fades out; nobody is cut in upon in so little of its end."""


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """How the line took a turn that wants an answer.

    Args:
        turn: The turn.
        heard: The words of each piece that was taken for a turn.
        cut_in_s: When the turn was first taken to be over although it was not, from its first
            word; None when it never was.
        talked_over: Whether the bot was heard before the caller had finished.
        end_delay_s: From the last word to the turn being taken as over; None when it was not
            within `PATIENCE_S`.
    """

    turn: LabelledTurn
    heard: tuple[str, ...]
    cut_in_s: float | None
    talked_over: bool
    end_delay_s: float | None

    @property
    def cut_in(self) -> bool:
        """Whether the caller was not let finish."""
        return self.cut_in_s is not None

    @property
    def missed(self) -> bool:
        """Whether the end of the turn went unnoticed."""
        return self.end_delay_s is None


@dataclass(frozen=True, slots=True)
class OverBot:
    """What the line did about something that it heard while the bot spoke.

    Args:
        turn: What it was.
        silent_s: When the bot fell silent, from the beginning of it, if only to find out whether
            the caller wants the turn; None when it spoke on.
        stopped: Whether the bot gave up what it was saying.
        heard: The words that were then taken for a turn.
    """

    turn: LabelledTurn
    silent_s: float | None
    stopped: bool
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of how many.

    Args:
        hits: Those that are counted.
        of: All.
    """

    hits: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Where the share of all such turns probably lies (Wilson's score interval).

        Args:
            confidence: How probably.

        Returns:
            Lower and upper end; 0 and 1 for nothing.
        """
        if not self.of:
            return 0.0, 1.0
        z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
        middle = self.hits + z2 / 2
        spread = (z2 * (self.hits * (self.of - self.hits) / self.of + z2 / 4)) ** 0.5
        low, high = ((middle + side) / (self.of + z2) for side in (-spread, spread))
        return max(0.0, low), min(1.0, high)


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What a group of turns comes to.

    Args:
        kind: Of the turns; None for all.
        real: Whether people spoke; None for both.
        cut_ins: Turns that were taken to be over too early.
        talked_over: Turns in which the bot was heard too early.
        missed: Turns whose end went unnoticed.
        delays_s: Of the turns that were taken as a whole, from the last word to the end.
    """

    kind: Kind | None
    real: bool | None
    cut_ins: Ratio
    talked_over: Ratio
    missed: Ratio
    delays_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OverBotFigures:
    """What a group of sounds over the bot comes to.

    Args:
        title: What they are.
        real: Whether people made them; None for both.
        stopped: Those that made the bot give up what it was saying.
        paused: Those after which it went on from where it had fallen silent.
        wanted: Whether it should stop.
        reactions_s: From the beginning of those that stopped it to its silence.
    """

    title: str
    real: bool | None
    stopped: Ratio
    paused: Ratio
    wanted: bool
    reactions_s: tuple[float, ...]


def judge(
    turn: LabelledTurn, asked: Sequence[tuple[float, str]], spoke: Sequence[float]
) -> TurnTaken:
    """Judge how a turn was taken.

    Args:
        turn: The turn.
        asked: When it was taken to be over, in seconds from its first word, and what was heard.
        spoke: When the bot's sound began, in the same seconds.

    Returns:
        The judgement.
    """
    end_s = turn.speech_end_s
    early = [at for at, _ in asked if at < end_s - FADING_S]
    ends = [max(0.0, at - end_s) for at, _ in asked if -FADING_S <= at - end_s <= PATIENCE_S]
    return TurnTaken(
        turn=turn,
        heard=tuple(text for _, text in asked),
        cut_in_s=min(early, default=None),
        talked_over=any(at < end_s - FADING_S for at in spoke),
        end_delay_s=min(ends, default=None),
    )


def figures(taken: Iterable[TurnTaken], kind: Kind | None, real: bool | None) -> TurnFigures:
    """Sum turns up.

    Args:
        taken: Any turns.
        kind: Only those of this kind; None for all.
        real: Only those of people, or of synthetic voices; None for both.

    Returns:
        Their figures.
    """
    group = [
        each for each in taken if kind in (None, each.turn.kind) and real in (None, each.turn.real)
    ]
    return TurnFigures(
        kind,
        real,
        cut_ins=_ratio(group, lambda each: each.cut_in),
        talked_over=_ratio(group, lambda each: each.talked_over),
        missed=_ratio(group, lambda each: each.missed),
        delays_s=tuple(
            each.end_delay_s for each in group if each.end_delay_s is not None and not each.cut_in
        ),
    )


def over_bot_figures(
    title: str, heard: Sequence[OverBot], *, wanted: bool, real: bool | None = None
) -> OverBotFigures:
    """Sum up what was heard over the bot.

    Args:
        title: What it is.
        heard: All of it.
        wanted: Whether it should stop the bot.
        real: Only what people made, or synthetic voices; None for both.

    Returns:
        Its figures.
    """
    group = [each for each in heard if real in (None, each.turn.real)]
    return OverBotFigures(
        title,
        real,
        stopped=_ratio(group, lambda each: each.stopped),
        paused=_ratio(group, lambda each: not each.stopped and each.silent_s is not None),
        wanted=wanted,
        reactions_s=tuple(
            each.silent_s for each in group if each.stopped and each.silent_s is not None
        ),
    )


def percentiles(values: Sequence[float]) -> tuple[float, float] | None:
    """The middle and the 95th percentile; None of nothing."""
    if not values:
        return None
    p50, p95 = np.percentile(values, [50, 95])
    return float(p50), float(p95)


def _ratio(group: Sequence[T], counts: Callable[[T], bool]) -> Ratio:
    return Ratio(sum(map(counts, group)), len(group))
