"""What is read from the form after a call."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_desk.pages.wrap_up_form import FormError, follow_up

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


def test_nothing_promised() -> None:
    assert follow_up("  ", "2026-03-05T10:00", ZONE, NOW) is None


def test_the_time_is_the_companys() -> None:
    promised = follow_up(" call again ", "2026-03-05T10:00", ZONE, NOW)
    assert promised is not None
    assert promised.what == "call again"
    assert promised.due.astimezone(UTC) == datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("due", ["", "tomorrow", "2026-03-04T14:59"])
def test_a_time_that_is_missing_or_past_is_refused(due: str) -> None:
    with pytest.raises(FormError):
        follow_up("call again", due, ZONE, NOW)
