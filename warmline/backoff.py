"""How long to wait before a child that died is started again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double with each death in a row.

    Args:
        first: Seconds before the first restart.
        factor: By how much each wait is longer than the one before.
        longest: Seconds that no wait exceeds.
        settled_after: Seconds a child must have been ready for its earlier deaths to be forgotten.
    """

    first: float = 1.0
    factor: float = 2.0
    longest: float = 30.0
    settled_after: float = 60.0

    def deaths_in_a_row(self, before: int, ready_for: float) -> int:
        """Count a death.

        Args:
            before: Deaths in a row before this one.
            ready_for: Seconds for which the child had been ready when it died, 0 if it never was.

        Returns:
            Deaths in a row, with this one.
        """
        return 1 if ready_for >= self.settled_after else before + 1

    def wait(self, deaths: int) -> float:
        """Say how long to wait after so many deaths in a row.

        Args:
            deaths: At least 1.

        Returns:
            Seconds.
        """
        wait = self.first
        for _ in range(deaths - 1):
            wait *= self.factor
            if wait >= self.longest:
                break
        return min(wait, self.longest)
