"""Complaint deadlines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contact_center.complaints import ComplaintLevel, deadlines

from .conftest import NOW


@pytest.mark.parametrize(
    ("level", "respond", "resolve"),
    [
        (1, timedelta(minutes=15), timedelta(hours=2)),
        (2, timedelta(minutes=30), timedelta(hours=24)),
        (3, timedelta(hours=1), timedelta(hours=48)),
    ],
)
def test_each_level_has_its_deadlines(
    level: ComplaintLevel, respond: timedelta, resolve: timedelta
) -> None:
    owed = deadlines(level, NOW)
    assert owed.respond_by - NOW == respond
    assert owed.resolve_by - NOW == resolve
