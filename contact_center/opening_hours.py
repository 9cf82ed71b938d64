"""The opening hours of each site and department: weekly hours, exceptions, public holidays.

Callers, routing and promises all ask here, so that they never tell different things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database
from contact_center.models import HoursExceptionRow, SiteRow, WeeklyHoursRow
from contact_center.schedule import HORIZON_DAYS, DayHours, Period, Schedule, SpecialDay
from contact_center.settings import ContactCenterSettings

__all__ = ["STANDARD_HOURS", "DayHours", "OpeningHours", "Period", "UnknownDepartment"]

_AGENTS = (Period(time(8), time(20)),)
_STORE = (Period(time(10), time(19)),)

# What a company starts with; rows in the weekly hours of a department replace them.
STANDARD_HOURS: Final[dict[str, dict[int, tuple[Period, ...]]]] = {
    "support": {
        **dict.fromkeys(range(5), _AGENTS),
        5: (Period(time(9), time(17)),),
    },
    "store": {
        **dict.fromkeys(range(6), _STORE),
        6: (Period(time(11), time(17)),),
    },
}


class UnknownDepartment(LookupError):
    """No department has this name, or the site does not have it.

    Args:
        department: The name that was asked for.
        site: The site that was asked for, if one was.
    """

    def __init__(self, department: str, site: str | None = None) -> None:
        where = f" at the site {site!r}" if site is not None else ""
        super().__init__(f"There is no department {department!r}{where}.")
        self.department = department
        self.site = site


class OpeningHours:
    """Answers when the departments are open.

    Args:
        db: Where weekly hours and exceptions are stored.
        settings: The time zone, and the country whose holidays are kept.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()

    async def on(self, day: date, department: str = "support", site: str | None = None) -> DayHours:
        """Tell the hours of one day.

        Args:
            day: The local day.
            department: Whose hours.
            site: Where; the department's main site when None.

        Returns:
            The periods in local time, and the holiday or exception if it is one.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, day, site)).on(day)

    async def is_open(
        self, at: datetime, department: str = "support", site: str | None = None
    ) -> bool:
        """Tell whether a department is open.

        Args:
            at: An aware time.
            department: Whose hours.
            site: Where; the department's main site when None.

        Returns:
            True while it is open.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at), site)).is_open(at)

    async def closes_at(
        self, at: datetime, department: str = "support", site: str | None = None
    ) -> datetime | None:
        """Find the end of the present opening.

        Args:
            at: An aware time.
            department: Whose hours.
            site: Where; the department's main site when None.

        Returns:
            When it closes, in UTC; None when it is closed at `at`, or never closes.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at), site)).closes_at(at)

    async def next_opening(
        self, at: datetime, department: str = "support", site: str | None = None
    ) -> datetime | None:
        """Find when a department opens next.

        Args:
            at: An aware time.
            department: Whose hours.
            site: Where; the department's main site when None.

        Returns:
            The first opening after `at`, in UTC, also when it is open now; None when it does not
            open within a year.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at), site)).next_opening(at)

    async def schedule(self, department: str, start: date, site: str | None = None) -> Schedule:
        """Read the whole schedule of a department.

        Args:
            department: Whose hours.
            start: The first day that matters.
            site: Where; the department's main site when None.

        Returns:
            The schedule in the site's own time, good for a year from `start`.

        Raises:
            UnknownDepartment: There is no such department, or the site does not have it.
        """
        first, last = start - timedelta(days=2), start + timedelta(days=HORIZON_DAYS)
        async with self._db.reading() as session:
            where = await self._where(session, department, site)
            weekly = await _weekly(session, department, where)
            special = await _special_days(session, department, where, first, last)
        if not weekly:
            if where is not None or department not in STANDARD_HOURS:
                raise UnknownDepartment(department, where.key if where else None)
            weekly = STANDARD_HOURS[department]
        settings = self._settings
        return Schedule(
            zone=ZoneInfo(where.time_zone) if where and where.time_zone else settings.zone,
            weekly=weekly,
            special_days=special,
            holidays=_public_holidays(
                settings.country,
                (where and where.subdivision) or settings.subdivision,
                first.year,
                last.year,
            ),
        )

    async def _where(
        self, session: AsyncSession, department: str, site: str | None
    ) -> SiteRow | None:
        """The site, or the main one of those that have the department; None: the company."""
        if site is not None:
            found = await session.get(SiteRow, site)
            if found is None:
                raise UnknownDepartment(department, site)
            return found
        having = select(WeeklyHoursRow.site).where(WeeklyHoursRow.department == department)
        if None in (await session.scalars(having)).all():
            return None
        main = select(SiteRow).where(SiteRow.key.in_(having)).order_by(SiteRow.position).limit(1)
        return await session.scalar(main)

    def _local(self, at: datetime) -> date:
        return at.astimezone(self._settings.zone).date()


async def _weekly(
    session: AsyncSession, department: str, site: SiteRow | None
) -> Mapping[int, tuple[Period, ...]]:
    rows = (
        select(WeeklyHoursRow)
        .where(WeeklyHoursRow.department == department)
        .where(WeeklyHoursRow.site == (site.key if site else None))
    )
    weekly: defaultdict[int, tuple[Period, ...]] = defaultdict(tuple)
    for row in await session.scalars(rows):
        weekly[row.weekday] += (Period(row.opens, row.closes),)
    return weekly


async def _special_days(
    session: AsyncSession, department: str, site: SiteRow | None, first: date, last: date
) -> dict[date, SpecialDay]:
    of_company = HoursExceptionRow.site.is_(None)
    rows = (
        select(HoursExceptionRow)
        .where(HoursExceptionRow.department == department)
        .where(or_(of_company, HoursExceptionRow.site == site.key) if site else of_company)
        .where(HoursExceptionRow.day.between(first, last))
        .order_by(HoursExceptionRow.id)
    )
    found = (await session.scalars(rows)).all()
    # What a site says of a day stands above what the company says of it.
    own_days = {row.day for row in found if row.site is not None}
    special: dict[date, SpecialDay] = {}
    for row in found:
        if row.site is None and row.day in own_days:
            continue
        before = special.get(row.day, SpecialDay(row.name)).periods
        if row.opens is not None and row.closes is not None:
            before += (Period(row.opens, row.closes),)
        special[row.day] = SpecialDay(row.name, before)
    return special


@lru_cache(maxsize=16)
def _public_holidays(
    country: str, subdivision: str | None, first_year: int, last_year: int
) -> dict[date, str]:
    years = range(first_year, last_year + 1)
    # A holiday that falls on a week-end is also kept on the working day that stands for it.
    found = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=True)
    return dict(found.items())
