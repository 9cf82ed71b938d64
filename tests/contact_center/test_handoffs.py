"""Hand-offs as they are stored."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket, StateChange
from contact_center.handoffs import Handoffs, UnknownHandoff
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER
from tests.taking_calls import take

from .conftest import NOW

MINUTE = timedelta(minutes=1)


async def packet(db: Database, *, now: datetime = NOW) -> HandoffPacket:
    await Calls(db).start("c1", DEMO_CUSTOMER.phone, "browser", now)
    return await build_packet(
        db,
        call_id="c1",
        reason="requested",
        details={},
        trigger_turn_id=None,
        state=None,
        wait_seconds=None,
        now=now,
    )


async def test_an_offered_packet_waits_with_its_history(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    offered = await packet(seeded)
    handoff = await handoffs.open(offered)
    assert handoff.state == "offered"
    assert handoff.offered_at == NOW
    assert handoff.packet.state_history == handoff.history
    assert handoff.packet.model_copy(update={"state_history": ()}) == offered
    assert await handoffs.open(offered) == handoff


async def test_it_is_connected_by_the_agent_who_took_it(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    assert not await handoffs.connect(handoff.id, "Sam", NOW), "nobody has it"
    await take(seeded, handoff.id, "Sam", NOW)
    assert await handoffs.connect(handoff.id, "Sam", NOW)
    connected = await handoffs.get(handoff.id)
    assert (connected.state, connected.agent_name) == ("accepted", "Sam")
    assert connected.history[-1] == StateChange(state="connected", at=NOW, agent_name="Sam")
    assert connected.packet.state_history == connected.history


async def test_the_latest_of_a_call_is_found(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    assert await handoffs.of_call("c1") is None
    await handoffs.open(await packet(seeded))
    later = await handoffs.open(await packet(seeded, now=NOW + MINUTE))
    assert await handoffs.of_call("c1") == later


async def test_an_unknown_hand_off_is_refused(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    assert not await handoffs.connect("h9", "Sam", NOW)
    with pytest.raises(UnknownHandoff):
        await handoffs.get("h9")
