"""The tables, by subject. Services read and write them; nobody else sees a row."""

from contact_center.models.base import Base, UtcDateTime
from contact_center.models.calls import CallRow, TurnRow
from contact_center.models.codes import OneTimeCodeRow
from contact_center.models.customers import ContactRow, CustomerRow
from contact_center.models.handoffs import HandoffChangeRow, HandoffRow
from contact_center.models.hours import HoursExceptionRow, WeeklyHoursRow
from contact_center.models.messages import MessageRow
from contact_center.models.orders import OrderItemRow, OrderRow, ShipmentRow
from contact_center.models.tickets import TicketRow

__all__ = [
    "Base",
    "CallRow",
    "ContactRow",
    "CustomerRow",
    "HandoffChangeRow",
    "HandoffRow",
    "HoursExceptionRow",
    "MessageRow",
    "OneTimeCodeRow",
    "OrderItemRow",
    "OrderRow",
    "ShipmentRow",
    "TicketRow",
    "TurnRow",
    "UtcDateTime",
    "WeeklyHoursRow",
]
