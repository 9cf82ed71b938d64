"""Customers and how to reach them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.models.base import Base


class CustomerRow(Base):
    """One customer account."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    tier: Mapped[str] = mapped_column(String(16))
    is_staff: Mapped[bool]
    contacts: Mapped[list[ContactRow]] = relationship(
        lazy="selectin", order_by="ContactRow.id", cascade="all, delete-orphan"
    )


class ContactRow(Base):
    """A telephone number or an e-mail address of a customer."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "value"),
        Index(None, "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(254))
    verified: Mapped[bool]
    changed_at: Mapped[datetime]
