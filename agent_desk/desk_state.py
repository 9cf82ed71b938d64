"""What a desk knows: the messages of the server added up, without I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Conversation,
    NotesKept,
    Offered,
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
from contact_center.routing.agents import AgentState


class DeskState:
    """The agent, who waits, who is offered, and the conversation, as told by the server.

    `waiting` has the callers in the agent's queues by hand-off, first in line first.
    """

    def __init__(self) -> None:
        self.agent_name = ""
        self.agent_state: AgentState = "offline"
        self.break_reason: str | None = None
        self.since: datetime | None = None
        self.waiting: dict[str, Waiting] = {}
        self.offer: Offered | None = None
        self.active: Accepted | None = None
        self.resuming: str | None = None
        self.call_ended = False
        self.turns: dict[str, Turn] = {}
        self.on_hold = False
        self.muted = False
        self.consulting: str | None = None
        self.three_way = False
        self.notes = ""
        self._end_reason = ""

    def apply(self, message: ServerMessage) -> None:
        """Take a message of the server into account.

        Args:
            message: What the server sent.
        """
        match message:
            case Snapshot():
                self.agent_name = message.agent_name
                self._arrange(message.waiting)
                self.offer = None
                self.resuming = message.handoff_id
                if message.handoff_id is None:
                    self._free()
            case Status():
                self.agent_state = message.agent_state
                self.since = message.since
                self.break_reason = message.break_reason
            case Queue():
                known = self.waiting | {item.handoff_id: item for item in message.new}
                self._arrange(
                    known[place.handoff_id].model_copy(update={"offered_to": place.offered_to})
                    for place in message.places
                    if place.handoff_id in known
                )
            case Offered():
                self.offer = message
            case Withdrawn() | Taken():
                self._end_offer(message.handoff_id)
            case Accepted():
                self._free()
                self._end_offer(message.handoff_id)
                self.active = message
                self.resuming = None
                self.turns = {turn.turn_id: turn for turn in message.turns}
            case Conversation():
                self.on_hold = message.on_hold
                self.muted = message.muted
                self.consulting = message.consulting
                self.three_way = message.three_way
            case NotesKept():
                self.notes = message.text
            case Turn():
                if self.active is not None and message.call_id == self.active.call_id:
                    self.turns[message.turn_id] = message
            case CallEnded():
                if self.active is not None and message.call_id == self.active.call_id:
                    self.call_ended = True
                    self._end_reason = message.reason
            case Closed() | Released():
                self._free()

    def told(self, now: datetime) -> list[ServerMessage]:
        """Say everything again, for a desk that has just been opened.

        Args:
            now: The present instant.

        Returns:
            Messages that bring an empty state to this one.
        """
        active = self.active
        messages: list[ServerMessage] = [
            Snapshot(
                agent_name=self.agent_name,
                handoff_id=active.handoff_id if active is not None else None,
                waiting=tuple(_waited(item, now) for item in self.waiting.values()),
            )
        ]
        if self.since is not None:
            messages.append(
                Status(
                    agent_state=self.agent_state, since=self.since, break_reason=self.break_reason
                )
            )
        if self.offer is not None:
            messages.append(_waited(self.offer, now))
        if active is not None:
            turns = tuple(self.turns.values())
            messages += [
                active.model_copy(update={"turns": turns, "resumed": True}),
                Conversation(
                    on_hold=self.on_hold,
                    muted=self.muted,
                    consulting=self.consulting,
                    three_way=self.three_way,
                ),
                NotesKept(text=self.notes),
            ]
            if self.call_ended:
                messages.append(CallEnded(call_id=active.call_id, reason=self._end_reason))
        return messages

    def _arrange(self, waiting: Iterable[Waiting]) -> None:
        self.waiting = {item.handoff_id: item for item in waiting}

    def _end_offer(self, handoff_id: str) -> None:
        if self.offer is not None and self.offer.handoff_id == handoff_id:
            self.offer = None

    def _free(self) -> None:
        self.active = None
        self.call_ended = False
        self.turns = {}
        self.on_hold = self.muted = self.three_way = False
        self.consulting = None
        self.notes = ""


W = TypeVar("W", bound=Waiting)


def _waited(item: W, now: datetime) -> W:
    if item.since is None:
        return item
    return item.model_copy(update={"waiting_s": max((now - item.since).total_seconds(), 0.0)})
