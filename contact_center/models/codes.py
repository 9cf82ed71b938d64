"""One-time codes, of which only hashes are kept, and the links that they lead to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class OneTimeCodeRow(Base):
    """One code that a caller was asked for; a decoy was sent to nobody and fits nothing."""

    __tablename__ = "one_time_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    caller_number: Mapped[str | None] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    decoy: Mapped[bool]
    code_hash: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    verified_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class ResetLinkRow(Base):
    """One link to the reset page, of whose token only a hash is kept."""

    __tablename__ = "reset_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("one_time_codes.id"))
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
