"""How often a code may be asked for, and how long to wait between: numbers only, nothing stored.

Reaching a limit never locks an account: its password goes on working, a person can always help,
and every limit is over after a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contact_center.settings import ContactCenterSettings

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=10)
FREE_CALLS = 2
"""Codes of one caller or account that are not waited for: a call that is cut off is made again."""
FIRST_TRY_WAIT_S = 0.5
LONGEST_TRY_WAIT_S = 4.0

Verdict = Literal["allowed", "too_soon", "call", "caller", "account", "overall"]


@dataclass(frozen=True, slots=True)
class ResetLimits:
    """The limits.

    Args:
        per_call: Codes in one call.
        per_caller: Codes a caller's number may ask for in a day.
        per_account: Codes for one account in a day.
        overall: Codes for everybody together in an hour.
        tries: How often a code may be tried.
        first_wait: Between the first and the second code; doubled with each further one.
    """

    per_call: int = 3
    per_caller: int = 8
    per_account: int = 5
    overall: int = 300
    tries: int = 3
    first_wait: timedelta = timedelta(seconds=20)

    @classmethod
    def of(cls, settings: ContactCenterSettings) -> ResetLimits:
        """Take the limits from the settings.

        Args:
            settings: The company's settings.

        Returns:
            The limits.
        """
        return cls(
            per_call=settings.reset_codes_per_call,
            per_caller=settings.reset_codes_per_caller,
            per_account=settings.reset_codes_per_account,
            overall=settings.reset_codes_overall,
            first_wait=timedelta(seconds=settings.reset_first_wait_s),
        )


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """When codes were asked for before, decoys included.

    Args:
        call: In this call, oldest first.
        caller: From this caller's number in the last day; empty when it is withheld.
        account: For this account in the last day; empty when there is none.
        overall: How many by everybody in the last hour.
    """

    call: Sequence[datetime] = ()
    caller: Sequence[datetime] = ()
    account: Sequence[datetime] = ()
    overall: int = 0


def judge(history: CodeHistory, limits: ResetLimits, now: datetime) -> Verdict:
    """Decide whether one more code may be sent.

    What the call alone decides comes first: it may be told to the caller, because it is the same
    whether or not there is an account.

    Args:
        history: What was asked for before.
        limits: The limits.
        now: The present instant.

    Returns:
        "allowed", "too_soon" after the last code of this call, or whose limit is reached.
    """
    if len(history.call) >= limits.per_call:
        return "call"
    if not _waited(history.call, limits, now):
        return "too_soon"
    if history.overall >= limits.overall:
        return "overall"
    if len(history.caller) >= limits.per_caller or not _waited(
        history.caller, limits, now, free=FREE_CALLS
    ):
        return "caller"
    if len(history.account) >= limits.per_account or not _waited(
        history.account, limits, now, free=FREE_CALLS
    ):
        return "account"
    return "allowed"


def try_wait_s(wrong_before: int) -> float:
    """How much longer a try takes after wrong ones of the same caller.

    Args:
        wrong_before: How many there were in the last hour.

    Returns:
        Seconds, growing with every wrong try.
    """
    return min(FIRST_TRY_WAIT_S * ((1 << min(wrong_before, 16)) - 1), LONGEST_TRY_WAIT_S)


def _waited(
    times: Sequence[datetime], limits: ResetLimits, now: datetime, *, free: int = 0
) -> bool:
    counted = len(times) - free
    if counted <= 0:
        return True
    wait = min(limits.first_wait * (1 << min(counted - 1, 16)), LONGEST_WAIT)
    return now - max(times) >= wait
