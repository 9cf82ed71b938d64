"""All the agents of one server: their workplaces, and what happens on the line told to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import structlog

from agent_desk.desk_protocol import Turn, Waiting
from agent_desk.workplace import DeskError as DeskError
from agent_desk.workplace import House, Workplace, turn_of, waiting_of
from contact_center import events
from contact_center.calls import Calls
from contact_center.database import Database, StorageError
from contact_center.handoff_packet import HandoffPacket
from contact_center.handoffs import Handoffs, UnknownHandoff
from contact_center.routing.dispatcher import Dispatcher, announce_released
from contact_center.routing.line import Line
from contact_center.routing.roster import Abilities, Roster
from contact_center.routing.stored import UnknownAgent
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets
from contact_center.wrap_up import WrapUps
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.conversation.events import AgentLost
from voice_gateway.registry import CallRegistry

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """How patient the desk is.

    Args:
        grace_s: Seconds an agent whose last window is gone has to come back.
        seen_every_s: Seconds between two signs of life of the agents who are here; well below
            `RoutingRules.lost_after_s`.
    """

    grace_s: float = 5.0
    seen_every_s: float = 3.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """The agents' workplaces; to be used as an asynchronous context manager.

    What the agents are shown is what is stored: events only say when to look.

    Args:
        db: The contact centre's database.
        registry: The live calls of this process.
        bus: Where turns, hand-offs and ends of calls are announced.
        line: The callers who wait.
        roster: The agents.
        dispatcher: Decides who is asked.
        legs: The agents' voices.
        options: How patient to be.
        settings: The company's own facts.
        server: The name of this server, where there are several.
        clock: Gives the time, aware.
    """

    def __init__(
        self,
        db: Database,
        registry: CallRegistry,
        bus: events.EventBus,
        line: Line,
        roster: Roster,
        dispatcher: Dispatcher,
        legs: AgentLegs,
        options: DeskOptions | None = None,
        settings: ContactCenterSettings | None = None,
        *,
        server: str = "",
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._options = options or DeskOptions()
        self._server = server
        self._workplaces: dict[str, Workplace] = {}
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self._packets: dict[str, HandoffPacket] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._looking = asyncio.Lock()
        self._house = House(
            calls=Calls(db),
            handoffs=Handoffs(db),
            registry=registry,
            bus=bus,
            line=line,
            roster=roster,
            dispatcher=dispatcher,
            legs=legs,
            wrap_ups=WrapUps(db, settings),
            tickets=Tickets(db, settings),
            clock=clock,
            colleague=self._workplaces.get,
            soon=self._wake.set,
        )

    async def __aenter__(self) -> Self:
        house = self._house
        # Nobody has a desk at a server that is only starting.
        for gone in await house.roster.server_started(self._server, house.clock()):
            await announce_released(house.bus, gone, house.clock())
        subscription = house.bus.subscribe()
        await subscription.ready()
        self._start(self._follow(subscription))
        self._start(self._look_after_all())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for leaving in self._leaving.values():
            leaving.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def open(
        self, name: str, abilities: Abilities | None = None, *, ready: bool = True
    ) -> Workplace:
        """Let an agent work here; all their windows share one workplace.

        Whoever looks at it has to `watch` it within the grace.

        Args:
            name: The agent.
            abilities: What they can do; as it is stored when None. An agent speaks with one caller
                at a time, whatever their capacity for other work.
            ready: Whether calls may be offered at once, or only after the agent has come back from
                the break with which they begin.

        Returns:
            The workplace.

        Raises:
            StorageError: It could not be stored.
        """
        if abilities is not None:
            abilities = replace(abilities, capacity=1)
        house = self._house
        while True:
            workplace = self._workplaces.get(name)
            is_new = workplace is None
            if workplace is None:
                workplace = self._add(name)
            async with workplace.lock:
                if self._workplaces.get(name) is not workplace:
                    continue  # it was being given up at this moment
                if is_new:
                    await self._clear_away(name)
                await house.roster.sign_in(
                    name,
                    house.clock(),
                    abilities=abilities,
                    server=self._server,
                    ready=ready,
                )
                await workplace.announce()
                self._expect_nobody_to_leave(name)
                break
        try:
            await self._look_after()
        finally:
            # Whoever opens it can look at it only now.
            self._expect_somebody(workplace)
        return workplace

    async def _clear_away(self, name: str) -> None:
        """Give back what an agent had here when they were last given up and it was not stored."""
        house, now = self._house, self._house.clock()
        with suppress(UnknownAgent):
            agent = await house.roster.get(name)
            if agent.calls and agent.server == self._server:
                released = await house.roster.sign_out(name, now)
                for handoff_id in released.first_in_line:
                    house.registry.deliver(released.calls[handoff_id], AgentLost())
                await announce_released(house.bus, released, now)

    def _add(self, name: str) -> Workplace:
        def on_empty() -> None:
            self._expect_somebody(workplace)

        workplace = self._workplaces[name] = Workplace(self._house, name, on_empty)
        self._house.registry.agent_joined(name)
        log.info("desk_opened", agent=name)
        return workplace

    def _expect_somebody(self, workplace: Workplace) -> None:
        """Give the workplace up when nobody looks at it after the grace."""
        self._expect_nobody_to_leave(workplace.name)
        self._leaving[workplace.name] = asyncio.get_running_loop().call_later(
            self._options.grace_s, lambda: self._start(self._give_up(workplace))
        )

    def _expect_nobody_to_leave(self, name: str) -> None:
        if leaving := self._leaving.pop(name, None):
            leaving.cancel()

    async def _give_up(self, workplace: Workplace) -> None:
        async with workplace.lock:
            name = workplace.name
            if workplace.is_watched or self._workplaces.get(name) is not workplace:
                return
            del self._workplaces[name]
            self._house.registry.agent_left(name)
            log.info("desk_closed", agent=name)
            await workplace.lose()

    # -- what happens on the line --------------------------------------------------------------

    async def _follow(self, subscription: events.Subscription) -> None:
        try:
            async for event in subscription:
                try:
                    await self._take_in(event)
                except StorageError as error:
                    log.error("desk_storage_failed", error=str(error))
                except Exception:  # the next event may be told again
                    log.exception("desk_event_failed", kind=type(event).__name__)
        finally:
            await subscription.aclose()

    async def _take_in(self, event: events.DomainEvent) -> None:
        match event:
            case events.TurnRecorded():
                await self._tell_turn(event)
                return
            case events.CallStarted():
                return
            case events.CallEnded():
                for workplace in self._in_call(event.call_id):
                    self._start(workplace.call_over(event.call_id, event.reason))
            case events.OfferEnded(agent_name=name, handoff_id=handoff_id, outcome=outcome):
                if asked := self._workplaces.get(name):
                    asked.offer_over(handoff_id, outcome)
            case events.HandoffClosed(handoff_id=handoff_id, outcome=outcome):
                for workplace in self._workplaces.values():
                    workplace.offer_over(handoff_id, outcome)
            case events.HandoffReturned(handoff_id=handoff_id):
                self._packets.pop(handoff_id, None)
        self._wake.set()

    async def _tell_turn(self, event: events.TurnRecorded) -> None:
        if not self._in_call(event.call_id):
            return
        turn = Turn(
            call_id=event.call_id,
            turn_id=event.turn_id,
            speaker=event.speaker,
            text=event.text,
            started_at=event.at,
            confidence=event.confidence,
            agent_name=event.agent_name,
        )
        if event.speaker != "bot":
            # The event has no words; without them the agent cannot see which were unsure.
            stored = await self._house.calls.turn(event.call_id, event.turn_id)
            turn = turn_of(stored) if stored else turn
        for workplace in self._in_call(event.call_id):
            workplace.tell(turn)

    def _in_call(self, call_id: str) -> list[Workplace]:
        return [each for each in self._workplaces.values() if each.call_id() == call_id]

    # -- what the agents are shown -------------------------------------------------------------

    async def _look_after_all(self) -> None:
        loop = asyncio.get_running_loop()
        seen_at = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(seen_at + self._options.seen_every_s):
                    await self._wake.wait()
            self._wake.clear()
            try:
                if loop.time() >= seen_at + self._options.seen_every_s:
                    seen_at = loop.time()
                    await self._show_signs_of_life()
                await self._look_after()
            except StorageError as error:
                log.error("desk_storage_failed", error=str(error))
                await asyncio.sleep(0.2)
            except Exception:  # the next look may go well again
                log.exception("desk_look_failed")
                await asyncio.sleep(0.2)

    async def _show_signs_of_life(self) -> None:
        house = self._house
        for name in await house.roster.seen(list(self._workplaces), house.clock()):
            workplace = self._workplaces.get(name)
            # Whoever is being signed in or out at this moment is no news.
            if workplace is not None and not workplace.lock.locked():
                log.warning("agent_counted_as_lost", agent=name)
                await workplace.counted_as_lost()
                await self.open(name)

    async def _look_after(self) -> None:
        """Tell every agent what is stored of them and of those who wait."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        if not self._workplaces:
            self._packets.clear()
            return
        house = self._house
        before = {name: each.changes for name, each in self._workplaces.items()}
        staff = {agent.name: agent for agent in await house.roster.signed_in()}
        now = house.clock()
        line: list[tuple[str, Waiting, datetime]] = []
        for caller in await house.line.waiting():
            if caller.call_id not in house.registry:
                continue
            asked = self._workplaces.get(caller.offered_to or "")
            if asked is not None and asked.state.offer is None:
                # Who was asked before them is part of what they read.
                self._packets.pop(caller.handoff_id, None)
            packet = await self._packet(caller.handoff_id)
            if packet is not None:
                item = waiting_of(
                    caller.handoff_id,
                    caller.call_id,
                    packet,
                    caller.since,
                    caller.offered_to,
                    now,
                )
                line.append((caller.queue, item, caller.offered_until or now))
        here = {item.handoff_id for _, item, _ in line}
        self._packets = {key: value for key, value in self._packets.items() if key in here}
        for name, workplace in list(self._workplaces.items()):
            agent = staff.get(name)
            # What was read may be older than what happened there meanwhile; then it is read again.
            if agent is None or workplace.lock.locked() or before.get(name) != workplace.changes:
                continue
            mine = [
                (item, until)
                for queue, item, until in line
                if queue in agent.queues or item.offered_to == name
            ]
            until = next((until for item, until in mine if item.offered_to == name), now)
            workplace.bring_up_to_date(agent, [item for item, _ in mine], until)

    async def _packet(self, handoff_id: str) -> HandoffPacket | None:
        if handoff_id not in self._packets:
            with suppress(UnknownHandoff):
                self._packets[handoff_id] = (await self._house.handoffs.get(handoff_id)).packet
        return self._packets.get(handoff_id)

    # -- small parts ---------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("desk_task_failed", exc_info=task.exception())
