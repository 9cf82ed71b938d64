"""Sites, departments, and when each is open: every week, and on special days."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.models.base import Base


class SiteRow(Base):
    """One place that customers come to; the one with the lowest position is the main one."""

    __tablename__ = "sites"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    spoken_names: Mapped[list[str]]
    time_zone: Mapped[str | None] = mapped_column(String(64))
    subdivision: Mapped[str | None] = mapped_column(String(16))
    position: Mapped[int]


class DepartmentRow(Base):
    """One part of the company with hours of its own; the first is meant when none is named."""

    __tablename__ = "departments"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    spoken_names: Mapped[list[str]]
    position: Mapped[int]


class WeeklyHoursRow(Base):
    """One opening period of one weekday; a day may have several. No site: the whole company."""

    __tablename__ = "weekly_hours"
    __table_args__ = (Index(None, "department", "weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str | None] = mapped_column(ForeignKey("sites.key"))
    department: Mapped[str] = mapped_column(String(40))
    weekday: Mapped[int]
    opens: Mapped[dt.time]
    closes: Mapped[dt.time]


class HoursExceptionRow(Base):
    """One opening period of one special day; without times, the department is closed that day.

    Without a site it holds for every site that has none of its own for the day.
    """

    __tablename__ = "hours_exceptions"
    __table_args__ = (Index(None, "department", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str | None] = mapped_column(ForeignKey("sites.key"))
    department: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    name: Mapped[str] = mapped_column(String(100))
    opens: Mapped[dt.time | None]
    closes: Mapped[dt.time | None]
