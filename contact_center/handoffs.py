"""Hand-offs as they are stored; who gets them is decided in line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select

from contact_center.database import Database
from contact_center.handoff_packet import HandoffPacket, HandoffState, StateChange
from contact_center.models import HandoffChangeRow, HandoffRow

WithdrawOutcome = Literal["timed_out", "abandoned", "after_hours"]


@dataclass(frozen=True, slots=True)
class Handoff:
    """A hand-off and where it stands.

    Args:
        id: Names the hand-off.
        call_id: The call that is handed over.
        packet: What is handed over with it, its state history included.
        state: Where it stands now.
        history: Every step so far, oldest first.
        agent_name: Who took it.
        disposition: How the agent closed it.
        notes: What the agent wrote on closing it.
    """

    id: str
    call_id: str
    packet: HandoffPacket
    state: HandoffState
    history: tuple[StateChange, ...]
    agent_name: str | None
    disposition: str | None = None
    notes: str | None = None

    @property
    def offered_at(self) -> datetime:
        """Since when the caller waits."""
        return self.history[0].at


class UnknownHandoff(LookupError):
    """No hand-off has this id.

    Args:
        handoff_id: The id that was asked for.
    """

    def __init__(self, handoff_id: str) -> None:
        super().__init__(f"There is no hand-off {handoff_id}.")
        self.handoff_id = handoff_id


class Handoffs:
    """Keeps the hand-offs.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def open(self, packet: HandoffPacket) -> Handoff:
        """Store a packet and offer its call to the agents.

        Args:
            packet: The packet; offering the same one again changes nothing.

        Returns:
            The hand-off.
        """
        async with self._db.session() as session:
            if await session.get(HandoffRow, packet.handoff_id) is None:
                session.add(
                    HandoffRow(
                        id=packet.handoff_id,
                        call_id=packet.call.call_id,
                        packet=packet.model_dump(mode="json"),
                        state="offered",
                        priority=packet.routing.priority,
                        offered_at=packet.created_at,
                        history=[HandoffChangeRow(state="offered", at=packet.created_at)],
                    )
                )
        return await self.get(packet.handoff_id)

    async def get(self, handoff_id: str) -> Handoff:
        """Read one hand-off.

        Args:
            handoff_id: Its id.

        Returns:
            The hand-off with its history up to now.

        Raises:
            UnknownHandoff: There is none with this id.
        """
        async with self._db.reading() as session:
            row = await session.get(HandoffRow, handoff_id)
            if row is None:
                raise UnknownHandoff(handoff_id)
            return _handoff(row)

    async def of_call(self, call_id: str) -> Handoff | None:
        """Read the latest hand-off of a call.

        Args:
            call_id: The call.

        Returns:
            The hand-off with its history up to now; None when the call had none.
        """
        query = (
            select(HandoffRow)
            .where(HandoffRow.call_id == call_id)
            .order_by(HandoffRow.offered_at.desc(), HandoffRow.id)
            .limit(1)
        )
        async with self._db.reading() as session:
            row = await session.scalar(query)
            return _handoff(row) if row else None

    async def connect(self, handoff_id: str, agent_name: str, now: datetime) -> bool:
        """Note that the agent who took a hand-off now speaks with the caller.

        Args:
            handoff_id: Its id.
            agent_name: Who speaks.
            now: The present instant.

        Returns:
            False when nobody holds it.
        """
        query = select(HandoffRow.id).where(
            HandoffRow.id == handoff_id, HandoffRow.state == "accepted"
        )
        async with self._db.session() as session:
            held = await session.scalar(query.with_for_update()) is not None
            if held:
                session.add(
                    HandoffChangeRow(
                        handoff_id=handoff_id, state="connected", at=now, agent_name=agent_name
                    )
                )
        return held


def _handoff(row: HandoffRow) -> Handoff:
    history = tuple(
        StateChange(
            state=cast(HandoffState, change.state), at=change.at, agent_name=change.agent_name
        )
        for change in row.history
    )
    packet = HandoffPacket.model_validate(row.packet)
    return Handoff(
        id=row.id,
        call_id=row.call_id,
        packet=packet.model_copy(update={"state_history": history}),
        state=cast(HandoffState, row.state),
        history=history,
        agent_name=row.agent_name,
        disposition=row.disposition,
        notes=row.notes,
    )
