"""Orders, what is in them, the parcels in which it travels, returns, and what was promised."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.models.base import Base


class OrderRow(Base):
    """One order."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    placed_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(24))
    expected_on: Mapped[dt.date | None]
    delivered_on: Mapped[dt.date | None]
    cancelled_at: Mapped[dt.datetime | None]
    items: Mapped[list[OrderItemRow]] = relationship(
        lazy="selectin", order_by="OrderItemRow.id", cascade="all, delete-orphan"
    )
    shipments: Mapped[list[ShipmentRow]] = relationship(
        lazy="selectin", order_by="ShipmentRow.id", cascade="all, delete-orphan"
    )


class OrderItemRow(Base):
    """One line of an order."""

    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    price_cents: Mapped[int]


class ShipmentRow(Base):
    """One parcel of an order."""

    __tablename__ = "shipments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str] = mapped_column(String(40))
    tracking: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(24))
    expected_on: Mapped[dt.date | None]
    delivered_on: Mapped[dt.date | None]
    contents: Mapped[list[ShipmentItemRow]] = relationship(
        lazy="selectin", order_by="ShipmentItemRow.order_item_id", cascade="all, delete-orphan"
    )


class ShipmentItemRow(Base):
    """How much of one line of an order travels in one parcel."""

    __tablename__ = "shipment_items"

    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True
    )
    order_item_id: Mapped[int] = mapped_column(
        ForeignKey("order_items.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]


class ReturnRow(Base):
    """The return of an order and its refund."""

    __tablename__ = "returns"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(24))
    amount_cents: Mapped[int]
    label_sent_on: Mapped[dt.date]
    received_on: Mapped[dt.date | None]
    refunded_on: Mapped[dt.date | None]


class OrderPromiseRow(Base):
    """What the line promised about an order; the same thing is promised once."""

    __tablename__ = "order_promises"
    __table_args__ = (UniqueConstraint("order_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    step: Mapped[str] = mapped_column(String(24))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    made_on: Mapped[dt.date]
    due_at: Mapped[dt.datetime]
