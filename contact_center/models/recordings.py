"""Recordings of calls; the audio itself lies in files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class RecordingRow(Base):
    """The recording of one call; `file` lies in the folder of recordings until `deleted_at`."""

    __tablename__ = "recordings"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    file: Mapped[str] = mapped_column(String(100))
    format: Mapped[str] = mapped_column(String(8))
    started_at: Mapped[datetime] = mapped_column(index=True)
    caller_clock: Mapped[list[dict[str, Any]]]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[float | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    paused: Mapped[list[dict[str, Any]]]
    broken: Mapped[str | None] = mapped_column(Text)
    deleted_at: Mapped[datetime | None]
