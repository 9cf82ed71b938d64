"""One agent at work: what they are asked, the conversation they have, and what they do with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog

from agent_desk.desk_protocol import (
    MAX_NOTES,
    MAX_TEXT,
    Accepted,
    CallEnded,
    Closed,
    Conversation,
    NotesKept,
    Offered,
    Place,
    Queue,
    Released,
    ServerMessage,
    Snapshot,
    Status,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
)
from agent_desk.desk_state import DeskState
from agent_desk.plain_text import plain, plain_lines
from contact_center import events
from contact_center.calls import Calls, TurnRecord
from contact_center.database import StorageError
from contact_center.handoff_packet import HandoffPacket, HandoffState, StateChange
from contact_center.handoffs import Handoffs, UnknownHandoff
from contact_center.routing.agents import Agent, IllegalTransition
from contact_center.routing.dispatcher import Dispatcher, announce_released
from contact_center.routing.line import AcceptAnswer, Line
from contact_center.routing.roster import Roster
from contact_center.routing.stored import UnknownAgent
from contact_center.tickets import Tickets
from contact_center.wrap_up import WrapUp, WrapUps
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.conversation import events as ev
from voice_gateway.registry import CallRegistry

log = structlog.get_logger(__name__)

Listener = Callable[[ServerMessage], None]


class DeskError(RuntimeError):
    """What the agent asked for was not done.

    Args:
        code: One word for programs.
        message: One sentence for the agent.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class House:
    """What all workplaces of a server share.

    Args:
        calls: The record of calls.
        handoffs: The stored hand-offs.
        registry: The live calls of this server.
        bus: Where everybody is told.
        line: The callers who wait.
        roster: The agents.
        dispatcher: Decides who is asked.
        legs: The agents' voices.
        wrap_ups: What agents write after calls.
        tickets: What is owed to callers.
        clock: Gives the time, aware.
        colleague: Finds another agent of this server.
        soon: Has all workplaces looked after.
    """

    calls: Calls
    handoffs: Handoffs
    registry: CallRegistry
    bus: events.EventBus
    line: Line
    roster: Roster
    dispatcher: Dispatcher
    legs: AgentLegs
    wrap_ups: WrapUps
    tickets: Tickets
    clock: Callable[[], datetime]
    colleague: Callable[[str], Workplace | None]
    soon: Callable[[], None]


@dataclass(slots=True)
class _Talk:
    """A conversation; `advises` when it is the colleague's, and this agent only gives advice."""

    handoff_id: str
    call_id: str
    ended: bool = False
    on_hold: bool = False
    muted: bool = False
    three_way: bool = False
    colleague: Workplace | None = None
    advises: bool = False


class Workplace:
    """An agent's place, whichever windows look at it; made by `Desk.open`.

    All that an agent may do raises `DeskError` when it cannot be done.

    Args:
        house: What it works with.
        name: The agent.
        on_empty: Called when the last window is gone.
    """

    def __init__(self, house: House, name: str, on_empty: Callable[[], None]) -> None:
        self.name = name
        self.state = DeskState()
        self.lock = asyncio.Lock()
        self.changes = 0
        """Rises with whatever happens here; what was read before is not up to date any more."""
        self._house = house
        self._on_empty = on_empty
        self._listeners: list[Listener] = []
        self._talk: _Talk | None = None
        self._held_back: list[ServerMessage] | None = None
        self.tell(Snapshot(agent_name=name))

    # -- windows -------------------------------------------------------------------------------

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Look at the workplace.

        Args:
            listener: Told each message, when `state` has it applied; must return at once.

        Returns:
            A function that ends it.
        """
        self._listeners.append(listener)
        return lambda: self.leave(listener)

    def leave(self, listener: Listener) -> None:
        """Look at it no longer; when nobody does, the agent is soon taken for lost.

        Args:
            listener: As given to `watch`; one that does not watch is no error.
        """
        if listener in self._listeners:
            self._listeners.remove(listener)
            if not self._listeners:
                self._on_empty()

    @property
    def is_watched(self) -> bool:
        """Whether a window looks at it."""
        return bool(self._listeners)

    def tell(self, message: ServerMessage) -> None:
        """Bring the state up to date, and every window with it.

        Args:
            message: What there is to tell.
        """
        if self._held_back is not None:
            self._held_back.append(message)
            return
        self.state.apply(message)
        for listener in tuple(self._listeners):
            try:
                listener(message)
            except Exception:  # a broken window must not hold up the others
                log.exception("desk_window_failed", agent=self.name)

    # -- offers --------------------------------------------------------------------------------

    async def accept(self, handoff_id: str) -> AcceptAnswer:
        """Take the caller one is asked to take.

        Args:
            handoff_id: Their hand-off.

        Returns:
            "accepted", or why this agent does not get them.
        """
        async with self._acting():
            talk = self._talk
            if talk is not None and talk.handoff_id == handoff_id and not talk.advises:
                return "accepted"  # clicked twice, or in two windows
            if talk is not None:
                raise DeskError("busy", "Close your conversation first.")
            now = self._house.clock()
            call_id, packet = await self._offered(handoff_id)
            answer = await self._house.line.accept(handoff_id, self.name, now)
            if answer == "accepted":
                await self._begin(
                    Accepted(handoff_id=handoff_id, call_id=call_id, packet=packet), now
                )
            else:
                self.tell(Taken(handoff_id=handoff_id, why=answer))
            await self.announce()
            if answer == "accepted":
                with suppress(StorageError):
                    await self._house.tickets.take_over(handoff_id, self.name, now)
            return answer

    async def _begin(self, known: Accepted, now: datetime) -> None:
        house, call_id, handoff_id = self._house, known.call_id, known.handoff_id
        talk = self._talk = _Talk(handoff_id, call_id)
        with self._telling_first() as told:
            # The caller's wait ends first; what the agent reads is there a moment later.
            voice = house.legs.get(self.name) is not None
            talk.ended = not house.registry.deliver(
                call_id, ev.AgentAccepted(self.name, voice=voice)
            )
            try:
                turns = await house.calls.transcript(call_id)
            except StorageError as error:
                # They have the call; what the packet says of it has to do.
                log.error("desk_storage_failed", agent=self.name, error=str(error))
                turns = []
            told.append(
                known.model_copy(
                    update={
                        "packet": _taken(known.packet, self.name, now, connected=not talk.ended),
                        "turns": tuple(turn_of(record) for record in turns),
                    }
                )
            )
        if talk.ended:
            await self._is_over(talk, "caller_gone")
        else:
            with suppress(StorageError):
                await house.handoffs.connect(handoff_id, self.name, now)
        await house.bus.publish(events.OfferEnded(call_id, now, handoff_id, self.name, "accepted"))
        await house.bus.publish(events.HandoffAccepted(call_id, now, handoff_id, self.name))

    async def _offered(self, handoff_id: str) -> tuple[str, HandoffPacket]:
        offer = self.state.offer
        if offer is not None and offer.handoff_id == handoff_id:
            return offer.call_id, offer.packet
        handoff = await self._house.handoffs.get(handoff_id)
        return handoff.call_id, handoff.packet

    @contextmanager
    def _telling_first(self) -> Iterator[list[ServerMessage]]:
        """Keep back what happens while something older is being read, which is told first."""
        first: list[ServerMessage] = []
        self._held_back = []
        try:
            yield first
        finally:
            held, self._held_back = self._held_back, None
            for message in (*first, *held):
                self.tell(message)

    async def decline(self, handoff_id: str) -> bool:
        """Leave a caller to others.

        Args:
            handoff_id: Their hand-off.

        Returns:
            False when this agent was not being asked for them any more.
        """
        async with self._acting():
            now = self._house.clock()
            call_id, _ = await self._offered(handoff_id)
            if not await self._house.line.decline(handoff_id, self.name, now):
                return False
            self._house.registry.deliver(call_id, ev.AgentDeclined())
            self.tell(Withdrawn(handoff_id=handoff_id, outcome="declined"))
            await self._house.bus.publish(
                events.OfferEnded(call_id, now, handoff_id, self.name, "declined")
            )
            await self.announce()
            return True

    # -- the conversation ----------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Have a line spoken to the caller.

        Args:
            text: At most `MAX_TEXT` characters.
        """
        text = plain(text)
        if not text:
            raise DeskError("nothing_to_say", "There is nothing to say.")
        if len(text) > MAX_TEXT:
            raise DeskError("too_long", f"At most {MAX_TEXT} characters can be spoken at once.")
        async with self._acting():
            self._deliver(self._own_talk(), ev.AgentSaid(text, self.name))

    async def hold(self, on: bool) -> None:
        """Let the caller hear music, or take them back.

        Args:
            on: Whether they are on hold.
        """
        async with self._acting():
            talk = self._own_talk()
            if talk.colleague is not None and not talk.three_way:
                raise DeskError("consulting", "The caller waits until you are back from asking.")
            self._hold(talk, on)
            self._show(talk)

    async def mute(self, on: bool) -> None:
        """Be heard by nobody, or be heard again.

        Args:
            on: Whether the agent is muted.
        """
        async with self._acting():
            talk = self._own_talk(advising=True)
            self._bridge(talk).mute(self.name, on)
            talk.muted = on
            self._show(talk)

    async def consult(self, agent_name: str) -> None:
        """Ask a colleague who is free, while the caller hears music.

        Args:
            agent_name: The colleague.
        """
        async with self._acting():
            talk = self._own_talk()
            if talk.colleague is not None:
                raise DeskError("consulting", f"{talk.colleague.name} is with you already.")
            bridge = self._bridge(talk)
            other = self._house.colleague(agent_name)
            if other is None or other is self:
                raise DeskError("not_free", f"{agent_name} is not here.")
            if self._house.legs.get(other.name) is None:
                raise DeskError("no_voice", f"{other.name} has no microphone connected.")
            try:
                await self._house.roster.advise(other.name, self._house.clock())
            except IllegalTransition as error:
                raise DeskError("not_free", f"{other.name} is not free just now.") from error
            self._hold(talk, True)
            if self._house.colleague(other.name) is not other or not bridge.join(
                other.name, "consulted"
            ):
                self._hold(talk, False)
                await other.let_go(None)
                raise DeskError("no_voice", f"{other.name} cannot be reached.")
            talk.colleague = other
            self._show(talk)
            await other._advise(self, talk)

    async def _advise(self, asking: Workplace, theirs: _Talk) -> None:
        self.changes += 1
        talk = self._talk = _Talk(theirs.handoff_id, theirs.call_id, colleague=asking, advises=True)
        with self._telling_first() as told:
            told.append(await self._all_about(talk))
        self._show(talk)
        await self.announce()

    async def end_consult(self, join: bool) -> None:
        """Go back to the caller.

        Args:
            join: Whether the colleague comes along; otherwise they leave, also a talk of three.
        """
        async with self._acting():
            talk = self._own_talk(advising=True)
            other = talk.colleague
            if other is None:
                raise DeskError("not_consulting", "You are asking nobody.")
            if talk.advises:
                if join:
                    raise DeskError("not_yours", f"Only {other.name} can ask you to join.")
                await self._leave_advice(talk, other)
            elif join:
                self._bridge(talk).set_role(other.name, "agent")
                self._hold(talk, False)
                talk.three_way = True
                self._show(talk)
                other._joined()
            else:
                await self._send_off(talk)

    def _joined(self) -> None:
        if self._talk is not None:
            self._talk.three_way = True
            self._show(self._talk)

    async def _leave_advice(self, talk: _Talk, asking: Workplace) -> None:
        """This agent, who gave advice, goes."""
        theirs = asking._talk
        if theirs is not None and theirs.colleague is self:
            await asking._send_off(theirs)
        else:
            await self.let_go(talk.handoff_id)

    async def _send_off(self, talk: _Talk) -> None:
        """The colleague, who gave advice, goes."""
        other, talk.colleague = talk.colleague, None
        if other is None:
            return
        if bridge := self._house.registry.bridge(talk.call_id):
            bridge.leave(other.name)
        if not talk.three_way:
            self._hold(talk, False)
        talk.three_way = False
        self._show(talk)
        await other.let_go(talk.handoff_id, "advice_over")

    async def let_go(
        self,
        handoff_id: str | None,
        why: Literal["advice_over", "call_over"] = "advice_over",
    ) -> None:
        """End this agent's part in a colleague's conversation.

        Args:
            handoff_id: The hand-off; None when the agent has not seen it yet.
            why: What ended it.
        """
        self.changes += 1
        self._talk = None
        if handoff_id is not None:
            self.tell(Released(handoff_id=handoff_id, why=why))
        with suppress(IllegalTransition, UnknownAgent):
            await self._house.roster.leave_call(self.name, self._house.clock())
        await self.announce()

    async def pass_on(self, queue: str, note: str) -> None:
        """Give the caller on to a queue, where they are first in line; the agent is free at once.

        Args:
            queue: The queue.
            note: What the next agent should know.
        """
        queue, note = plain(queue)[:60], plain_lines(note[:MAX_NOTES])
        async with self._acting():
            talk = self._own_talk()
            if not queue:
                raise DeskError("no_queue", "Say to which queue.")
            await self._send_off(talk)
            house, now = self._house, self._house.clock()
            passed = await house.line.pass_on(
                talk.handoff_id, self.name, now, queue=queue, note=note
            )
            self._talk = None
            if passed:
                house.registry.deliver(talk.call_id, ev.AgentPassedOn(self.name, queue))
                await house.bus.publish(
                    events.HandoffReturned(talk.call_id, now, talk.handoff_id, self.name, queue)
                )
                house.dispatcher.soon()
            self.tell(Released(handoff_id=talk.handoff_id, why="passed_on" if passed else "lost"))
            # What there was to write down went with the caller.
            with suppress(IllegalTransition):
                await house.roster.ready(self.name, now)
            await self.announce()

    async def hang_up(self) -> None:
        """End the call, the wrap-up is still to be done; with others in it, leave it to them."""
        async with self._acting():
            talk = self._own_talk(advising=True)
            other = talk.colleague
            if talk.advises and other is not None:
                await self._leave_advice(talk, other)
            elif talk.three_way and other is not None:
                await self._leave_to(talk, other)
            else:
                await self._send_off(talk)
                self._deliver(talk, ev.AgentHungUp())

    async def _leave_to(self, talk: _Talk, other: Workplace) -> None:
        house, now = self._house, self._house.clock()
        if not await house.line.leave_to(talk.handoff_id, self.name, other.name, now):
            raise DeskError("not_yours", "This call is not yours any more.")
        if bridge := house.registry.bridge(talk.call_id):
            bridge.leave(self.name)
        self._talk = None
        self.tell(Released(handoff_id=talk.handoff_id, why="left"))
        with suppress(IllegalTransition):
            await house.roster.ready(self.name, now)
        await self.announce()
        await other._take_from_colleague(talk, now)

    async def _take_from_colleague(self, theirs: _Talk, now: datetime) -> None:
        self.changes += 1
        muted = self._talk is not None and self._talk.muted
        talk = self._talk = _Talk(
            theirs.handoff_id, theirs.call_id, theirs.ended, theirs.on_hold, muted
        )
        notes = self.state.notes
        await self._house.handoffs.connect(talk.handoff_id, self.name, now)
        self.tell(await self._all_about(talk))
        self.tell(NotesKept(text=notes))
        self._show(talk)
        await self._house.bus.publish(
            events.HandoffAccepted(talk.call_id, now, talk.handoff_id, self.name)
        )

    # -- after the conversation ----------------------------------------------------------------

    async def close(
        self,
        wrap_up: WrapUp,
        then: Literal["available", "break"] = "available",
        reason: str | None = None,
    ) -> None:
        """End the conversation, or the work after it.

        Args:
            wrap_up: What is to be remembered.
            then: What the agent does next.
            reason: Why, of a break.
        """
        async with self._acting():
            talk = self._talk
            if talk is None:
                raise DeskError("not_on_call", "You are not on a call.")
            if talk.advises:
                raise DeskError("not_yours", "This call is a colleague's.")
            await self._send_off(talk)
            house, now = self._house, self._house.clock()
            outcome: str = wrap_up.disposition
            await house.wrap_ups.store(talk.handoff_id, self.name, wrap_up, now)
            closed = await house.line.close(
                talk.handoff_id,
                self.name,
                wrap_up.disposition,
                wrap_up.notes,
                now,
                then=then,
                reason=plain(reason or "break", 60) if then == "break" else None,
            )
            if not closed:
                handoff = await house.handoffs.get(talk.handoff_id)
                outcome = handoff.disposition or handoff.state
            self._talk = None
            if not talk.ended:
                house.registry.deliver(talk.call_id, ev.AgentClosed(wrap_up.disposition))
            self.tell(Closed(handoff_id=talk.handoff_id, disposition=outcome))
            await house.bus.publish(
                events.HandoffClosed(talk.call_id, now, talk.handoff_id, outcome)
            )
            await self.announce()

    async def take_break(self, reason: str) -> None:
        """Be offered nobody from now on.

        Args:
            reason: Why, such as "lunch".
        """
        async with self._acting():
            await self._house.roster.take_break(
                self.name, plain(reason, 60) or "break", self._house.clock()
            )
            await self.announce()

    async def come_back(self) -> None:
        """Be offered callers again, after a break."""
        async with self._acting():
            await self._house.roster.come_back(self.name, self._house.clock())
            await self.announce()

    async def keep_notes(self, text: str) -> None:
        """Keep what was noted of the conversation, for all windows.

        Args:
            text: Everything noted so far; at most `MAX_NOTES` characters are kept.
        """
        if self._talk is None:
            raise DeskError("not_on_call", "You are not on a call.")
        self.tell(NotesKept(text=plain_lines(text[:MAX_NOTES])))

    # -- what happens elsewhere ----------------------------------------------------------------

    def call_id(self) -> str | None:
        """Name the call that the agent has, or gives advice in.

        Returns:
            The call; None when there is none.
        """
        return None if self._talk is None else self._talk.call_id

    async def call_over(self, call_id: str, reason: str) -> None:
        """Take in that a call has ended.

        Args:
            call_id: The call.
            reason: How it ended.
        """
        async with self.lock:
            talk = self._talk
            if talk is None or talk.call_id != call_id or talk.ended:
                return
            self.changes += 1
            if talk.advises:
                await self.let_go(talk.handoff_id, "call_over")
            else:
                await self._is_over(talk, reason)
                await self.announce()
        self._house.soon()

    async def _is_over(self, talk: _Talk, reason: str) -> None:
        talk.ended, talk.colleague, talk.three_way = True, None, False
        talk.on_hold = talk.muted = False
        self._show(talk)
        self.tell(CallEnded(call_id=talk.call_id, reason=reason))
        with suppress(IllegalTransition, UnknownAgent):
            await self._house.roster.call_ended(self.name, self._house.clock())

    def offer_over(self, handoff_id: str, outcome: str) -> None:
        """Take in that a hand-off is not on offer any more.

        Args:
            handoff_id: The hand-off.
            outcome: Why.
        """
        offer = self.state.offer
        if offer is not None and offer.handoff_id == handoff_id:
            self.changes += 1
            self.tell(Withdrawn(handoff_id=handoff_id, outcome=outcome))

    def bring_up_to_date(self, agent: Agent, waiting: Sequence[Waiting], until: datetime) -> None:
        """Take in what is stored of the agent and of those who wait.

        Args:
            agent: The agent.
            waiting: Who waits in the agent's queues, or is offered to them; first in line first.
            until: When an offer to the agent ends.
        """
        self._show_status(agent)
        known = {key: item.offered_to for key, item in self.state.waiting.items()}
        if list(known.items()) != [(item.handoff_id, item.offered_to) for item in waiting]:
            self.tell(
                Queue(
                    places=tuple(
                        Place(handoff_id=item.handoff_id, offered_to=item.offered_to)
                        for item in waiting
                    ),
                    new=tuple(item for item in waiting if item.handoff_id not in known),
                )
            )
        asked = next((item for item in waiting if item.offered_to == self.name), None)
        offer = self.state.offer
        if offer is not None and (asked is None or asked.handoff_id != offer.handoff_id):
            self.tell(Withdrawn(handoff_id=offer.handoff_id, outcome="withdrawn"))
        if asked is not None and (
            offer is None or (asked.handoff_id, until) != (offer.handoff_id, offer.offer_until)
        ):
            self.tell(Offered(**{**dict(asked), "offer_until": until}))

    async def lose(self) -> None:
        """Sign the agent out because their desk is gone; somebody else goes on with the caller."""
        self.changes += 1
        talk, house, now = self._talk, self._house, self._house.clock()
        other = None if talk is None else talk.colleague
        if talk is not None and other is not None and talk.advises:
            await self._leave_advice(talk, other)
        elif talk is not None and other is not None and talk.three_way:
            with suppress(DeskError):
                await self._leave_to(talk, other)
        elif talk is not None:
            log.warning("agent_lost", agent=self.name, call_id=talk.call_id)
            # The call waits again before anyone can accept it again.
            if not talk.ended:
                house.registry.deliver(talk.call_id, ev.AgentLost())
            await self._send_off(talk)
        self._talk = None
        released = await house.roster.sign_out(self.name, now)
        await announce_released(house.bus, released, now)
        if talk is not None:
            self.tell(Released(handoff_id=talk.handoff_id, why="lost"))
        house.dispatcher.soon()

    async def counted_as_lost(self) -> None:
        """Take in that the line has given the agent up, because this server was too slow."""
        async with self.lock:
            self.changes += 1
            talk, self._talk = self._talk, None
            if talk is None:
                return
            if talk.colleague is not None and not talk.advises:
                await self._send_off(talk)
            if not talk.ended and not talk.advises:
                self._house.registry.deliver(talk.call_id, ev.AgentLost())
            self.tell(Released(handoff_id=talk.handoff_id, why="lost"))

    # -- small parts ---------------------------------------------------------------------------

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """One thing at a time; whatever stands against it is said in words."""
        async with self.lock:
            self.changes += 1
            try:
                yield
            except UnknownHandoff as error:
                raise DeskError("unknown_handoff", "There is no such hand-off.") from error
            except (IllegalTransition, UnknownAgent) as error:
                raise DeskError("not_now", "That cannot be done now.") from error
            except StorageError as error:
                log.error("desk_storage_failed", agent=self.name, error=str(error))
                raise DeskError("storage", "It could not be stored; try again.") from error
            finally:
                self.changes += 1
                self._house.soon()

    async def announce(self) -> None:
        """Show the agent what they do now, and tell everybody."""
        with suppress(UnknownAgent):
            agent = await self._house.roster.get(self.name)
            self._show_status(agent)
            await self._house.bus.publish(
                events.AgentStateChanged("", self._house.clock(), self.name, agent.state)
            )

    def _show_status(self, agent: Agent) -> None:
        state = self.state
        now_is = (agent.state, agent.since, agent.break_reason)
        if now_is != (state.agent_state, state.since, state.break_reason):
            self.tell(
                Status(agent_state=agent.state, since=agent.since, break_reason=agent.break_reason)
            )

    def _show(self, talk: _Talk) -> None:
        self.tell(
            Conversation(
                on_hold=talk.on_hold,
                muted=talk.muted,
                consulting=talk.colleague.name if talk.colleague and not talk.advises else None,
                three_way=talk.three_way,
            )
        )

    def _own_talk(self, *, advising: bool = False) -> _Talk:
        talk = self._talk
        if talk is None:
            raise DeskError("not_on_call", "You are not on a call.")
        if talk.ended:
            raise DeskError("call_ended", "The caller is gone; close the call.")
        if talk.advises and not advising:
            raise DeskError("not_yours", "This call is a colleague's; you give advice.")
        return talk

    def _deliver(self, talk: _Talk, event: ev.Event) -> None:
        if not self._house.registry.deliver(talk.call_id, event):
            raise DeskError("call_ended", "The caller is gone; close the call.")

    def _hold(self, talk: _Talk, on: bool) -> None:
        talk.on_hold = on
        self._house.registry.deliver(talk.call_id, ev.AgentHeld(on))

    def _bridge(self, talk: _Talk) -> Bridge:
        bridge = self._house.registry.bridge(talk.call_id)
        if bridge is None or self.name not in bridge.parties:
            raise DeskError("no_voice", "You are not speaking on this call: no microphone.")
        return bridge

    async def _all_about(self, talk: _Talk) -> Accepted:
        handoff = await self._house.handoffs.get(talk.handoff_id)
        turns = await self._house.calls.transcript(talk.call_id)
        asking = talk.colleague if talk.advises else None
        return Accepted(
            handoff_id=handoff.id,
            call_id=handoff.call_id,
            packet=handoff.packet,
            turns=tuple(turn_of(record) for record in turns),
            consulted_by=asking.name if asking is not None else None,
        )


def _taken(
    packet: HandoffPacket, agent_name: str, now: datetime, *, connected: bool
) -> HandoffPacket:
    """Add to the history what is being stored just now, so that reading it again can be spared."""
    steps: tuple[HandoffState, ...] = ("accepted", "connected") if connected else ("accepted",)
    history = [StateChange(state=step, at=now, agent_name=agent_name) for step in steps]
    return packet.model_copy(update={"state_history": (*packet.state_history, *history)})


def waiting_of(
    handoff_id: str,
    call_id: str,
    packet: HandoffPacket,
    since: datetime,
    offered_to: str | None,
    now: datetime,
) -> Waiting:
    """Describe a caller who waits.

    Args:
        handoff_id: The hand-off.
        call_id: The call.
        packet: The packet.
        since: Since when they wait.
        offered_to: Who is being asked.
        now: The present instant.

    Returns:
        What a desk is told.
    """
    return Waiting(
        handoff_id=handoff_id,
        call_id=call_id,
        waiting_s=max((now - since).total_seconds(), 0.0),
        packet=packet,
        since=since,
        offered_to=offered_to,
    )


def turn_of(record: TurnRecord) -> Turn:
    """Describe a stored turn.

    Args:
        record: The turn.

    Returns:
        What a desk is told.
    """
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
        affect=record.affect,
        agent_name=record.agent_name,
    )
