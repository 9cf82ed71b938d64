"""The present, or one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from warmline.clock import clock_of
from warmline.settings import Settings


def test_it_runs_unless_it_is_told_to_stand_still() -> None:
    clock = clock_of(Settings(now=""))
    assert clock().tzinfo is not None
    assert clock() <= clock()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T15:00", datetime(2026, 3, 4, 20, 0, tzinfo=UTC)),
        ("2026-03-04T20:00+00:00", datetime(2026, 3, 4, 20, 0, tzinfo=UTC)),
    ],
)
def test_it_stands_still_where_the_company_is(now: str, expected: datetime) -> None:
    clock = clock_of(Settings(now=now, time_zone="America/New_York"))
    assert clock() == clock() == expected
