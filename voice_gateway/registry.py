"""Who is on this process: the calls being handled here, and the agents at their desks.

Only the process's event loop may touch it; nothing here waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import structlog

from voice_gateway.conversation.events import Event

if TYPE_CHECKING:
    from voice_gateway.bridge.bridge import Bridge

log = structlog.get_logger(__name__)

Deliver = Callable[[Event], None]


class DuplicateCallError(ValueError):
    """A call of that id is already being handled here."""


class CallRegistry:
    """The live calls of this process and the names of the agents connected to it."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[Deliver, Bridge | None]] = {}
        self._desks: Counter[str] = Counter()

    def add(self, call_id: str, deliver: Deliver, bridge: Bridge | None = None) -> None:
        """Register a call that has just been answered.

        Args:
            call_id: The call.
            deliver: Hands one event to the call; must return at once.
            bridge: Where others can join it; None when nobody can.

        Raises:
            DuplicateCallError: The call is registered already.
        """
        if call_id in self._calls:
            raise DuplicateCallError(f"call {call_id} is already registered")
        self._calls[call_id] = deliver, bridge

    def remove(self, call_id: str) -> None:
        """Forget a call that has ended; an unknown call is no error.

        Args:
            call_id: The call.
        """
        self._calls.pop(call_id, None)

    def deliver(self, call_id: str, event: Event) -> bool:
        """Hand an event to a live call.

        Args:
            call_id: The call.
            event: What happened.

        Returns:
            True when the call took it; False when the call is not (or no longer) here, or broke
            while taking it.
        """
        call = self._calls.get(call_id)
        if call is None:
            return False
        try:
            call[0](event)
        except Exception:  # one broken call must not reach into whoever sent the event
            log.exception("call_refused_event", call_id=call_id, kind=type(event).__name__)
            return False
        return True

    def bridge(self, call_id: str) -> Bridge | None:
        """Find where others can join a call.

        Args:
            call_id: The call.

        Returns:
            Its bridge; None when the call is not here, or nobody can join it.
        """
        call = self._calls.get(call_id)
        return call[1] if call else None

    def agent_joined(self, name: str) -> None:
        """Note that an agent has opened a desk; the same agent may open several.

        Args:
            name: The agent's name.
        """
        self._desks[name] += 1

    def agent_left(self, name: str) -> None:
        """Note that one of an agent's desks has closed; an unknown agent is no error.

        Args:
            name: The agent's name.
        """
        if self._desks[name] <= 1:
            del self._desks[name]
        else:
            self._desks[name] -= 1

    @property
    def agents_online(self) -> int:
        """How many different agents have a desk open."""
        return len(self._desks)

    @property
    def agents(self) -> frozenset[str]:
        """The names of the agents with a desk open."""
        return frozenset(self._desks)

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._calls

    def __iter__(self) -> Iterator[str]:
        """The ids of the live calls, oldest first; calls may be added and removed meanwhile."""
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)
