"""The present, as the processes take it: the system's time, or one that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from warmline.settings import Settings


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """Make the clock that the settings name.

    Args:
        settings: With `now`, in the company's time zone unless it says otherwise.

    Returns:
        A function that tells the time, aware.

    Raises:
        ValueError: `now` is not ISO 8601.
    """
    if not settings.now:
        return lambda: datetime.now(UTC)
    fixed = datetime.fromisoformat(settings.now)
    if fixed.tzinfo is None:
        fixed = fixed.replace(tzinfo=settings.zone)
    return lambda: fixed
