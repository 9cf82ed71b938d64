"""Calls offered to people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.models.base import Base


class HandoffRow(Base):
    """One hand-off: the packet as it was written, and where it stands."""

    __tablename__ = "handoffs"
    __table_args__ = (Index(None, "state", "priority", "offered_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    packet: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(24))
    priority: Mapped[int]
    offered_at: Mapped[datetime]
    agent_name: Mapped[str | None] = mapped_column(String(100))
    disposition: Mapped[str | None] = mapped_column(String(100))
    notes: Mapped[str | None] = mapped_column(Text)
    history: Mapped[list[HandoffChangeRow]] = relationship(
        lazy="selectin", order_by="HandoffChangeRow.id", cascade="all, delete-orphan"
    )


class HandoffChangeRow(Base):
    """One step of a hand-off's history."""

    __tablename__ = "handoff_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(
        ForeignKey("handoffs.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    agent_name: Mapped[str | None] = mapped_column(String(100))
