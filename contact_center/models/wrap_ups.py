"""What agents wrote down after their calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class WrapUpRow(Base):
    """The wrap-up of one hand-off, and the ticket of what is still to be done."""

    __tablename__ = "wrap_ups"

    handoff_id: Mapped[str] = mapped_column(
        ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True
    )
    agent_name: Mapped[str] = mapped_column(String(100))
    disposition: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
