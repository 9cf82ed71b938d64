"""When each department is open: every week, and on special days."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class WeeklyHoursRow(Base):
    """One opening period of one weekday; a day may have several."""

    __tablename__ = "weekly_hours"
    __table_args__ = (Index(None, "department", "weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(String(40))
    weekday: Mapped[int]
    opens: Mapped[dt.time]
    closes: Mapped[dt.time]


class HoursExceptionRow(Base):
    """One opening period of one special day; without times, the department is closed that day."""

    __tablename__ = "hours_exceptions"
    __table_args__ = (Index(None, "department", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    name: Mapped[str] = mapped_column(String(100))
    opens: Mapped[dt.time | None]
    closes: Mapped[dt.time | None]
