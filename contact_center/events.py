"""What happens on the line, told to whoever shows it.

Events are news, not truth: the database is stored first, and a listener that missed one reads it
there. So publishing never fails a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, Self

import redis.asyncio
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

OfferOutcome = Literal["declined", "timed_out", "accepted", "withdrawn"]

CHANNEL = "warmline:events"
WAITING_LIMIT = 1000
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened in a call.

    Args:
        call_id: The call.
        at: When, as aware UTC.
    """

    call_id: str
    at: datetime

    def to_json(self) -> str:
        """Write the event for other processes.

        Returns:
            A JSON object whose "type" names the event.
        """
        body = {**asdict(self), "at": self.at.isoformat()}
        return json.dumps({"type": type(self).__name__, **body})

    @staticmethod
    def from_json(text: str | bytes) -> DomainEvent:
        """Read an event that another process wrote.

        Args:
            text: The JSON object.

        Returns:
            The event, of its own class.

        Raises:
            ValueError: It is not an event of this version.
        """
        try:
            body: dict[str, Any] = json.loads(text)
            kind = _EVENTS[body.pop("type")]
            return kind(**{**body, "at": datetime.fromisoformat(body["at"])})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"not an event: {text!r:.200}") from error


@dataclass(frozen=True, slots=True)
class CallStarted(DomainEvent):
    """A call was answered."""

    caller_number: str | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class TurnRecorded(DomainEvent):
    """A turn was stored."""

    turn_id: str
    speaker: str
    text: str
    confidence: float | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class HandoffOffered(DomainEvent):
    """A call began to wait for an agent."""

    handoff_id: str
    reason: str
    priority: int = 3


@dataclass(frozen=True, slots=True)
class AgentAsked(DomainEvent):
    """An agent is asked to take a call, and has `offer_s` seconds to answer."""

    handoff_id: str
    agent_name: str
    offer_s: float


@dataclass(frozen=True, slots=True)
class OfferEnded(DomainEvent):
    """An agent is asked no longer: they answered, did not, or the caller left the line."""

    handoff_id: str
    agent_name: str
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True)
class HandoffReturned(DomainEvent):
    """A caller who was with an agent waits again: passed on to a `queue`, or the agent is lost."""

    handoff_id: str
    agent_name: str
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class HandoffAccepted(DomainEvent):
    """An agent took a call."""

    handoff_id: str
    agent_name: str


@dataclass(frozen=True, slots=True)
class HandoffClosed(DomainEvent):
    """A hand-off is over; `outcome` is its last state or the agent's disposition."""

    handoff_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class AgentStateChanged(DomainEvent):
    """An agent does something else now; it belongs to no call, so `call_id` is empty."""

    agent_name: str
    state: str


@dataclass(frozen=True, slots=True)
class CallEnded(DomainEvent):
    """A call is over."""

    reason: str


_EVENTS: dict[str, type[DomainEvent]] = {
    kind.__name__: kind
    for kind in (
        CallStarted,
        TurnRecorded,
        HandoffOffered,
        AgentAsked,
        OfferEnded,
        HandoffReturned,
        HandoffAccepted,
        HandoffClosed,
        AgentStateChanged,
        CallEnded,
    )
}


class Subscription(AsyncIterator[DomainEvent]):
    """The events from now on, one by one; what a slow listener leaves lying is dropped, oldest
    first.
    """

    def __init__(self) -> None:
        self._events: asyncio.Queue[DomainEvent | None] = asyncio.Queue(WAITING_LIMIT)
        self._ready = asyncio.Event()
        self._closed = False

    async def ready(self) -> None:
        """Wait until no later event can be missed."""
        await self._ready.wait()

    async def aclose(self) -> None:
        """Stop listening."""
        self._closed = True
        self._put(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> DomainEvent:
        event = await self._events.get()
        if event is None:
            raise StopAsyncIteration
        return event

    def _put(self, event: DomainEvent | None) -> None:
        if self._events.full():
            self._events.get_nowait()
            log.warning("slow_event_listener", dropped=1)
        self._events.put_nowait(event)


class EventBus(Protocol):
    """Where events are published and listened to."""

    async def publish(self, event: DomainEvent) -> None:
        """Tell everyone who listens.

        Args:
            event: What happened.
        """

    def subscribe(self) -> Subscription:
        """Listen from now on.

        Returns:
            The events, to be iterated over asynchronously, and closed when no longer wanted.
        """

    async def close(self) -> None:
        """End every subscription."""


class InProcessEvents:
    """Events within one server."""

    def __init__(self) -> None:
        self._listeners: list[Subscription] = []

    async def publish(self, event: DomainEvent) -> None:
        """Tell everyone who listens in this process.

        Args:
            event: What happened.
        """
        self._listeners = [listener for listener in self._listeners if not listener._closed]
        for listener in self._listeners:
            listener._put(event)

    def subscribe(self) -> Subscription:
        """Listen from now on.

        Returns:
            The events, ready at once.
        """
        listener = Subscription()
        listener._ready.set()
        self._listeners.append(listener)
        return listener

    async def close(self) -> None:
        """End every subscription."""
        for listener in self._listeners:
            await listener.aclose()
        self._listeners.clear()


class RedisEvents:
    """Events among several servers, through Redis.

    Args:
        url: Such as `redis://127.0.0.1:6379/0`.
    """

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(url)
        self._readers: dict[asyncio.Task[None], Subscription] = {}

    async def publish(self, event: DomainEvent) -> None:
        """Tell everyone who listens on any server; without Redis the event is logged and lost.

        Args:
            event: What happened.
        """
        try:
            await self._redis.publish(CHANNEL, event.to_json())
        except (RedisError, OSError) as error:
            log.warning("event_not_published", kind=type(event).__name__, error=str(error))

    def subscribe(self) -> Subscription:
        """Listen from now on; await the subscription's `ready()` to miss nothing.

        Returns:
            The events of every server.
        """
        listener = _RedisSubscription()
        listener.reader = asyncio.create_task(self._read(listener))
        self._readers[listener.reader] = listener
        listener.reader.add_done_callback(lambda task: self._readers.pop(task, None))
        return listener

    async def close(self) -> None:
        """End every subscription and the connection."""
        for listener in list(self._readers.values()):
            await listener.aclose()
        await self._redis.aclose()

    async def _read(self, listener: Subscription) -> None:
        pause = 0.1
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        pause = 0.1
                        if message["type"] == "subscribe":
                            listener._ready.set()
                        elif message["type"] == "message":
                            self._deliver(listener, message["data"])
            except (RedisError, OSError) as error:
                log.warning("events_interrupted", error=str(error), again_in_s=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    @staticmethod
    def _deliver(listener: Subscription, data: bytes) -> None:
        try:
            listener._put(DomainEvent.from_json(data))
        except ValueError as error:
            # A newer server may publish what this one does not know yet.
            log.warning("unknown_event", error=str(error))


class _RedisSubscription(Subscription):
    reader: asyncio.Task[None] | None = None

    async def aclose(self) -> None:
        if self.reader is not None:
            self.reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.reader
        await super().aclose()


def open_events(redis_url: str | None) -> InProcessEvents | RedisEvents:
    """Open the bus that the settings ask for.

    Args:
        redis_url: Where Redis is; None for one server alone.

    Returns:
        The bus.
    """
    return RedisEvents(redis_url) if redis_url else InProcessEvents()
