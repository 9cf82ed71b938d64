"""How long to wait between tries to sign in, so that passwords cannot be guessed.

Tries are counted by the name that is tried and by the address they come from; after a few that
failed, each further one has to wait twice as long, up to a minute. Only strangers wait for each
other: a browser in which somebody has signed in before is counted for itself, so that nobody can
keep others out by trying their names on and on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
FORGOTTEN_AFTER_S = 900.0
"""After so long without a failure, the count begins anew."""
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """By what a try is counted.

    Args:
        key: The name, address or browser.
        free: How many may fail before there is a wait.
    """

    key: str
    free: int


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: float


class SignInDelays:
    """Counts the tries. It lives in memory: each server counts for itself, a restart forgets.

    Args:
        remembered: How many names and addresses are kept in mind.
    """

    def __init__(self, *, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, counted: Sequence[Counted], now: float) -> float:
        """Count a try as failed, until it succeeds, unless it comes too early.

        Args:
            counted: By what.
            now: Monotonic seconds.

        Returns:
            0 when the password may be looked at; otherwise the seconds to wait.
        """
        wait_s = max((self._left_s(each, now) for each in counted), default=0.0)
        if wait_s > 0:
            # Being told to wait makes no wait longer.
            return wait_s
        for each in counted:
            failures = self._of(each, now)
            self._failures[each.key] = _Failures(failures.count + 1, now)
            self._failures.move_to_end(each.key)
        while len(self._failures) > self._remembered:
            self._failures.popitem(last=False)
        return 0.0

    def succeeded(self, counted: Sequence[Counted]) -> None:
        """Take back what was counted for a try, because it was right.

        Args:
            counted: By what.
        """
        for each in counted:
            if (failures := self._failures.get(each.key)) is not None:
                self._failures[each.key] = replace(failures, count=failures.count - 1)

    def _left_s(self, counted: Counted, now: float) -> float:
        failures = self._of(counted, now)
        over = failures.count - counted.free
        if over < 0:
            return 0.0
        wait_s = min(FIRST_WAIT_S * 2.0 ** min(over, 10), LONGEST_WAIT_S)
        return max(0.0, failures.last_at + wait_s - now)

    def _of(self, counted: Counted, now: float) -> _Failures:
        failures = self._failures.get(counted.key)
        if failures is None or now - failures.last_at >= FORGOTTEN_AFTER_S:
            return _Failures(0, now)
        return failures
