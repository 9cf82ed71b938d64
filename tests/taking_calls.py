"""Agents who take the calls that a test wants taken."""

from __future__ import annotations

from datetime import datetime

from contact_center.database import Database
from contact_center.handoffs import Handoffs
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities, Roster
from contact_center.routing.rules import RoutingRules


async def take(db: Database, handoff_id: str, agent_name: str, now: datetime) -> None:
    """Have an agent, signed in if need be, asked for a waiting caller and take them.

    Args:
        db: Where it is stored.
        handoff_id: The caller's hand-off.
        agent_name: The agent.
        now: The present instant.
    """
    routing = (await Handoffs(db).get(handoff_id)).packet.routing
    asked_for = Abilities(frozenset({routing.queue}), frozenset(routing.skills), capacity=100)
    await Roster(db).sign_in(agent_name, now, abilities=asked_for)
    line = Line(db, RoutingRules(lost_after_s=1e9))
    while (answer := await line.accept(handoff_id, agent_name, now)) != "accepted":
        offers = (await line.dispatch(now)).offers
        assert offers, answer
        for offer in offers:
            if (offer.handoff_id, offer.agent_name) != (handoff_id, agent_name):
                await line.decline(offer.handoff_id, offer.agent_name, now)
