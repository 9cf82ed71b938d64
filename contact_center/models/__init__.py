"""The tables, by subject. Services read and write them; nobody else sees a row."""

from contact_center.models.accounts import AccountRow
from contact_center.models.audit import AuditRow
from contact_center.models.base import Base, UtcDateTime
from contact_center.models.calls import CallRow, TurnRow
from contact_center.models.codes import OneTimeCodeRow, ResetLinkRow
from contact_center.models.customers import ContactRow, CustomerRow
from contact_center.models.handoffs import HandoffChangeRow, HandoffRow
from contact_center.models.hours import (
    DepartmentRow,
    HoursExceptionRow,
    SiteRow,
    WeeklyHoursRow,
)
from contact_center.models.messages import MessageRow
from contact_center.models.orders import (
    OrderItemRow,
    OrderPromiseRow,
    OrderRow,
    ReturnRow,
    ShipmentItemRow,
    ShipmentRow,
)
from contact_center.models.recordings import RecordingRow
from contact_center.models.routing import AgentRow, QueuedHandoffRow
from contact_center.models.staff import StaffRow, StaffSessionRow
from contact_center.models.tickets import TicketRow
from contact_center.models.wrap_ups import WrapUpRow

__all__ = [
    "AccountRow",
    "AgentRow",
    "AuditRow",
    "Base",
    "CallRow",
    "ContactRow",
    "CustomerRow",
    "DepartmentRow",
    "HandoffChangeRow",
    "HandoffRow",
    "HoursExceptionRow",
    "MessageRow",
    "OneTimeCodeRow",
    "OrderItemRow",
    "OrderPromiseRow",
    "OrderRow",
    "QueuedHandoffRow",
    "RecordingRow",
    "ResetLinkRow",
    "ReturnRow",
    "ShipmentItemRow",
    "ShipmentRow",
    "SiteRow",
    "StaffRow",
    "StaffSessionRow",
    "TicketRow",
    "TurnRow",
    "UtcDateTime",
    "WeeklyHoursRow",
    "WrapUpRow",
]
