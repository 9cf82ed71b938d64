"""The company's opening hours: the stored weekly hours and exceptions, and public holidays."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import holidays
from sqlalchemy import select

from contact_center.database import Database
from contact_center.models import HoursExceptionRow, WeeklyHoursRow
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
    """No department has this name.

    Args:
        department: The name that was asked for.
    """

    def __init__(self, department: str) -> None:
        super().__init__(f"There is no department {department!r}.")
        self.department = department


class OpeningHours:
    """Answers when the departments are open.

    Args:
        db: Where weekly hours and exceptions are stored.
        settings: The time zone, and the country whose holidays are kept.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()

    async def on(self, day: date, department: str = "support") -> DayHours:
        """Tell the hours of one day.

        Args:
            day: The local day.
            department: Whose hours.

        Returns:
            The periods in local time, and the holiday or exception if it is one.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, day)).on(day)

    async def is_open(self, at: datetime, department: str = "support") -> bool:
        """Tell whether a department is open.

        Args:
            at: An aware time.
            department: Whose hours.

        Returns:
            True while it is open.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at))).is_open(at)

    async def closes_at(self, at: datetime, department: str = "support") -> datetime | None:
        """Find the end of the present opening.

        Args:
            at: An aware time.
            department: Whose hours.

        Returns:
            When it closes, in UTC; None when it is closed at `at`, or never closes.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at))).closes_at(at)

    async def next_opening(self, at: datetime, department: str = "support") -> datetime | None:
        """Find when a department opens next.

        Args:
            at: An aware time.
            department: Whose hours.

        Returns:
            The first opening after `at`, in UTC, also when it is open now; None when it does not
            open within a year.

        Raises:
            UnknownDepartment: There is no such department.
        """
        return (await self.schedule(department, self._local(at))).next_opening(at)

    async def schedule(self, department: str, start: date) -> Schedule:
        """Read the whole schedule of a department.

        Args:
            department: Whose hours.
            start: The first day that matters.

        Returns:
            The schedule, good for a year from `start`.

        Raises:
            UnknownDepartment: There is no such department.
        """
        first, last = start - timedelta(days=2), start + timedelta(days=HORIZON_DAYS)
        every_week = select(WeeklyHoursRow).where(WeeklyHoursRow.department == department)
        exceptions = (
            select(HoursExceptionRow)
            .where(HoursExceptionRow.department == department)
            .where(HoursExceptionRow.day.between(first, last))
            .order_by(HoursExceptionRow.id)
        )
        weekly: defaultdict[int, tuple[Period, ...]] = defaultdict(tuple)
        special: dict[date, SpecialDay] = {}
        async with self._db.reading() as session:
            for row in await session.scalars(every_week):
                weekly[row.weekday] += (Period(row.opens, row.closes),)
            for exception in await session.scalars(exceptions):
                before = special.get(exception.day, SpecialDay(exception.name)).periods
                if exception.opens is not None and exception.closes is not None:
                    before += (Period(exception.opens, exception.closes),)
                special[exception.day] = SpecialDay(exception.name, before)
        if not weekly and department not in STANDARD_HOURS:
            raise UnknownDepartment(department)
        return Schedule(
            zone=self._settings.zone,
            weekly=weekly or STANDARD_HOURS[department],
            special_days=special,
            holidays=_public_holidays(
                self._settings.country, self._settings.subdivision, first.year, last.year
            ),
        )

    def _local(self, at: datetime) -> date:
        return at.astimezone(self._settings.zone).date()


@lru_cache(maxsize=16)
def _public_holidays(
    country: str, subdivision: str | None, first_year: int, last_year: int
) -> dict[date, str]:
    years = range(first_year, last_year + 1)
    # A holiday that falls on a week-end is also kept on the working day that stands for it.
    found = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=True)
    return dict(found.items())
