"""The agents' ends of bridged calls: each agent's headset, however it is connected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Hear = Callable[[bytes], None]


class AgentLeg(Protocol):
    """One agent's microphone and loudspeaker.

    Attributes:
        name: The agent's name.
        sample_rate: Of both directions: 16000 Hz.
    """

    name: str
    sample_rate: int

    def attach(self, hear: Hear) -> None:
        """Begin to pass on what the agent says.

        Args:
            hear: Takes each 20 ms frame; returns at once.
        """

    def detach(self) -> None:
        """Pass on nothing more; detaching twice is no error."""

    async def send_audio(self, pcm: bytes) -> None:
        """Let the agent hear something; a leg whose far end is gone does nothing.

        Args:
            pcm: One 20 ms frame of signed 16-bit mono little-endian samples.
        """


class AgentLegs:
    """The legs that are connected to this server now, and which conversation each agent is in.

    An agent with several windows open is heard in the one opened last. Only the server's event
    loop may touch it; nothing here waits.
    """

    def __init__(self) -> None:
        self._legs: dict[str, list[AgentLeg]] = {}
        self._owners: dict[str, object] = {}

    def connect(self, leg: AgentLeg) -> None:
        """Note that an agent can be talked to.

        Args:
            leg: The agent's end.
        """
        self._legs.setdefault(leg.name, []).append(leg)

    def disconnect(self, leg: AgentLeg) -> None:
        """Forget a leg; one that is not connected is no error.

        Args:
            leg: As it was connected.
        """
        left = [each for each in self._legs.get(leg.name, ()) if each is not leg]
        if left:
            self._legs[leg.name] = left
        else:
            self._legs.pop(leg.name, None)

    def get(self, name: str) -> AgentLeg | None:
        """Find an agent's leg.

        Args:
            name: The agent's name.

        Returns:
            The one connected last, or None when there is none.
        """
        legs = self._legs.get(name)
        return legs[-1] if legs else None

    @property
    def names(self) -> frozenset[str]:
        """The agents who can be talked to."""
        return frozenset(self._legs)

    def claim(self, name: str, owner: object) -> None:
        """Take an agent into a conversation, and out of the one before.

        Args:
            name: The agent's name.
            owner: Stands for the conversation.
        """
        self._owners[name] = owner

    def release(self, name: str, owner: object) -> None:
        """End an agent's part in a conversation; another conversation's agent stays there.

        Args:
            name: The agent's name.
            owner: As claimed.
        """
        if self._owners.get(name) is owner:
            del self._owners[name]

    def is_claimed_by(self, name: str, owner: object) -> bool:
        """Tell whether an agent is in a conversation.

        Args:
            name: The agent's name.
            owner: Stands for the conversation.

        Returns:
            False once another conversation has the agent.
        """
        return self._owners.get(name) is owner
