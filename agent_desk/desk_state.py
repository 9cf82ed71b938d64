"""What a desk knows: the messages of the server added up, without I/O."""

from __future__ import annotations

from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Offered,
    ServerMessage,
    Snapshot,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
)


class DeskState:
    """The waiting hand-offs, and the conversation being held, as told by the server.

    A hand-off keeps its number for as long as it waits, so that a number typed by the agent never
    means another hand-off than the one that was on the screen.
    """

    def __init__(self) -> None:
        self.agent_name = ""
        self.active: Accepted | None = None
        self.resuming: str | None = None
        self.call_ended = False
        self.turns: dict[str, Turn] = {}
        self._waiting: dict[int, Waiting] = {}
        self._last_number = 0

    @property
    def waiting(self) -> dict[int, Waiting]:
        """The waiting hand-offs by number, in the order in which they should be taken."""
        return dict(self._waiting)

    def number_of(self, handoff_id: str) -> int | None:
        """Find the number under which a hand-off is shown.

        Args:
            handoff_id: The hand-off.

        Returns:
            Its number; None when it does not wait.
        """
        for number, item in self._waiting.items():
            if item.handoff_id == handoff_id:
                return number
        return None

    def apply(self, message: ServerMessage) -> None:
        """Take a message of the server into account.

        Args:
            message: What the server sent.
        """
        match message:
            case Snapshot():
                self.agent_name = message.agent_name
                self._replace_waiting(message.waiting)
                self.resuming = message.handoff_id
                if message.handoff_id is None:
                    self._free()
            case Offered():
                self._waiting[self._number(message)] = message
            case Withdrawn() | Taken():
                self._forget(message.handoff_id)
            case Accepted():
                self._forget(message.handoff_id)
                self.active = message
                self.resuming = None
                self.call_ended = False
                self.turns = {turn.turn_id: turn for turn in message.turns}
            case Turn():
                if self.active is not None and message.call_id == self.active.call_id:
                    self.turns[message.turn_id] = message
            case CallEnded():
                if self.active is not None and message.call_id == self.active.call_id:
                    self.call_ended = True
            case Closed():
                self._free()

    def _replace_waiting(self, waiting: tuple[Waiting, ...]) -> None:
        numbered = [(self._number(item), item) for item in waiting]
        self._waiting = dict(numbered)

    def _number(self, item: Waiting) -> int:
        known = self.number_of(item.handoff_id)
        if known is not None:
            return known
        self._last_number += 1
        return self._last_number

    def _forget(self, handoff_id: str) -> None:
        number = self.number_of(handoff_id)
        if number is not None:
            del self._waiting[number]

    def _free(self) -> None:
        self.active = None
        self.call_ended = False
        self.turns = {}
