"""Events, within a process and among several."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from contact_center import events
from contact_center.events import (
    AgentAsked,
    AgentStateChanged,
    CallEnded,
    CallStarted,
    DomainEvent,
    EventBus,
    HandoffAccepted,
    HandoffClosed,
    HandoffOffered,
    HandoffReturned,
    InProcessEvents,
    OfferEnded,
    RedisEvents,
    Subscription,
    TurnRecorded,
    open_events,
)
from tests import services

from .conftest import NOW

ALL_EVENTS: list[DomainEvent] = [
    CallStarted("c1", NOW, caller_number="+15550100042", customer_id=1),
    TurnRecorded("c1", NOW, turn_id="t1", speaker="caller", text="où est ma lampe", confidence=0.9),
    HandoffOffered("c1", NOW, handoff_id="h1", reason="emotion", priority=2),
    AgentAsked("c1", NOW, handoff_id="h1", agent_name="Sam", offer_s=20.0),
    OfferEnded("c1", NOW, handoff_id="h1", agent_name="Sam", outcome="accepted"),
    HandoffAccepted("c1", NOW, handoff_id="h1", agent_name="Sam"),
    HandoffReturned("c1", NOW, handoff_id="h1", agent_name="Sam", queue="billing"),
    AgentStateChanged("", NOW, agent_name="Sam", state="wrap_up"),
    HandoffClosed("c1", NOW, handoff_id="h1", outcome="resolved"),
    CallEnded("c1", NOW, reason="completed"),
]


@pytest.fixture(params=["in process", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[EventBus]:
    redis_url = request.getfixturevalue("redis_server") if request.param == "redis" else None
    opened = open_events(redis_url)
    yield opened
    await opened.close()


async def listening(bus: EventBus) -> Subscription:
    subscription = bus.subscribe()
    await subscription.ready()
    return subscription


@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives_being_written_and_read(event: DomainEvent) -> None:
    assert DomainEvent.from_json(event.to_json()) == event


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"type": "Earthquake"}', '{"type": "CallEnded", "at": "yesterday"}', "null"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an event"):
        DomainEvent.from_json(text)


async def test_everyone_who_listens_is_told_in_order(bus: EventBus) -> None:
    listeners = [await listening(bus) for _ in range(2)]
    for event in ALL_EVENTS:
        await bus.publish(event)
    for listener in listeners:
        assert [await anext(listener) for _ in ALL_EVENTS] == ALL_EVENTS


async def test_who_stopped_listening_is_not_told(bus: EventBus) -> None:
    gone, here = await listening(bus), await listening(bus)
    await gone.aclose()
    await bus.publish(ALL_EVENTS[0])
    assert await anext(here) == ALL_EVENTS[0]
    assert [event async for event in gone] == []


async def test_closing_the_bus_ends_the_listening(bus: EventBus) -> None:
    listener = await listening(bus)
    await bus.close()
    assert [event async for event in listener] == []


async def test_a_slow_listener_loses_the_oldest_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "WAITING_LIMIT", 3)
    bus = InProcessEvents()
    listener = bus.subscribe()
    for event in ALL_EVENTS:
        await bus.publish(event)
    assert [await anext(listener) for _ in range(3)] == ALL_EVENTS[-3:]


async def test_two_servers_tell_each_other(redis_server: str) -> None:
    one, other = RedisEvents(redis_server), RedisEvents(redis_server)
    listener = await listening(one)
    await other.publish(ALL_EVENTS[0])
    assert await anext(listener) == ALL_EVENTS[0]
    await one.close()
    await other.close()


async def test_what_a_newer_server_says_is_passed_over(redis_server: str) -> None:
    bus = RedisEvents(redis_server)
    listener = await listening(bus)
    await bus._redis.publish(events.CHANNEL, '{"type": "Earthquake"}')
    await bus.publish(ALL_EVENTS[0])
    assert await anext(listener) == ALL_EVENTS[0]
    await bus.close()


async def test_without_redis_a_call_goes_on() -> None:
    bus = RedisEvents(f"redis://127.0.0.1:{services.free_port()}/0")
    await bus.publish(ALL_EVENTS[0])
    listener = bus.subscribe()
    await bus.close()
    assert [event async for event in listener] == []


async def test_listening_goes_on_when_redis_comes_back(redis_server: str) -> None:
    bus = RedisEvents(redis_server)
    listener = await listening(bus)
    await bus._redis.client_kill_filter(_type="pubsub")

    async def publish_until_heard() -> DomainEvent:
        async def publish() -> None:
            while True:
                await bus.publish(ALL_EVENTS[0])
                await asyncio.sleep(0.05)

        publishing = asyncio.create_task(publish())
        try:
            return await anext(listener)
        finally:
            publishing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await publishing

    assert await publish_until_heard() == ALL_EVENTS[0]
    await bus.close()
