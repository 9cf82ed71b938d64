"""Whether one more call can be taken, decided from how hard the server works.

No clock and no measuring here: time and load are arguments (`load_meter.py` measures).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf
from typing import Final


@dataclass(frozen=True, slots=True)
class Load:
    """How hard the server works, over the last few seconds; less is better, each at least 0.

    Args:
        loop: How late the event loop ran what was due, in seconds, in the worst tenth.
        hearing: How long recognition waited for a thread, in seconds, in the worst tenth.
        speaking: How long synthesis waited for a thread, in seconds, in the worst tenth.
        answers: How long an answer took beside the silence that ends the caller's turn, in
            seconds, on average.
        torn: The share of the line's own 20 ms frames before which the voice was torn.
    """

    loop: float = 0.0
    hearing: float = 0.0
    speaking: float = 0.0
    answers: float = 0.0
    torn: float = 0.0

    def strain(self, limits: Load) -> dict[str, float]:
        """Compare with limits.

        Args:
            limits: Each more than 0.

        Returns:
            Each measure as a share of its limit: 1 is as much as the server can take.
        """
        most = asdict(limits)
        return {name: value / most[name] for name, value in asdict(self).items()}


LIMITS: Final = Load(loop=0.05, hearing=0.1, speaking=0.15, answers=0.8, torn=0.002)
"""What callers do not notice yet: audio is sent 0.2 s ahead, and an answer is to come within a
second, a quarter of which is the silence that ends a turn."""
NO_LIMITS: Final = Load(inf, inf, inf, inf, inf)
"""Calls are counted, and nothing else."""

CALM: Final = 0.7
"""The share of each limit below which the server is at ease."""
CALM_S: Final = 3.0
BACK_OFF: Final = 0.9


class Admission:
    """Finds out how many calls the machine carries, and takes no more.

    Under strain nothing is taken, and nine tenths of the calls that were too many count as what
    the machine carries. After three calm seconds calls are taken again up to that number, which
    three calm seconds more raise by one. Between calm and strain all stays as it is. So those who
    were turned away and ring again do not all come back in one moment.

    Args:
        max_calls: No more than these are ever taken.
        limits: The load that is strain.
    """

    def __init__(self, max_calls: int, limits: Load = LIMITS) -> None:
        self.max_calls = max_calls
        self.carried = float(max_calls)
        """How many calls the machine carries, as far as is known."""
        self.strained_by: str | None = None
        """The measure for the sake of which no call is taken; None while calls are taken."""
        self._limits = limits
        self._calm_since: float | None = None

    def weigh(self, load: Load, calls: int, now: float) -> None:
        """Take a measurement into account.

        Args:
            load: The measurement.
            calls: How many calls were going on.
            now: In seconds, of a clock that never goes back.
        """
        strain = load.strain(self._limits)
        worst = max(strain, key=strain.__getitem__)
        if strain[worst] >= 1:
            self.strained_by = worst
            if calls:  # otherwise it is not calls that strain the machine
                self.carried = min(self.carried, max(1.0, BACK_OFF * calls))
        if strain[worst] > CALM:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= CALM_S:
            self._calm_since = now
            if self.strained_by is not None:
                self.strained_by = None
            else:
                self.carried = min(self.max_calls, self.carried + 1)

    def why_not(self, calls: int) -> str | None:
        """Say whether one more call can be taken.

        Args:
            calls: How many are going on.

        Returns:
            What speaks against it: `max_calls`, `carried` or a measure of `Load`; None when it can
            be taken. A server without calls takes one, whatever keeps its machine busy.
        """
        if calls >= self.max_calls:
            return "max_calls"
        if calls == 0:
            return None
        if self.strained_by is not None:
            return self.strained_by
        return "carried" if calls >= self.carried else None
