"""Hand-offs: offered to all, taken by one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs, UnknownHandoff, WithdrawOutcome
from contact_center.packet_builder import build_packet
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP

from .conftest import NOW

MINUTE = timedelta(minutes=1)


async def packet(
    db: Database,
    call_id: str = "c1",
    *,
    number: str = DEMO_CUSTOMER.phone,
    level: int | None = None,
    now: datetime = NOW,
) -> HandoffPacket:
    await Calls(db).start(call_id, number, "browser", now)
    return await build_packet(
        db,
        call_id=call_id,
        reason="requested",
        details={"complaint": {"level": level}} if level else {},
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
    assert await handoffs.waiting() == [handoff]
    assert await handoffs.open(offered) == handoff


async def test_safety_comes_first_then_vips_then_who_waits_longest(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    for packet_of in (
        await packet(seeded, "second", now=NOW + MINUTE),
        await packet(seeded, "first", now=NOW),
        await packet(seeded, "vip", number=DEMO_VIP.phone, now=NOW + 2 * MINUTE),
        await packet(seeded, "safety", level=1, now=NOW + 3 * MINUTE),
        await packet(seeded, "delay", level=2, now=NOW + 4 * MINUTE),
    ):
        await handoffs.open(packet_of)
    waiting = [handoff.call_id for handoff in await handoffs.waiting()]
    assert waiting == ["safety", "vip", "first", "second", "delay"]


async def test_of_many_agents_exactly_one_wins(seeded: Database) -> None:
    handoff = await Handoffs(seeded).open(await packet(seeded))
    agents = [f"agent {number}" for number in range(12)]
    won = await asyncio.gather(
        *(Handoffs(seeded).accept(handoff.id, agent, NOW) for agent in agents)
    )
    assert sum(won) == 1
    taken = await Handoffs(seeded).get(handoff.id)
    assert taken.agent_name == agents[won.index(True)]
    assert [change.state for change in taken.history] == ["offered", "accepted"]
    assert await Handoffs(seeded).waiting() == []


async def test_accepting_and_withdrawing_cannot_both_happen(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    accepted, withdrawn = await asyncio.gather(
        handoffs.accept(handoff.id, "Sam", NOW), handoffs.withdraw(handoff.id, "timed_out", NOW)
    )
    assert accepted != withdrawn


async def test_who_declines_leaves_it_to_the_others(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    assert await handoffs.decline(handoff.id, "Sam", NOW + MINUTE)
    (waiting,) = await handoffs.waiting()
    assert [(change.state, change.agent_name) for change in waiting.history] == [
        ("offered", None),
        ("declined", "Sam"),
    ]
    assert await handoffs.accept(handoff.id, "Kim", NOW + MINUTE)
    assert not await handoffs.decline(handoff.id, "Sam", NOW + MINUTE)


async def test_it_is_connected_and_closed_by_its_agent(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    assert not await handoffs.close(handoff.id, "resolved", "", NOW)
    assert await handoffs.accept(handoff.id, "Sam", NOW)
    assert await handoffs.connect(handoff.id, "Sam", NOW)
    assert await handoffs.close(handoff.id, "resolved", "Sent again by express.", NOW + MINUTE)
    closed = await handoffs.get(handoff.id)
    assert (closed.state, closed.disposition, closed.notes, closed.agent_name) == (
        "closed",
        "resolved",
        "Sent again by express.",
        "Sam",
    )
    assert [change.state for change in closed.packet.state_history] == [
        "offered",
        "accepted",
        "connected",
        "closed",
    ]
    assert not await handoffs.close(handoff.id, "again", "", NOW)


@pytest.mark.parametrize("outcome", ["timed_out", "abandoned", "after_hours"])
async def test_what_is_withdrawn_can_no_longer_be_taken(
    seeded: Database, outcome: WithdrawOutcome
) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    assert await handoffs.withdraw(handoff.id, outcome, NOW)
    assert not await handoffs.accept(handoff.id, "Sam", NOW)
    assert (await handoffs.get(handoff.id)).state == outcome
    assert await handoffs.waiting() == []


async def test_a_lost_agents_hand_off_is_offered_again(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    handoff = await handoffs.open(await packet(seeded))
    await handoffs.accept(handoff.id, "Sam", NOW)
    assert not await handoffs.offer_again(handoff.id, "Kim", NOW + MINUTE)
    assert await handoffs.offer_again(handoff.id, "Sam", NOW + MINUTE)
    (waiting,) = await handoffs.waiting()
    assert waiting.agent_name is None
    assert await handoffs.accept(handoff.id, "Kim", NOW + MINUTE)


async def test_an_unknown_hand_off_is_refused(seeded: Database) -> None:
    handoffs = Handoffs(seeded)
    assert not await handoffs.accept("h9", "Sam", NOW)
    with pytest.raises(UnknownHandoff):
        await handoffs.get("h9")
