"""A floor: agents and callers on a real database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket, Routing
from contact_center.handoffs import Handoff, Handoffs
from contact_center.packet_builder import build_packet
from contact_center.routing.line import Dispatched, Line
from contact_center.routing.roster import Roster
from contact_center.routing.rules import RoutingRules

from ..conftest import NOW


class Floor:
    """Whatever a test needs of one database; `now` is moved by `later`."""

    def __init__(self, db: Database, rules: RoutingRules | None = None) -> None:
        self.db = db
        # How desks show that they are there is a test of its own.
        self.line = Line(db, rules or RoutingRules(lost_after_s=1e6))
        self.roster = Roster(db)
        self.handoffs = Handoffs(db)
        self.now = NOW

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    async def packet(self, call_id: str, server: str = "", **routing: Any) -> HandoffPacket:
        await Calls(self.db).start(call_id, None, "browser", self.now, server=server)
        packet = await build_packet(
            self.db,
            call_id=call_id,
            reason="requested",
            details={},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=self.now,
        )
        return packet.model_copy(
            update={"handoff_id": f"h-{call_id}", "routing": Routing(**routing)}
        )

    async def join(self, call_id: str, **routing: Any) -> str:
        return (await self.line.join(await self.packet(call_id, **routing))).id

    async def sign_in(self, *names: str) -> None:
        """Sign in agents, the first of them the longest idle."""
        for number, name in enumerate(names):
            idle_since = self.now - timedelta(seconds=len(names) - number)
            await self.roster.sign_in(name, idle_since)
            await self.roster.seen([name], self.now)

    async def dispatch(self) -> Dispatched:
        return await self.line.dispatch(self.now)

    async def asked(self) -> list[tuple[str, str]]:
        """Decide, and say who is newly asked for whom."""
        done = await self.dispatch()
        return [(offer.handoff_id, offer.agent_name) for offer in done.offers]

    async def state_of(self, name: str) -> str:
        return (await self.roster.get(name)).state

    async def history(self, handoff_id: str) -> list[tuple[str, str | None]]:
        handoff: Handoff = await self.handoffs.get(handoff_id)
        return [(step.state, step.agent_name) for step in handoff.packet.state_history]


@pytest.fixture
def floor(database: Database) -> Floor:
    """An empty floor on a database of each kind."""
    return Floor(database)
