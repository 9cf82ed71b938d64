"""An agent and the states of their day: a table of what may follow what, and pure steps by it.

"Longest idle" counts from `idle_since`: when the wrap-up of the last call ended, or the agent
signed in or came back from a break. An offer that was declined, or whose caller hung up, does not
change it, so that nobody loses their place by being rung. An offer that is not answered sends the
agent on a break "no answer": an empty desk must not make one caller after the other wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

AgentState = Literal["offline", "available", "offered", "on_call", "wrap_up", "break"]

NO_ANSWER = "no answer"
"""The reason of a break that nobody asked for."""

NOT_ONLINE = "not online yet"
"""The reason of the break with which a day begins at a desk whose voice is not connected yet."""

NEXT_STATES: Mapping[AgentState, frozenset[AgentState]] = {
    "offline": frozenset({"available", "break"}),
    # On a call without having been offered one: a colleague asks for advice.
    "available": frozenset({"offered", "on_call", "break", "offline"}),
    "offered": frozenset({"on_call", "available", "break", "offline"}),
    # Offered again: whoever may have several conversations at once. Available: closed at once.
    "on_call": frozenset({"wrap_up", "offered", "available", "break", "offline"}),
    "wrap_up": frozenset({"available", "break", "offline"}),
    "break": frozenset({"available", "offline"}),
}


class IllegalTransition(ValueError):
    """An agent cannot go from the one state to the other.

    Args:
        name: The agent.
        old: The state they are in.
        new: The state that was asked for.
    """

    def __init__(self, name: str, old: AgentState, new: AgentState) -> None:
        super().__init__(f"{name} cannot go from {old} to {new}.")
        self.name = name
        self.old = old
        self.new = new


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent at one moment.

    Args:
        name: Names the agent.
        state: What they do.
        since: Since when they do it.
        idle_since: From when their idle time counts.
        queues: Whose callers they take.
        skills: What they can deal with.
        languages: What they speak.
        capacity: How many conversations they may have at once.
        calls: How many they have, wrap-up included.
        break_reason: Why they are on a break.
        server: The server that their desk is connected to; empty where there is one.
    """

    name: str
    state: AgentState
    since: datetime
    idle_since: datetime
    queues: frozenset[str] = frozenset({"support"})
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"en"})
    capacity: int = 1
    calls: int = 0
    break_reason: str | None = None
    server: str = ""

    @property
    def is_free(self) -> bool:
        """Whether they can be offered a call now."""
        if self.state == "on_call":
            return self.calls < self.capacity
        return self.state == "available"

    @property
    def is_there(self) -> bool:
        """Whether they will take calls today still; who did not answer may have gone home."""
        if self.state == "break":
            return self.break_reason != NO_ANSWER
        return self.state != "offline"

    @property
    def works(self) -> bool:
        """Whether they take calls, now or when the one they have is over."""
        return self.state not in ("offline", "break")


def move(agent: Agent, state: AgentState, now: datetime, reason: str | None = None) -> Agent:
    """Bring an agent from one state to the next.

    Args:
        agent: The agent.
        state: The next state.
        now: The present instant.
        reason: Why, of a break.

    Returns:
        The agent in that state.

    Raises:
        IllegalTransition: It cannot follow the present one.
    """
    if state not in NEXT_STATES[agent.state]:
        raise IllegalTransition(agent.name, agent.state, state)
    idle_anew = state == "available" and agent.state != "offered"
    return replace(
        agent,
        state=state,
        since=now,
        idle_since=now if idle_anew else agent.idle_since,
        break_reason=reason if state == "break" else None,
    )


def ring(agent: Agent, now: datetime) -> Agent:
    """Offer the agent a call.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent who is asked.

    Raises:
        IllegalTransition: They cannot take a call.
    """
    if not agent.is_free:
        raise IllegalTransition(agent.name, agent.state, "offered")
    return move(agent, "offered", now)


def take(agent: Agent, now: datetime) -> Agent:
    """Let the agent accept what they are offered.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent on the call.

    Raises:
        IllegalTransition: They are not offered anything.
    """
    if agent.state != "offered":
        raise IllegalTransition(agent.name, agent.state, "on_call")
    return replace(move(agent, "on_call", now), calls=agent.calls + 1)


def unring(agent: Agent, now: datetime) -> Agent:
    """End an offer that the agent declined, or whose caller hung up.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent as they were before the offer.

    Raises:
        IllegalTransition: They are not offered anything.
    """
    if agent.state != "offered":
        raise IllegalTransition(agent.name, agent.state, "available")
    return move(agent, "on_call" if agent.calls else "available", now)


def miss(agent: Agent, now: datetime) -> Agent:
    """End an offer that the agent let run out.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent on a break "no answer"; who speaks with somebody else is there and goes on.

    Raises:
        IllegalTransition: They are not offered anything.
    """
    if agent.state != "offered":
        raise IllegalTransition(agent.name, agent.state, "break")
    return unring(agent, now) if agent.calls else move(agent, "break", now, NO_ANSWER)


def hang_up(agent: Agent, now: datetime) -> Agent:
    """End the agent's call; what is left is the wrap-up.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent in wrap-up; who has more conversations goes on with them.

    Raises:
        IllegalTransition: They have no call.
    """
    if not agent.calls:
        raise IllegalTransition(agent.name, agent.state, "wrap_up")
    return move(agent, "wrap_up", now) if agent.state == "on_call" and agent.calls == 1 else agent


def pass_on(agent: Agent, now: datetime) -> Agent:
    """Take a call from the agent that goes on to somebody else.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent, in wrap-up if it was their only one.

    Raises:
        IllegalTransition: They have no call.
    """
    return replace(hang_up(agent, now), calls=agent.calls - 1)


def advise(agent: Agent, now: datetime) -> Agent:
    """Let the agent join a colleague's call.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent on the call.

    Raises:
        IllegalTransition: They are busy with something else.
    """
    if agent.state != "available":
        raise IllegalTransition(agent.name, agent.state, "on_call")
    return replace(move(agent, "on_call", now), calls=agent.calls + 1)


def finish(
    agent: Agent,
    now: datetime,
    then: Literal["available", "break"] = "available",
    reason: str | None = None,
) -> Agent:
    """End one conversation of the agent for good, its wrap-up included.

    Args:
        agent: The agent.
        now: The present instant.
        then: What they do next, if they have no other conversation.
        reason: Why, of a break.

    Returns:
        The agent.

    Raises:
        IllegalTransition: They have no conversation.
    """
    if not agent.calls:
        raise IllegalTransition(agent.name, agent.state, then)
    agent = replace(agent, calls=agent.calls - 1)
    return agent if agent.calls or agent.state == "offered" else move(agent, then, now, reason)


def leave(agent: Agent, now: datetime) -> Agent:
    """Sign the agent out, whatever they do.

    Args:
        agent: The agent.
        now: The present instant.

    Returns:
        The agent, offline and without conversations.
    """
    if agent.state == "offline":
        return agent
    return replace(move(agent, "offline", now), calls=0)
