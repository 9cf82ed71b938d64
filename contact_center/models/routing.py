"""Agents, and the line of callers who wait for one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class AgentRow(Base):
    """One agent and what they do; `calls` counts their conversations, wrap-up included."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    queues: Mapped[list[str]]
    skills: Mapped[list[str]]
    languages: Mapped[list[str]]
    capacity: Mapped[int]
    server: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    state_since: Mapped[datetime]
    idle_since: Mapped[datetime]
    seen_at: Mapped[datetime]
    break_reason: Mapped[str | None] = mapped_column(String(60))
    calls: Mapped[int]


class QueuedHandoffRow(Base):
    """Where one hand-off stands in line; whether it waits at all is said by its own state."""

    __tablename__ = "queued_handoffs"

    handoff_id: Mapped[str] = mapped_column(
        ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True
    )
    queue: Mapped[str] = mapped_column(String(60))
    skills: Mapped[list[str]]
    language: Mapped[str] = mapped_column(String(16))
    preferred_agent: Mapped[str | None] = mapped_column(String(100))
    since: Mapped[datetime]
    returned: Mapped[bool]
    offered_to: Mapped[str | None] = mapped_column(String(100), index=True)
    offered_until: Mapped[datetime | None]
