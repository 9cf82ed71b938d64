"""Figures of several rounds on two lines, and their ratios with spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal

import numpy as np

Samples = Mapping[str, Sequence[float]]
"""What one round on one line gave: any number of values under each name."""
Statistic = Literal["p50", "p95", "mean", "sum"]

_STATISTICS: Final[Mapping[Statistic, Callable[[Sequence[float]], float]]] = {
    "p50": lambda values: float(np.percentile(values, 50)),
    "p95": lambda values: float(np.percentile(values, 95)),
    "mean": fmean,
    "sum": sum,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table.

    Args:
        title: What it is, with its unit.
        sample: Of which values it is made.
        statistic: How.
        scale: What it is multiplied with.
        digits: How many decimals are shown.
        more_is_better: Whether a ratio above one speaks for us.
    """

    title: str
    sample: str
    statistic: Statistic
    scale: float = 1.0
    digits: int = 0
    more_is_better: bool = False

    def of(self, samples: Samples) -> float | None:
        """Calculate it.

        Args:
            samples: Of one round or of several together.

        Returns:
            The figure; None when there are no values for it.
        """
        values = samples.get(self.sample)
        return _STATISTICS[self.statistic](values) * self.scale if values else None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over theirs, round by round.

    Args:
        mean: Over the rounds.
        low: The smallest.
        high: The largest.
        rounds: How many rounds had one.
    """

    mean: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure on two lines.

    Args:
        figure: Which.
        ours: Over all rounds together; None without values.
        theirs: The same of theirs.
        ratio: None where no round has both figures, or theirs is zero.
    """

    figure: Figure
    ours: float | None
    theirs: float | None
    ratio: Ratio | None

    @property
    def ahead(self) -> bool | None:
        """Whether we are better, or as good as shown; None when one of the figures is missing."""
        if self.ours is None or self.theirs is None:
            return None
        ours, theirs = (round(value, self.figure.digits) for value in (self.ours, self.theirs))
        return ours >= theirs if self.figure.more_is_better else ours <= theirs


def together(rounds: Sequence[Samples]) -> dict[str, list[float]]:
    """Put the values of several rounds together.

    Args:
        rounds: What each gave.

    Returns:
        All values under each name.
    """
    names = dict.fromkeys(name for samples in rounds for name in samples)
    return {
        name: [value for samples in rounds for value in samples.get(name, ())] for name in names
    }


def compare(figure: Figure, ours: Sequence[Samples], theirs: Sequence[Samples]) -> Compared:
    """Compare a figure on two lines.

    Args:
        figure: Which.
        ours: Our rounds.
        theirs: Theirs; a round is compared with ours of the same number.

    Returns:
        The figures of all rounds together, and the ratios of the rounds.
    """
    pairs = [(figure.of(mine), figure.of(other)) for mine, other in zip(ours, theirs, strict=False)]
    quotients = [mine / other for mine, other in pairs if mine is not None and other]
    ratio = (
        Ratio(fmean(quotients), min(quotients), max(quotients), len(quotients))
        if quotients
        else None
    )
    return Compared(figure, figure.of(together(ours)), figure.of(together(theirs)), ratio)
