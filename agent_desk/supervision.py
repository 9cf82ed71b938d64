"""A supervisor in somebody else's call: listening in, whispering to the agent, barging in.

Each is written down before it begins. A supervisor is in one call at a time, and only in calls of
the server that their own desk is connected to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from contact_center.audit import Audit, AuditAction
from contact_center.calls import Calls
from contact_center.database import Database
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.bridge.mixing import Role
from voice_gateway.registry import CallRegistry

Way = Literal["listen", "whisper", "barge_in"]
Refusal = Literal["over", "elsewhere", "no_agent", "no_voice", "own_call"]

_ROLES: dict[Way, Role] = {"listen": "listener", "whisper": "whisperer", "barge_in": "agent"}
_ACTIONS: dict[Way, AuditAction] = {
    "listen": "listened_in",
    "whisper": "whispered",
    "barge_in": "barged_in",
}
_WHY: dict[Refusal, str] = {
    "over": "This call is over.",
    "elsewhere": "This call is on another server: open the floor page there to join it.",
    "no_agent": "No agent is on this call yet: you can join as soon as somebody has taken it.",
    "no_voice": "Your voice is not connected: choose Go online, allow the microphone, and "
    "try again.",
    "own_call": "You are on a call yourself: end it before you join another one.",
}


class SupervisionRefused(RuntimeError):
    """A supervisor cannot join a call now; the message says why, and what to do about it.

    Args:
        code: Why, as one word.
    """

    def __init__(self, code: Refusal) -> None:
        super().__init__(_WHY[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Supervised:
    """A call that a supervisor is in.

    Args:
        call_id: The call.
        way: How they are in it.
    """

    call_id: str
    way: Way


class Supervision:
    """Lets supervisors into calls.

    Only the server's event loop may use it. Who may supervise is for the caller to see to.

    Args:
        db: Where it is written down.
        registry: The calls of this server.
        legs: The voices that are connected to this server.
        clock: Tells the present instant.
    """

    def __init__(
        self,
        db: Database,
        registry: CallRegistry,
        legs: AgentLegs,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._calls = Calls(db)
        self._audit = Audit(db)
        self._registry = registry
        self._legs = legs
        self._clock = clock
        self._joined: dict[str, tuple[Supervised, Bridge]] = {}

    async def listen(self, supervisor: str, call_id: str) -> None:
        """Let a supervisor hear a call, unheard.

        Args:
            supervisor: Who.
            call_id: The call.

        Raises:
            SupervisionRefused: They cannot, for now or at all.
            StorageError: It could not be written down, so it did not begin.
        """
        await self._join(supervisor, call_id, "listen")

    async def whisper(self, supervisor: str, call_id: str) -> None:
        """Let a supervisor hear a call and be heard by its agent, but not by the caller.

        Args:
            supervisor: Who.
            call_id: The call.

        Raises:
            SupervisionRefused: They cannot, for now or at all.
            StorageError: It could not be written down, so it did not begin.
        """
        await self._join(supervisor, call_id, "whisper")

    async def barge_in(self, supervisor: str, call_id: str) -> None:
        """Let a supervisor speak with agent and caller.

        Args:
            supervisor: Who.
            call_id: The call.

        Raises:
            SupervisionRefused: They cannot, for now or at all.
            StorageError: It could not be written down, so it did not begin.
        """
        await self._join(supervisor, call_id, "barge_in")

    def leave(self, supervisor: str) -> None:
        """Take a supervisor out of the call they are in; being in none is no error.

        Args:
            supervisor: Who.
        """
        joined = self._joined.pop(supervisor, None)
        if joined is not None:
            joined[1].leave(supervisor)

    def current(self, supervisor: str) -> Supervised | None:
        """Say which call a supervisor is in.

        Args:
            supervisor: Who.

        Returns:
            The call, or None; a call that has ended, or whose agent is gone, has nobody in it.
        """
        joined = self._joined.get(supervisor)
        if joined is None:
            return None
        supervised, bridge = joined
        here = self._registry.bridge(supervised.call_id) is bridge and bridge.active
        if here and supervisor in bridge.parties:
            return supervised
        self.leave(supervisor)
        return None

    def why_not(self, supervisor: str, call_id: str) -> Refusal | None:
        """Say what would keep a supervisor from joining a call of this server.

        Args:
            supervisor: Who.
            call_id: The call.

        Returns:
            The reason, or None when they could join now.
        """
        if call_id not in self._registry:
            return "elsewhere"
        bridge = self._registry.bridge(call_id)
        if bridge is None or not bridge.active:
            return "no_agent"
        if self._legs.get(supervisor) is None:
            return "no_voice"
        return "own_call" if self._speaks_elsewhere(supervisor) else None

    async def _join(self, supervisor: str, call_id: str, way: Way) -> None:
        call = await self._calls.get(call_id)
        if call is None or call.ended_at is not None:
            raise SupervisionRefused("over")
        self._open_bridge(supervisor, call_id)
        await self._audit.record(
            _ACTIONS[way],
            customer_id=call.customer_id,
            call_id=call_id,
            detail=supervisor,
            now=self._clock(),
        )
        # Much may have happened while it was being written down.
        bridge = self._open_bridge(supervisor, call_id)
        current = self.current(supervisor)
        if current is not None and current.call_id == call_id:
            bridge.set_role(supervisor, _ROLES[way])
        else:
            self.leave(supervisor)
            if not bridge.join(supervisor, _ROLES[way]):
                raise SupervisionRefused("no_voice")
        self._joined[supervisor] = Supervised(call_id, way), bridge

    def _open_bridge(self, supervisor: str, call_id: str) -> Bridge:
        refusal = self.why_not(supervisor, call_id)
        bridge = self._registry.bridge(call_id)
        if refusal is None and bridge is not None:
            return bridge
        raise SupervisionRefused(refusal or "no_agent")

    def _speaks_elsewhere(self, supervisor: str) -> bool:
        """Whether they are in a call otherwise than by supervision."""
        joined = self._joined.get(supervisor)
        bridges = (self._registry.bridge(call_id) for call_id in self._registry)
        return any(
            bridge is not None
            and bridge.active
            and supervisor in bridge.parties
            and (joined is None or bridge is not joined[1])
            for bridge in bridges
        )
