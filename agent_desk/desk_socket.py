"""The server's side of the agents' desks: the handler of the WebSocket path `/v1/desk`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from agent_desk.desk_link import DeskLink, DeskOptions, close_reason
from agent_desk.desk_protocol import (
    GOING_AWAY,
    HELLO_TIMEOUT,
    REPLACED,
    TOO_MANY_ERRORS,
    UNAUTHORISED,
    Accept,
    Accepted,
    CallEnded,
    Close,
    Closed,
    Decline,
    DeskMessage,
    Error,
    Hello,
    Offered,
    ProtocolError,
    Say,
    ServerMessage,
    Snapshot,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
    parse_desk_message,
    serialise,
)
from agent_desk.plain_text import plain
from contact_center import events
from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database, StorageError
from contact_center.handoffs import Handoff, Handoffs, UnknownHandoff
from voice_gateway.conversation.events import (
    AgentAccepted,
    AgentClosed,
    AgentDeclined,
    AgentLost,
    AgentSaid,
)
from voice_gateway.registry import CallRegistry
from voice_gateway.tokens import TokenError, TokenVerifier

log = structlog.get_logger(__name__)

LOST_IN_WRAP_UP = "The desk was closed before the wrap-up."


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Conversation:
    """A hand-off in an agent's hands, until it is closed."""

    handoff_id: str
    call_id: str
    ended: bool = False


@dataclass(slots=True)
class _Agent:
    """One agent, over all the connections of their desk."""

    name: str
    link: DeskLink | None = None
    conversation: _Conversation | None = None
    leaving: asyncio.TimerHandle | None = None
    # One thing at a time: an old and a new connection may overlap.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Desk:
    """All the agents' desks of one server.

    Use it as an asynchronous context manager, and register `handle` for `desk_protocol.PATH`.

    Args:
        db: The contact centre's database.
        registry: The live calls of this process.
        bus: Where turns, hand-offs and ends of calls are announced.
        verifier: Checks the desks' tokens.
        options: How patient to be.
        clock: Gives the time, aware.
    """

    def __init__(
        self,
        db: Database,
        registry: CallRegistry,
        bus: events.EventBus,
        verifier: TokenVerifier,
        options: DeskOptions | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._calls = Calls(db)
        self._handoffs = Handoffs(db)
        self._registry = registry
        self._bus = bus
        self._verifier = verifier
        self._options = options or DeskOptions()
        self._clock = clock
        self._agents: dict[str, _Agent] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        subscription = self._bus.subscribe()
        await subscription.ready()
        self._start(self._follow(subscription))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for agent in self._agents.values():
            if agent.leaving is not None:
                agent.leaving.cancel()
            if agent.link is not None:
                agent.link.close(GOING_AWAY, "The server is stopping.")
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, connection: ServerConnection) -> None:
        """Serve one desk until its connection ends.

        Args:
            connection: A connection whose opening handshake is done.
        """
        link = DeskLink(connection, self._options)
        with suppress(ConnectionClosed):
            name = await self._welcome(link)
            if name is not None:
                await self._attend(name, link)

    # -- connections ---------------------------------------------------------------------------

    async def _welcome(self, link: DeskLink) -> str | None:
        """Find out who is there; None when the connection was refused."""
        try:
            async with asyncio.timeout(self._options.hello_timeout_s):
                data = await link.connection.recv()
        except TimeoutError:
            await link.connection.close(HELLO_TIMEOUT, "Say hello first.")
            return None
        try:
            message = parse_desk_message(data)
            if not isinstance(message, Hello):
                raise ProtocolError("hello_first", "The first message is `hello`.")
            claims = self._verifier.verify(message.token, "desk", self._clock())
            name = plain(claims.name, 60)
            if not name:
                raise ProtocolError("no_name", "The token does not say who the agent is.")
        except (ProtocolError, TokenError) as error:
            await link.connection.send(serialise(Error(code=error.code, message=str(error))))
            await link.connection.close(UNAUTHORISED, close_reason(str(error)))
            return None
        return name

    async def _attend(self, name: str, link: DeskLink) -> None:
        agent = self._agents.setdefault(name, _Agent(name))
        if agent.leaving is not None:
            agent.leaving.cancel()
            agent.leaving = None
        if agent.link is not None:
            agent.link.close(REPLACED, "This desk was opened somewhere else.")
        agent.link = link
        link.hold()
        writer = self._start(link.write())
        self._registry.agent_joined(name)
        log.info("desk_opened", agent=name)
        try:
            async with agent.lock:
                await self._greet(agent, link)
            await self._listen(agent, link)
        finally:
            writer.cancel()
            self._registry.agent_left(name)
            if agent.link is link:
                agent.link = None
                self._left(agent)
            log.info("desk_closed", agent=name)

    async def _greet(self, agent: _Agent, link: DeskLink) -> None:
        first = [await self._snapshot(agent, link)]
        if agent.conversation is not None:
            first += await self._told(agent.conversation, resumed=True)
        link.release(*first)

    async def _snapshot(self, agent: _Agent, link: DeskLink) -> ServerMessage:
        waiting = [
            handoff
            for handoff in await self._handoffs.waiting()
            if handoff.call_id in self._registry and not _declined(handoff, agent.name)
        ]
        link.shown = {handoff.id: handoff.call_id for handoff in waiting}
        return Snapshot(
            agent_name=agent.name,
            handoff_id=agent.conversation.handoff_id if agent.conversation else None,
            waiting=tuple(Waiting(**self._waiting(handoff)) for handoff in waiting),
        )

    async def _listen(self, agent: _Agent, link: DeskLink) -> None:
        async for data in link.connection:
            try:
                message = parse_desk_message(data)
            except ProtocolError as error:
                link.send(Error(code=error.code, message=error.message))
                if not link.forgives_mistake():
                    link.close(TOO_MANY_ERRORS, "Too many malformed messages.")
                continue
            async with agent.lock:
                if agent.link is link:
                    await self._obey(agent, link, message)

    def _left(self, agent: _Agent) -> None:
        if agent.conversation is None:
            self._agents.pop(agent.name, None)
            return
        agent.leaving = asyncio.get_running_loop().call_later(
            self._options.grace_s, lambda: self._start(self._lose(agent))
        )

    async def _lose(self, agent: _Agent) -> None:
        """The grace is over: somebody else shall go on with the caller."""
        async with agent.lock:
            conversation = agent.conversation
            if agent.link is not None or conversation is None:
                return
            agent.conversation = None
            self._agents.pop(agent.name, None)
            log.warning("agent_lost", agent=agent.name, call_id=conversation.call_id)
            # The call waits again before anyone can accept it again.
            if self._registry.deliver(conversation.call_id, AgentLost()):
                await self._offer_again(conversation, agent.name)
            else:
                await self._handoffs.close(
                    conversation.handoff_id, "not_resolved", LOST_IN_WRAP_UP, self._clock()
                )

    async def _offer_again(self, conversation: _Conversation, agent_name: str) -> None:
        now = self._clock()
        if await self._handoffs.offer_again(conversation.handoff_id, agent_name, now):
            packet = (await self._handoffs.get(conversation.handoff_id)).packet
            await self._bus.publish(
                events.HandoffOffered(
                    conversation.call_id,
                    now,
                    conversation.handoff_id,
                    packet.reason,
                    packet.routing.priority,
                )
            )

    # -- what agents ask for -------------------------------------------------------------------

    async def _obey(self, agent: _Agent, link: DeskLink, message: DeskMessage) -> None:
        try:
            match message:
                case Accept():
                    await self._accept(agent, link, message.handoff_id)
                case Decline():
                    await self._decline(agent, link, message.handoff_id)
                case Say():
                    self._say(agent, link, message.text)
                case Close():
                    await self._close(agent, link, message)
                case Hello():
                    link.send(Error(code="hello_again", message="This desk is open already."))
        except UnknownHandoff:
            link.send(Error(code="unknown_handoff", message="There is no such hand-off."))
        except StorageError as error:
            log.error("desk_storage_failed", agent=agent.name, error=str(error))
            link.send(Error(code="storage", message="It could not be stored; try again."))
        except Exception:  # a mistake of ours; the agent can try again on the same connection
            log.exception("desk_message_failed", agent=agent.name, type=message.type)
            link.send(Error(code="internal", message="That did not work here; try again."))

    async def _accept(self, agent: _Agent, link: DeskLink, handoff_id: str) -> None:
        if agent.conversation is not None:
            link.send(Error(code="busy", message="Close your conversation first."))
            return
        handoff = await self._handoffs.get(handoff_id)
        now = self._clock()
        if handoff.state == "offered" and handoff.call_id not in self._registry:
            link.send(Error(code="call_gone", message="That caller is no longer on the line."))
            self._withdraw(link, handoff_id, "call_gone")
            return
        if not await self._handoffs.accept(handoff_id, agent.name, now):
            link.shown.pop(handoff_id, None)
            link.send(Taken(handoff_id=handoff_id))
            return
        conversation = agent.conversation = _Conversation(handoff_id, handoff.call_id)
        link.shown.pop(handoff_id, None)
        link.hold()
        told: list[ServerMessage] = []
        try:
            # The caller's wait ends first; what the agent reads is there a moment later.
            conversation.ended = not self._registry.deliver(
                handoff.call_id, AgentAccepted(agent.name)
            )
            await self._bus.publish(
                events.HandoffAccepted(handoff.call_id, now, handoff_id, agent.name)
            )
            if not conversation.ended:
                await self._handoffs.connect(handoff_id, agent.name, now)
            told = await self._told(conversation)
        finally:
            link.release(*told)

    async def _told(
        self, conversation: _Conversation, *, resumed: bool = False
    ) -> list[ServerMessage]:
        handoff = await self._handoffs.get(conversation.handoff_id)
        turns = await self._calls.transcript(conversation.call_id)
        told: list[ServerMessage] = [
            Accepted(
                handoff_id=handoff.id,
                call_id=handoff.call_id,
                packet=handoff.packet,
                turns=tuple(_turn(record) for record in turns),
                resumed=resumed,
            )
        ]
        if conversation.ended:
            told.append(CallEnded(call_id=conversation.call_id, reason="caller_gone"))
        return told

    async def _decline(self, agent: _Agent, link: DeskLink, handoff_id: str) -> None:
        handoff = await self._handoffs.get(handoff_id)
        if await self._handoffs.decline(handoff_id, agent.name, self._clock()):
            self._registry.deliver(handoff.call_id, AgentDeclined())
            link.shown.pop(handoff_id, None)
            link.send(Withdrawn(handoff_id=handoff_id, outcome="declined"))
        else:
            link.send(Error(code="not_waiting", message="That hand-off does not wait any more."))

    def _say(self, agent: _Agent, link: DeskLink, text: str) -> None:
        conversation = agent.conversation
        if conversation is None:
            link.send(Error(code="not_on_call", message="You are not on a call."))
        elif conversation.ended or not self._registry.deliver(
            conversation.call_id, AgentSaid(text)
        ):
            link.send(Error(code="call_ended", message="The caller is gone; close the call."))

    async def _close(self, agent: _Agent, link: DeskLink, message: Close) -> None:
        conversation = agent.conversation
        if conversation is None:
            link.send(Error(code="not_on_call", message="You are not on a call."))
            return
        now = self._clock()
        handoff_id, outcome = conversation.handoff_id, str(message.disposition)
        if not await self._handoffs.close(handoff_id, message.disposition, message.notes, now):
            handoff = await self._handoffs.get(handoff_id)
            outcome = handoff.disposition or handoff.state
            link.send(Error(code="closed_before", message="It was closed already."))
        agent.conversation = None
        self._registry.deliver(conversation.call_id, AgentClosed(message.disposition))
        await self._bus.publish(
            events.HandoffClosed(conversation.call_id, now, handoff_id, outcome)
        )
        link.send(Closed(handoff_id=handoff_id, disposition=outcome))

    # -- what happens on the line --------------------------------------------------------------

    async def _follow(self, subscription: events.Subscription) -> None:
        try:
            async for event in subscription:
                try:
                    await self._tell(event)
                except StorageError as error:
                    log.error("desk_storage_failed", error=str(error))
                except Exception:  # the next event may be told again
                    log.exception("desk_event_failed", kind=type(event).__name__)
        finally:
            await subscription.aclose()

    async def _tell(self, event: events.DomainEvent) -> None:
        match event:
            case events.TurnRecorded():
                await self._tell_turn(event)
            case events.HandoffOffered():
                await self._tell_offer(event)
            case events.HandoffAccepted():
                for _, link in self._open_desks():
                    self._withdraw(link, event.handoff_id, "accepted")
            case events.HandoffClosed():
                for _, link in self._open_desks():
                    self._withdraw(link, event.handoff_id, event.outcome)
            case events.CallEnded():
                self._tell_end(event)

    async def _tell_turn(self, event: events.TurnRecorded) -> None:
        if self._with(event.call_id) is None:
            return
        turn = Turn(
            call_id=event.call_id,
            turn_id=event.turn_id,
            speaker=event.speaker,
            text=event.text,
            started_at=event.at,
            confidence=event.confidence,
        )
        if event.speaker == "caller":
            # The event has no words; without them the agent cannot see which were unsure.
            stored = await self._calls.transcript(event.call_id)
            turn = next((_turn(r) for r in reversed(stored) if r.turn_id == event.turn_id), turn)
        agent = self._with(event.call_id)
        if agent is not None and agent.link is not None:
            agent.link.send(turn)

    async def _tell_offer(self, event: events.HandoffOffered) -> None:
        if event.call_id not in self._registry:
            return
        handoff = await self._handoffs.get(event.handoff_id)
        if handoff.state != "offered":
            return
        for _, link in self._open_desks():
            link.shown[handoff.id] = handoff.call_id
            link.send(Offered(**self._waiting(handoff)))

    def _tell_end(self, event: events.CallEnded) -> None:
        for _, link in self._open_desks():
            gone = [shown for shown, call_id in link.shown.items() if call_id == event.call_id]
            for handoff_id in gone:
                self._withdraw(link, handoff_id, "abandoned")
        agent = self._with(event.call_id)
        if agent is not None and agent.conversation is not None:
            agent.conversation.ended = True
            if agent.link is not None:
                agent.link.send(CallEnded(call_id=event.call_id, reason=event.reason))

    def _withdraw(self, link: DeskLink, handoff_id: str, outcome: str) -> None:
        if link.shown.pop(handoff_id, None) is not None:
            link.send(Withdrawn(handoff_id=handoff_id, outcome=outcome))

    # -- small parts ---------------------------------------------------------------------------

    def _open_desks(self) -> list[tuple[_Agent, DeskLink]]:
        return [(agent, agent.link) for agent in self._agents.values() if agent.link is not None]

    def _with(self, call_id: str) -> _Agent | None:
        """Find the agent who has the call."""
        for agent in self._agents.values():
            if agent.conversation is not None and agent.conversation.call_id == call_id:
                return agent
        return None

    def _waiting(self, handoff: Handoff) -> dict[str, Any]:
        waited = (self._clock() - handoff.offered_at).total_seconds()
        return {
            "handoff_id": handoff.id,
            "call_id": handoff.call_id,
            "waiting_s": max(waited, 0.0),
            "packet": handoff.packet,
        }

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("desk_task_failed", exc_info=task.exception())


def _declined(handoff: Handoff, agent_name: str) -> bool:
    return any(
        step.state == "declined" and step.agent_name == agent_name for step in handoff.history
    )


def _turn(record: TurnRecord) -> Turn:
    return Turn(
        call_id=record.call_id,
        turn_id=record.turn_id,
        speaker=record.speaker,
        text=record.text,
        heard=record.heard,
        complete=record.complete,
        started_at=record.started_at,
        confidence=record.confidence,
        words=tuple(record.words or ()),
    )
