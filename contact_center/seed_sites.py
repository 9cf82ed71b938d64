"""The example company's sites and departments, with their hours."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.models import DepartmentRow, HoursExceptionRow, SiteRow, WeeklyHoursRow
from contact_center.opening_hours import STANDARD_HOURS
from contact_center.schedule import Period
from contact_center.sites import STANDARD_DEPARTMENTS

_EVERY_DAY = tuple(range(7))
_TUESDAY_TO_SATURDAY = (1, 2, 3, 4, 5)
_MONDAY_TO_SATURDAY = (0, 1, 2, 3, 4, 5)
_SUNDAY = (6,)

_SITES = (
    ("downtown", "downtown", ["downtown", "down town", "main street", "in the city"], None, None),
    ("airport", "airport", ["airport", "terminal"], None, None),
    # An hour behind the others.
    ("mall", "river mall", ["river mall", "mall", "shopping center"], "America/Chicago", "IL"),
)
_DEPARTMENTS = (
    *((each.key, each.name, list(each.spoken_names)) for each in STANDARD_DEPARTMENTS),
    ("repairs", "repair shop", ["repair shop", "repair", "repairs", "workshop", "bike shop"]),
    ("pickup", "pickup counter", ["pickup", "pick up", "pick it up", "pickup counter", "counter"]),
)
_LONG_DAY = Period(time(6), time(22))
_HOURS: tuple[tuple[str, str, tuple[int, ...], Period], ...] = (
    ("downtown", "repairs", _TUESDAY_TO_SATURDAY, Period(time(10), time(18))),
    ("downtown", "pickup", _MONDAY_TO_SATURDAY, Period(time(9), time(20))),
    ("airport", "store", _EVERY_DAY, _LONG_DAY),
    ("airport", "pickup", _EVERY_DAY, _LONG_DAY),
    ("mall", "store", _MONDAY_TO_SATURDAY, Period(time(10), time(21))),
    ("mall", "store", _SUNDAY, Period(time(12), time(18))),
)
# (month, day, name, support, downtown store): shorter than usual.
_SHORT_DAYS = (
    (12, 24, "Christmas Eve", Period(time(8), time(16)), Period(time(10), time(17))),
    (12, 31, "New Year's Eve", Period(time(8), time(17)), Period(time(10), time(17))),
)


async def seed_sites(session: AsyncSession, today: date) -> None:
    """Add sites, departments and hours that are not there yet.

    Args:
        session: An open session.
        today: The day at the company; short days of its year and the next are added.
    """
    if not await session.scalar(select(func.count(WeeklyHoursRow.id))):
        session.add_all(
            SiteRow(
                key=key,
                name=name,
                spoken_names=spoken,
                time_zone=zone,
                subdivision=subdivision,
                position=position,
            )
            for position, (key, name, spoken, zone, subdivision) in enumerate(_SITES)
        )
        session.add_all(
            DepartmentRow(key=key, name=name, spoken_names=spoken, position=position)
            for position, (key, name, spoken) in enumerate(_DEPARTMENTS)
        )
        await session.flush()
        session.add_all(_weekly_hours())
    await _add_short_days(session, today)
    await _open_airport_on_thanksgiving(session, today)


def _weekly_hours() -> list[WeeklyHoursRow]:
    everywhere: list[tuple[str | None, str, tuple[int, ...], Period]] = [
        ("downtown" if department == "store" else None, department, (weekday,), period)
        for department, week in STANDARD_HOURS.items()
        for weekday, periods in week.items()
        for period in periods
    ]
    return [
        WeeklyHoursRow(
            site=site,
            department=department,
            weekday=weekday,
            opens=period.opens,
            closes=period.closes,
        )
        for site, department, weekdays, period in [*everywhere, *_HOURS]
        for weekday in weekdays
    ]


async def _add_short_days(session: AsyncSession, today: date) -> None:
    for year in (today.year, today.year + 1):
        for month, day_of_month, name, support, store in _SHORT_DAYS:
            day = date(year, month, day_of_month)
            for department, period in (("support", support), ("store", store)):
                already = await session.scalar(
                    select(HoursExceptionRow.id)
                    .where(HoursExceptionRow.department == department)
                    .where(HoursExceptionRow.day == day)
                    .limit(1)
                )
                # A short day does not open a department that is closed on its weekday anyway.
                usually_open = day.weekday() in STANDARD_HOURS[department]
                if already is None and usually_open:
                    session.add(
                        HoursExceptionRow(
                            department=department,
                            day=day,
                            name=name,
                            opens=period.opens,
                            closes=period.closes,
                        )
                    )


async def _open_airport_on_thanksgiving(session: AsyncSession, today: date) -> None:
    for year in (today.year, today.year + 1):
        first = date(year, 11, 1)
        # The fourth Thursday.
        day = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
        already = await session.scalar(
            select(HoursExceptionRow.id)
            .where(HoursExceptionRow.site == "airport")
            .where(HoursExceptionRow.day == day)
            .limit(1)
        )
        airport = await session.get(SiteRow, "airport")
        if already is None and airport is not None:
            session.add(
                HoursExceptionRow(
                    site=airport.key,
                    department="store",
                    day=day,
                    name="Thanksgiving",
                    opens=time(8),
                    closes=time(14),
                )
            )
