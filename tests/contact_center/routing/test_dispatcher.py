"""Decisions are made as soon as something has changed, and everyone hears of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from contact_center import events
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.events import InProcessEvents
from contact_center.routing import dispatcher as module
from contact_center.routing.dispatcher import Dispatcher
from contact_center.routing.rules import RoutingRules

from .conftest import Floor

E = TypeVar("E", bound=events.DomainEvent)


class Told:
    """What was announced so far."""

    def __init__(self, subscription: events.Subscription) -> None:
        self._subscription = subscription

    async def next(self, kind: type[E]) -> E:
        async with asyncio.timeout(30):
            async for event in self._subscription:
                if isinstance(event, kind):
                    return event
        raise AssertionError("the bus was closed")


@asynccontextmanager
async def deciding(floor: Floor) -> AsyncIterator[tuple[Dispatcher, InProcessEvents, Told]]:
    bus = InProcessEvents()
    told = Told(bus.subscribe())
    async with Dispatcher(floor.line, floor.roster, bus, clock=lambda: floor.now) as dispatcher:
        yield dispatcher, bus, told
    await bus.close()


@pytest.fixture
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the decisions that are made for safety's sake every few seconds."""
    monkeypatch.setattr(module, "EVERY_S", 3600.0)


@pytest.mark.usefixtures("only_when_told")
async def test_an_agent_is_asked_when_a_caller_begins_to_wait(floor: Floor) -> None:
    await floor.sign_in("Sam")
    async with deciding(floor) as (_, bus, told):
        handoff_id = await floor.join("c1")
        await bus.publish(events.HandoffOffered("c1", floor.now, handoff_id, "requested"))
        asked = await told.next(events.AgentAsked)
        changed = await told.next(events.AgentStateChanged)
    assert (asked.call_id, asked.handoff_id, asked.agent_name) == ("c1", handoff_id, "Sam")
    assert asked.offer_s == 20.0
    assert (changed.agent_name, changed.state) == ("Sam", "offered")


@pytest.mark.usefixtures("only_when_told")
@pytest.mark.parametrize("how", ["soon", "event"])
async def test_an_agent_is_asked_as_soon_as_they_are_free(floor: Floor, how: str) -> None:
    handoff_id = await floor.join("c1")
    async with deciding(floor) as (dispatcher, bus, told):
        await asyncio.sleep(0)
        await floor.sign_in("Sam")
        if how == "soon":
            dispatcher.soon()
        else:
            await bus.publish(events.AgentStateChanged("", floor.now, "Sam", "available"))
        assert (await told.next(events.AgentAsked)).handoff_id == handoff_id


async def test_what_nobody_announced_is_found_a_moment_later(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    async with deciding(floor) as (_, _bus, told):
        await floor.sign_in("Sam")
        await floor.join("c1")
        assert (await told.next(events.AgentAsked)).agent_name == "Sam"


async def test_an_offer_that_runs_out_goes_to_the_next_agent(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    floor = Floor(database, RoutingRules(lost_after_s=1e6))
    await floor.sign_in("Kim", "Sam")
    handoff_id = await floor.join("c1")
    async with deciding(floor) as (_, _bus, told):
        assert (await told.next(events.AgentAsked)).agent_name == "Kim"
        floor.later(20)
        ended = await told.next(events.OfferEnded)
        assert (ended.call_id, ended.handoff_id) == ("c1", handoff_id)
        assert (ended.agent_name, ended.outcome) == ("Kim", "timed_out")
        assert (await told.next(events.AgentAsked)).agent_name == "Sam"
        changed = [await told.next(events.AgentStateChanged) for _ in range(2)]
    assert [(change.agent_name, change.state) for change in changed] == [
        ("Kim", "break"),
        ("Sam", "offered"),
    ]


async def test_what_a_lost_agent_had_is_announced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    floor = Floor(database, RoutingRules(lost_after_s=15))
    await floor.sign_in("Sam")
    handoff_id = await floor.join("c1")
    await floor.dispatch()
    await floor.line.accept(handoff_id, "Sam", floor.now)
    async with deciding(floor) as (_, _bus, told):
        floor.later(16)
        returned = await told.next(events.HandoffReturned)
        changed = await told.next(events.AgentStateChanged)
    assert (returned.call_id, returned.handoff_id) == ("c1", handoff_id)
    assert (returned.agent_name, returned.queue) == ("Sam", None)
    assert (changed.agent_name, changed.state) == ("Sam", "offline")


async def test_whoever_is_signed_out_leaves_nothing_unsaid(floor: Floor) -> None:
    await floor.sign_in("Ada", "Kim", "Sam")
    lost, over, asked = [await floor.join(call_id) for call_id in ("c1", "c2", "c3")]
    await floor.dispatch()
    await floor.line.accept(lost, "Ada", floor.now)
    await floor.line.accept(over, "Kim", floor.now)
    await Calls(floor.db).end("c2", "caller_hung_up", floor.now)
    bus = InProcessEvents()
    told = Told(bus.subscribe())
    for name in ("Ada", "Kim", "Sam"):
        released = await floor.roster.sign_out(name, floor.now)
        await module.announce_released(bus, released, floor.now)
    assert (await told.next(events.HandoffReturned)).handoff_id == lost
    closed = await told.next(events.HandoffClosed)
    assert (closed.handoff_id, closed.call_id) == (over, "c2")
    ended = await told.next(events.OfferEnded)
    assert (ended.handoff_id, ended.outcome) == (asked, "withdrawn")
    await bus.close()


async def test_a_decision_that_fails_is_made_again(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    await floor.sign_in("Sam")
    await floor.join("c1")
    dispatch: Callable[..., object] = floor.line.dispatch
    failures = iter([RuntimeError("a mistake of ours")])

    async def failing_once(now: object) -> object:
        for failure in failures:
            raise failure
        return await dispatch(now)  # type: ignore[misc]

    monkeypatch.setattr(floor.line, "dispatch", failing_once)
    async with deciding(floor) as (_, _bus, told):
        asked = await told.next(events.AgentAsked)
    assert asked.at - floor.now < timedelta(seconds=1)
