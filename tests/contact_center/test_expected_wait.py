"""What callers are told about their wait: from how it went lately, or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.expected_wait import Workload, estimate, expected_wait, workload
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet

from .conftest import NOW

QUICK = (10.0, 12.0, 14.0)
FIVE_MINUTES = (300.0, 300.0, 300.0)


def test_with_somebody_free_it_takes_as_long_as_it_usually_does() -> None:
    assert estimate(Workload(2, 1, 0, QUICK)) == 13.0


def test_with_nobody_free_it_takes_until_a_call_ends() -> None:
    assert estimate(Workload(2, 2, 0, QUICK, FIVE_MINUTES)) == 150.0
    assert estimate(Workload(2, 2, 1, QUICK, FIVE_MINUTES)) == 300.0


def test_callers_who_come_first_take_the_free_agents() -> None:
    assert estimate(Workload(2, 1, 1, QUICK, FIVE_MINUTES)) == 150.0


@pytest.mark.parametrize(
    "unknown",
    [
        Workload(0, 0, 0, QUICK, FIVE_MINUTES),
        Workload(2, 0, 0),
        Workload(2, 0, 0, QUICK[:2]),
        Workload(1, 1, 0, QUICK, FIVE_MINUTES[:2]),
    ],
    ids=["nobody_there", "nothing_known", "too_little_known", "no_call_ended_lately"],
)
def test_what_is_not_known_is_not_told(unknown: Workload) -> None:
    assert estimate(unknown) is None


SECONDS = st.lists(st.floats(0, 3600), min_size=3, max_size=20).map(tuple)


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 20), SECONDS, SECONDS)
def test_more_callers_ahead_never_make_it_shorter(
    agents: int, busy: int, ahead: int, answered: tuple[float, ...], handled: tuple[float, ...]
) -> None:
    busy = min(busy, agents)
    shorter = estimate(Workload(agents, busy, ahead, answered, handled))
    longer = estimate(Workload(agents, busy, ahead + 1, answered, handled))
    assert shorter is not None
    assert longer is not None
    assert 0 <= shorter <= longer


class Day:
    """Hand-offs as they come and go, one after the other."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.handoffs = Handoffs(db)
        self._calls = 0

    async def offered(self, at: datetime, *, level: int | None = None) -> str:
        self._calls += 1
        call_id = f"c{self._calls}"
        await Calls(self.db).start(call_id, None, "browser", at)
        packet = await build_packet(
            self.db,
            call_id=call_id,
            reason="requested",
            details={"complaint": {"level": level}} if level else {},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=at,
        )
        return (await self.handoffs.open(packet)).id

    async def accepted(self, at: datetime, after_s: float, agent: str = "Sam") -> str:
        handoff_id = await self.offered(at)
        await self.handoffs.accept(handoff_id, agent, at + timedelta(seconds=after_s))
        return handoff_id

    async def closed(self, at: datetime, after_s: float, lasted_s: float) -> None:
        handoff_id = await self.accepted(at, after_s)
        end = at + timedelta(seconds=after_s + lasted_s)
        await self.handoffs.close(handoff_id, "resolved", "", end)


async def test_the_workload_is_what_happened_lately(database: Database) -> None:
    day = Day(database)
    await day.closed(NOW - timedelta(hours=9), 500, 500)
    await day.closed(NOW - timedelta(minutes=30), 10, 300)
    await day.accepted(NOW - timedelta(minutes=5), 20)
    await day.accepted(NOW - timedelta(minutes=4), 30, "Kim")
    await day.offered(NOW)
    await day.offered(NOW, level=1)
    seen = await workload(database, {"Sam", "Ada"}, 3, NOW)
    assert seen == Workload(2, 1, 2, (10.0, 20.0, 30.0), (300.0,))
    urgent = await workload(database, {"Sam", "Ada"}, 1, NOW)
    assert urgent.ahead == 1


async def test_a_caller_is_told_when_it_is_known(database: Database) -> None:
    day = Day(database)
    assert await expected_wait(database, {"Sam"}, 3, NOW) is None
    for minutes, seconds in ((30, 10), (20, 12), (10, 14)):
        await day.closed(NOW - timedelta(minutes=minutes), seconds, 60)
    assert await expected_wait(database, {"Sam"}, 3, NOW) == 13.0
    assert await expected_wait(database, set(), 3, NOW) is None
