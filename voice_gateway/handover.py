"""A call's way to a person: offered, waited for, bridged, and taken back when nobody comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

import structlog

from contact_center import events as domain
from contact_center.calls import Calls
from contact_center.database import Database, StorageError
from contact_center.handoff_packet import HANDOFF_REASONS, HandoffPacket, HandoffReason
from contact_center.handoffs import Handoff, WithdrawOutcome
from contact_center.opening_hours import OpeningHours
from contact_center.packet_builder import build_packet
from contact_center.routing.line import Line
from contact_center.routing.wait_estimate import Told, is_news, told
from contact_center.routing.waiting import Waiting
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Tickets, callback_promise
from voice_gateway import metrics
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.commands import OfferHandoff

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0
"""How often it is looked up where a waiting caller stands."""

Why = Literal["timed_out", "callback", "after_hours", "abandoned"]


class HandOver:
    """Hands one call over to people, as often as it takes.

    Args:
        call_id: The call.
        db: What remembers.
        queue_line: Where callers wait.
        bridge: Joins the caller and the agents.
        business: Whose hours and promises count.
        limit_s: Seconds after which the call gives up waiting.
        server: The name of this server.
        happen: Takes what the conversation is to know.
        publish: Tells others; never fails.
        now: The wall clock, aware.
    """

    def __init__(
        self,
        call_id: str,
        db: Database,
        queue_line: Line,
        bridge: Bridge,
        business: ContactCenterSettings,
        *,
        limit_s: float,
        happen: Callable[[ev.Event], None],
        publish: Callable[[domain.DomainEvent], Awaitable[None]],
        now: Callable[[], datetime],
        server: str = "",
    ) -> None:
        self._call_id = call_id
        self._db = db
        self._queue_line = queue_line
        self._bridge = bridge
        self._business = business
        self._limit_s = limit_s
        self._server = server
        self._happen = happen
        self._publish = publish
        self._now = now
        self._log = log.bind(call_id=call_id)
        self._handoff: Handoff | None = None
        self._waits_since = now()
        self._told: Told | None = None
        self._told_at = now()
        self._telling: asyncio.Task[None] | None = None
        self._broken = False

    # -- the wait ------------------------------------------------------------------------------

    async def offer(self, offer: OfferHandoff) -> None:
        """Store the packet and let the caller wait; after hours, promise a call-back at once.

        Args:
            offer: Why, and what the assistant gave.

        Raises:
            StorageError: It cannot be stored.
        """
        now = self._waits_since = self._now()
        packet = await build_packet(
            self._db,
            call_id=self._call_id,
            reason=_known_reason(offer.reason),
            details=offer.details,
            trigger_turn_id=offer.trigger_turn_id,
            state=None,
            wait_seconds=None,
            now=now,
            settings=self._business,
        )
        found = await self._queue_line.standing_of(self._about_to_wait(packet), now)
        first = told(found, packet.routing.priority, self._queue_line.rules)
        self._handoff = await self._queue_line.join(_with_wait(packet, first, self._limit_s))
        metrics.HANDOFFS.labels(packet.reason).inc()
        hours = OpeningHours(self._db, self._business)
        if not found.anybody_there and not await hours.is_open(now, "support"):
            await self.withdraw("after_hours")
            return
        await self._publish(
            domain.HandoffOffered(
                call_id=self._call_id,
                at=now,
                handoff_id=self._handoff.id,
                reason=packet.reason,
                priority=packet.routing.priority,
            )
        )
        self._tell(first, now)
        self._keep_telling()

    async def withdraw(self, why: Why) -> None:
        """Take the caller out of the line, and report the promise of a call-back.

        An agent who accepted a moment before has the call; then their `AgentAccepted` follows.

        Args:
            why: Why nobody is waited for any longer.

        Raises:
            StorageError: It cannot be stored.
        """
        self._stop_telling()
        handoff = self._handoff
        outcome: WithdrawOutcome = "timed_out" if why == "callback" else why
        if not handoff or not await self._queue_line.withdraw(handoff.id, outcome, self._now()):
            return
        promise = await self._promised(handoff, why)
        metrics.HANDOFFS_CLOSED.labels(why).inc()
        await self._publish(
            domain.HandoffClosed(
                call_id=self._call_id, at=self._now(), handoff_id=handoff.id, outcome=outcome
            )
        )
        self._happen(ev.HandoffUnavailable(promise))

    async def _promised(self, handoff: Handoff, why: Why) -> str:
        now = self._now()
        call = await Calls(self._db).get(self._call_id)
        ticket = await Tickets(self._db, self._business).open_callback(
            self._call_id,
            handoff.id,
            call.customer_id if call else None,
            call.caller_number if call else None,
            why,
            now,
        )
        return callback_promise(ticket, now, self._business.time_zone)

    def _about_to_wait(self, packet: HandoffPacket) -> Waiting:
        routing = packet.routing
        return Waiting(
            handoff_id=packet.handoff_id,
            call_id=self._call_id,
            since=packet.created_at,
            priority=routing.priority,
            queue=routing.queue,
            skills=frozenset(routing.skills),
            language=routing.language or self._queue_line.rules.language,
            preferred_agent=routing.preferred_agent,
            server=self._server,
        )

    # -- what the caller is told of it ---------------------------------------------------------

    def _tell(self, news: Told, now: datetime) -> None:
        self._told, self._told_at = news, now
        self._happen(ev.WaitEstimated(news.expected_s, news.position, news.callback))

    def _keep_telling(self) -> None:
        self._stop_telling()
        if self._handoff:
            self._telling = asyncio.create_task(self._tell_news(self._handoff))

    def _stop_telling(self) -> None:
        if self._telling:
            self._telling.cancel()
            self._telling = None

    async def _tell_news(self, handoff: Handoff) -> None:
        rules, priority = self._queue_line.rules, handoff.packet.routing.priority
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = self._now()
            try:
                found = await self._queue_line.standing(handoff.id, now)
            except Exception as error:  # the next look may succeed
                expected = isinstance(error, StorageError)
                self._log.warning(
                    "standing_not_known", error=str(error), exc_info=None if expected else error
                )
                continue
            if found is None:
                continue  # an agent is taking the call at this moment
            news = told(found, priority, rules)
            ago_s = (now - self._told_at).total_seconds()
            if self._told is None or is_news(self._told, news, ago_s, rules):
                self._tell(news, now)

    # -- an agent has the call -----------------------------------------------------------------

    def connect(self, agent_name: str, *, voice: bool) -> None:
        """Let an agent have the call.

        Args:
            agent_name: Who.
            voice: Whether caller and agent are to hear each other; when that cannot be,
                `AgentUnheard` is reported.
        """
        self._stop_telling()
        self._log.info("agent_connected", agent=agent_name, voice=voice)
        metrics.HANDOFFS_CLOSED.labels("accepted").inc()
        metrics.HANDOFF_WAIT.observe((self._now() - self._waits_since).total_seconds())
        if voice:
            joined = False
            with self._surviving():
                self._bridge.start()
                joined = self._bridge.join(agent_name, "agent")
            if not joined:
                self._happen(ev.AgentUnheard())

    def disconnect(self) -> None:
        """The agent does not have the call any more; whoever listens to it goes on listening."""
        with self._surviving():
            self._bridge.hold(False)
            for name, role in self._bridge.parties.items():
                if role in ("agent", "consulted"):
                    self._bridge.leave(name)
        self._waits_since = self._now()
        self._told = None
        self._keep_telling()

    def hear_caller(self, pcm: bytes) -> None:
        """Let whoever is bridged hear what the caller says.

        Args:
            pcm: 20 ms, as the line gives them.
        """
        if self._bridge.active and not self._broken:
            with self._surviving():
                self._bridge.hear_caller(pcm)

    def hold(self, on: bool) -> None:
        """Put a bridged caller on hold, or take them back.

        Args:
            on: Whether they are on hold.
        """
        with self._surviving():
            self._bridge.hold(on)

    def bot_speaks(self, on: bool) -> None:
        """Give the caller's ear to the bot, or to whoever is bridged.

        Args:
            on: Whether the bot has it.
        """
        with self._surviving():
            self._bridge.bot_speaks(on)

    async def close(self) -> None:
        """End what runs; what agents said last is reported before it returns."""
        self._stop_telling()
        with self._surviving():
            await self._bridge.stop()

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """A bridge that breaks costs the voices, not the call: agents may go on by typing."""
        try:
            yield
        except Exception:
            if not self._broken:
                self._log.exception("bridge_failed")
                self._broken = True
                self._happen(ev.AgentUnheard())


def _known_reason(reason: str) -> HandoffReason:
    """An assistant may be newer than this server; a hand-off never fails for its reason."""
    return next((known for known in HANDOFF_REASONS if known == reason), "requested")


def _with_wait(packet: HandoffPacket, first: Told, limit_s: float) -> HandoffPacket:
    """Note the wait that the caller is told, which is never longer than they are left waiting."""
    if first.expected_s is None:
        return packet
    told_s = {"wait_told_seconds": round(min(first.expected_s, limit_s))}
    return packet.model_copy(update={"routing": packet.routing.model_copy(update=told_s)})
