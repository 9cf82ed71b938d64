"""What of a desk's state is on the screen: pure functions, apart from how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from agent_desk import words
from agent_desk.desk_protocol import (
    CallEnded,
    Released,
    ServerMessage,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
)
from agent_desk.plain_text import plain
from agent_desk.words import Badge
from contact_center.routing.agents import NOT_ONLINE

if TYPE_CHECKING:
    from agent_desk.desk_state import DeskState
    from contact_center.handoff_packet import HandoffPacket
    from contact_center.routing.agents import Agent

Phase = Literal["idle", "offer", "call", "wrap_up"]
NoticeKind = Literal["done", "problem"]

MOST_WAITING = 20
"""More than these are only counted: nobody reads further down."""


def phase_of(state: DeskState) -> Phase:
    """Say what the middle of the page is for.

    Args:
        state: The desk's state.

    Returns:
        The conversation and its wrap-up come before an offer.
    """
    if state.active is not None:
        return "wrap_up" if state.call_ended or state.agent_state == "wrap_up" else "call"
    return "offer" if state.offer is not None else "idle"


@dataclass(frozen=True, slots=True)
class WaitingView:
    """One caller in the list of those who wait.

    Args:
        handoff_id: Their hand-off.
        who: What they are called.
        reason: Why they were handed over.
        badges: What makes them urgent.
        since: From when they wait.
        asked: Which agent is being asked, in words; empty when none is.
    """

    handoff_id: str
    who: str
    reason: str
    badges: tuple[Badge, ...]
    since: datetime
    asked: str


class WaitingSince:
    """Remembers from when callers wait, so that their clocks do not jump when the list changes."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def of(self, item: Waiting, now: datetime) -> datetime:
        """Say from when a caller waits.

        Args:
            item: The hand-off, as the server tells of it.
            now: The present instant.

        Returns:
            The same instant each time, within the second.
        """
        told = item.since or now - timedelta(seconds=item.waiting_s)
        known = self._since.get(item.handoff_id)
        if known is None or told < known - timedelta(seconds=2):
            known = self._since[item.handoff_id] = told
        return known

    def forget_others(self, items: Iterable[Waiting]) -> None:
        """Forget those who wait no longer.

        Args:
            items: Who still waits.
        """
        kept = {item.handoff_id for item in items}
        self._since = {key: at for key, at in self._since.items() if key in kept}


def waiting_items(state: DeskState) -> tuple[Waiting, ...]:
    """List who waits in the agent's queues.

    Args:
        state: The desk's state.

    Returns:
        The hand-offs, most urgent first.
    """
    return tuple(state.waiting.values())


def idle_words(agent_state: str, waiting: int, break_reason: str | None = None) -> tuple[str, str]:
    """Say what the agent is waiting for.

    Args:
        agent_state: What they do.
        waiting: How many callers wait.
        break_reason: Why they are on a break.

    Returns:
        A heading and a sentence.
    """
    if agent_state == "break" and break_reason == NOT_ONLINE:
        return "You are not online yet", "Press Go online below to be offered callers."
    if agent_state == "break":
        return "You are on a break", "No caller is offered to you until you are back."
    if agent_state == "offline":
        return "You are not signed in to the queue", "Reload the page to take calls."
    if agent_state == "wrap_up":
        return "Wrap-up", "Clear the last call to be offered the next."
    if waiting:
        return "The next caller comes to you", "You are asked as soon as it is your turn."
    return "All quiet", "Nobody is waiting. The next caller is announced here, with a tone."


def waiting_views(
    items: Sequence[Waiting], agent_name: str, since: WaitingSince, now: datetime
) -> tuple[WaitingView, ...]:
    """Prepare the list of those who wait.

    Args:
        items: Most urgent first.
        agent_name: Whose desk it is.
        since: What is remembered of their waiting.
        now: The present instant.

    Returns:
        The first of them.
    """
    since.forget_others(items)
    return tuple(
        WaitingView(
            handoff_id=item.handoff_id,
            who=words.caller_name(item.packet),
            reason=words.named(words.REASONS, item.packet.reason),
            badges=words.badges(item.packet),
            since=since.of(item, now),
            asked=_asked(item.offered_to, agent_name),
        )
        for item in items[:MOST_WAITING]
    )


def _asked(name: str | None, agent_name: str) -> str:
    if not name:
        return ""
    return "You are asked" if name == agent_name else f"{plain(name, 30)} is asked"


def scores(packet: HandoffPacket, turns: Iterable[Turn]) -> tuple[float, ...]:
    """Put together how upset the caller sounded, from the bot's part of the call to now.

    Args:
        packet: The hand-off packet.
        turns: The turns of the call.

    Returns:
        Values from 0 to 1, oldest first.
    """
    found = {point.turn_id: point.score for point in packet.emotion.points}
    for turn in turns:
        if turn.speaker == "caller" and turn.affect is not None:
            found[turn.turn_id] = turn.affect
    if not found and packet.emotion.latest is not None:
        return (packet.emotion.latest,)
    return tuple(found.values())


def news(message: ServerMessage) -> tuple[str, NoticeKind] | None:
    """Say what happened, where the page alone would not make it clear.

    Args:
        message: What the server told.

    Returns:
        A sentence and its kind; None when there is nothing to say.
    """
    match message:
        case Taken():
            return words.named(words.REFUSALS, message.why), "problem"
        case Withdrawn(outcome="timed_out"):
            return "You did not answer in time, and are on a break now.", "problem"
        case Withdrawn(outcome="abandoned"):
            return "The caller hung up before you answered.", "done"
        case Released():
            kind: NoticeKind = "problem" if message.why == "lost" else "done"
            return words.named(words.LET_GO, message.why), kind
        case CallEnded(reason="caller_hung_up"):
            return "The caller hung up.", "done"
    return None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another agent, as someone to be asked.

    Args:
        name: Who.
        doing: What they do, in words.
        free: Whether they can be asked now.
    """

    name: str
    doing: str
    free: bool


def colleagues(agents: Iterable[Agent], own_name: str) -> tuple[Colleague, ...]:
    """List who can be asked for advice.

    Args:
        agents: Everybody who is signed in.
        own_name: Whose desk it is.

    Returns:
        The others, those who are free first.
    """
    others = [
        Colleague(agent.name, words.named(words.STATES, agent.state), agent.state == "available")
        for agent in agents
        if agent.name != own_name and agent.state != "offline"
    ]
    return tuple(sorted(others, key=lambda each: (not each.free, each.name.casefold())))


def queues(agents: Iterable[Agent], current: str) -> tuple[str, ...]:
    """List where a caller can be passed on to.

    Args:
        agents: Everybody who is signed in.
        current: The queue the caller came from.

    Returns:
        The queues that somebody takes calls of, the caller's own last.
    """
    known = {queue for agent in agents for queue in agent.queues} | {"support", current}
    return tuple(sorted(known, key=lambda queue: (queue == current, queue)))
