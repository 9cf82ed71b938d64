"""Calls and their turns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class CallRow(Base):
    """One telephone call."""

    __tablename__ = "calls"
    __table_args__ = (Index(None, "caller_number", "started_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    caller_number: Mapped[str | None] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(32))
    server: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[dict[str, Any] | None]
    state_at: Mapped[datetime | None]
    resumed_by: Mapped[str | None] = mapped_column(ForeignKey("calls.id"), index=True)


class TurnRow(Base):
    """What one side said in one turn."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("call_id", "turn_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    turn_id: Mapped[str] = mapped_column(String(64))
    speaker: Mapped[str] = mapped_column(String(16))
    agent_name: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    heard: Mapped[str | None] = mapped_column(Text)
    complete: Mapped[bool]
    started_at: Mapped[datetime]
    confidence: Mapped[float | None]
    words: Mapped[list[dict[str, Any]] | None]
    alternatives: Mapped[list[str]]
    barge_in: Mapped[bool]
    affect: Mapped[float | None]
