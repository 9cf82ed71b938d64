"""What a sender of messages is."""

from __future__ import annotations

from typing import Protocol

from contact_center.outbox import Message


class NotSent(Exception):
    """A message was not accepted.

    Args:
        reason: Why, for the log and the operator; holds nothing of the body.
        final: Whether trying again is of no use.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Sender(Protocol):
    """Sends messages of one kind."""

    async def send(self, message: Message, body: str) -> None:
        """Hand a message over to whoever brings it to the customer.

        Args:
            message: To whom it goes, and its subject.
            body: What it says.

        Raises:
            NotSent: It was not accepted.
        """

    async def check(self) -> str:
        """See whether messages would be accepted, without sending one.

        Returns:
            Who accepts them, for the operator.

        Raises:
            NotSent: They would not be.
        """
