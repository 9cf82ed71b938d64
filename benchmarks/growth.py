"""Whether a measured value grows: the slope of a line through its means, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

PARTS: Final = 6
SHORTEST_PART_S: Final = 60.0
# Of Student's t with two degrees of freedom less than there are parts, 97.5 %.
_T: Final = 2.776
_NEGLIGIBLE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Growth:
    """What a value does over time.

    Args:
        mean: Of the value.
        per_hour: By how much it rises, by least squares.
        low: The lower end of the 95 % confidence interval of that.
        high: The upper end.
    """

    mean: float
    per_hour: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """By how much it rises in an hour, as a share of its mean."""
        return self.per_hour / self.mean

    @property
    def none(self) -> bool:
        """Whether it does not grow: by less than a hundredth an hour, or not surely at all."""
        return self.share < _NEGLIGIBLE or self.low <= 0.0 <= self.high


def growth(at_s: Sequence[float], values: Sequence[float]) -> Growth | None:
    """Fit a line and say how sure its slope is.

    A value is much like the one before it, so that many of them tell little more than a few. So
    the time is cut into six parts, whose means know little of each other, and the line goes
    through the means. Where a value swings more slowly than that, the interval is too narrow, and
    growth is seen where there is none rather than overlooked.

    Args:
        at_s: When each value was measured, in seconds, rising.
        values: The values.

    Returns:
        The growth; None when a part would be shorter than a minute.
    """
    if not at_s or at_s[-1] - at_s[0] < PARTS * SHORTEST_PART_S:
        return None
    hours, measured = np.asarray(at_s) / 3600, np.asarray(values)
    edges = np.linspace(hours[0], hours[-1], PARTS + 1)
    part = np.searchsorted(edges[1:-1], hours, side="right")
    times = np.array([hours[part == number].mean() for number in range(PARTS)])
    means = np.array([measured[part == number].mean() for number in range(PARTS)])
    slope, start = np.polyfit(times, means, 1)
    residuals = means - (slope * times + start)
    spread = np.sum((times - times.mean()) ** 2)
    error = _T * np.sqrt(np.sum(residuals**2) / (PARTS - 2) / spread)
    return Growth(float(measured.mean()), float(slope), float(slope - error), float(slope + error))
