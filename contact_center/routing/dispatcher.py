"""Decides in time: brings callers and agents together whenever something has changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog

from contact_center import events
from contact_center.database import StorageError
from contact_center.routing.line import Dispatched, Line
from contact_center.routing.roster import Roster
from contact_center.routing.stored import Released, UnknownAgent

log = structlog.get_logger(__name__)

EVERY_S = 2.0
"""A decision is made so often even if nothing is heard: events are news, not truth."""

# What may let somebody be asked; also an agent who has become free.
_REASONS = (
    events.HandoffOffered,
    events.HandoffReturned,
    events.HandoffAccepted,
    events.HandoffClosed,
    events.CallEnded,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Dispatcher:
    """Asks agents for callers, one decision at a time, and announces what was decided.

    One for each server; use it as an asynchronous context manager.

    Args:
        line: The callers who wait.
        roster: The agents.
        bus: Where decisions are announced, and what calls for them is heard.
        server: The name of this server, where there are several.
        clock: Gives the time, aware.
    """

    def __init__(
        self,
        line: Line,
        roster: Roster,
        bus: events.EventBus,
        *,
        server: str = "",
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._line = line
        self._roster = roster
        self._bus = bus
        self._clock = clock
        self._log = log.bind(server=server)
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        subscription = self._bus.subscribe()
        await subscription.ready()
        self._tasks = [
            asyncio.create_task(self._listen(subscription)),
            asyncio.create_task(self._decide_again_and_again()),
        ]
        self.soon()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def soon(self) -> None:
        """Ask for a decision at once, without waiting for it."""
        self._wake.set()

    async def _listen(self, subscription: events.Subscription) -> None:
        try:
            async for event in subscription:
                now_free = (
                    isinstance(event, events.AgentStateChanged) and event.state == "available"
                )
                if now_free or isinstance(event, _REASONS):
                    self.soon()
        finally:
            await subscription.aclose()

    async def _decide_again_and_again(self) -> None:
        wait_s = EVERY_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            self._wake.clear()
            wait_s = EVERY_S
            try:
                decided = await self._line.dispatch(self._clock())
                await self._announce(decided)
            except StorageError as error:
                self._log.error("decision_not_stored", error=str(error))
            except Exception:  # whoever waits must not wait for ever because of one mistake
                self._log.exception("decision_failed")
            else:
                wait_s = self._until(decided.look_again_at)

    def _until(self, look_again_at: datetime | None) -> float:
        if look_again_at is None:
            return EVERY_S
        return min(EVERY_S, max(0.0, (look_again_at - self._clock()).total_seconds()))

    async def _announce(self, decided: Dispatched) -> None:
        now = self._clock()
        for gone in decided.lost:
            await announce_released(self._bus, gone, now)
        for missed in decided.missed:
            await self._bus.publish(
                events.OfferEnded(
                    missed.call_id, now, missed.handoff_id, missed.agent_name, "timed_out"
                )
            )
        for offer in decided.offers:
            await self._bus.publish(
                events.AgentAsked(
                    offer.call_id,
                    now,
                    offer.handoff_id,
                    offer.agent_name,
                    max(0.0, (offer.until - now).total_seconds()),
                )
            )
        changed = dict.fromkeys(
            [missed.agent_name for missed in decided.missed]
            + list(decided.freed)
            + [offer.agent_name for offer in decided.offers]
        )
        for name in changed:
            # They may have answered by now: what they do is said as it is, not as it was decided.
            with contextlib.suppress(UnknownAgent):
                state = (await self._roster.get(name)).state
                await self._bus.publish(events.AgentStateChanged("", now, name, state))


async def announce_released(bus: events.EventBus, gone: Released, now: datetime) -> None:
    """Tell everyone what an agent who was signed out has left behind.

    Args:
        bus: Where it is told.
        gone: Who is gone, and what they left.
        now: The present instant.
    """
    for handoff_id in gone.offered:
        await bus.publish(
            events.OfferEnded(gone.calls[handoff_id], now, handoff_id, gone.agent_name, "withdrawn")
        )
    for handoff_id in gone.first_in_line:
        await bus.publish(
            events.HandoffReturned(gone.calls[handoff_id], now, handoff_id, gone.agent_name)
        )
    for handoff_id in gone.closed:
        await bus.publish(
            events.HandoffClosed(gone.calls[handoff_id], now, handoff_id, "not_resolved")
        )
    await bus.publish(events.AgentStateChanged("", now, gone.agent_name, "offline"))
