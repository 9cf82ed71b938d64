"""The company's opening hours, with public holidays and exceptions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from contact_center.database import Database
from contact_center.models import HoursExceptionRow, WeeklyHoursRow
from contact_center.opening_hours import OpeningHours, Period, UnknownDepartment
from contact_center.settings import ContactCenterSettings

from .conftest import NOW


@pytest.fixture
def hours(seeded: Database, settings: ContactCenterSettings) -> OpeningHours:
    return OpeningHours(seeded, settings)


async def test_support_and_store_keep_their_weekly_hours(hours: OpeningHours) -> None:
    friday, saturday, sunday = (date(2026, 3, day) for day in (6, 7, 8))
    assert (await hours.on(friday)).periods == (Period(time(8), time(20)),)
    assert (await hours.on(saturday)).periods == (Period(time(9), time(17)),)
    assert (await hours.on(sunday)).is_closed
    assert (await hours.on(sunday, "store")).periods == (Period(time(11), time(17)),)


async def test_a_company_without_stored_hours_keeps_the_standard_ones(
    database: Database, settings: ContactCenterSettings
) -> None:
    assert await OpeningHours(database, settings).is_open(NOW)


async def test_stored_hours_replace_the_standard_ones(
    database: Database, settings: ContactCenterSettings
) -> None:
    async with database.session() as session:
        for opens, closes in ((time(13), time(15)), (time(9), time(11))):
            session.add(WeeklyHoursRow(department="support", weekday=2, opens=opens, closes=closes))
        session.add(WeeklyHoursRow(department="repairs", weekday=0, opens=time(9), closes=time(0)))
    hours = OpeningHours(database, settings)
    wednesday = await hours.on(date(2026, 3, 4))
    assert wednesday.periods == (Period(time(9), time(11)), Period(time(13), time(15)))
    assert (await hours.on(date(2026, 3, 5))).is_closed
    assert await hours.next_opening(NOW, "repairs") == datetime(2026, 3, 9, 13, tzinfo=UTC)


async def test_holidays_are_closed_by_name(hours: OpeningHours) -> None:
    thanksgiving = await hours.on(date(2026, 11, 26))
    assert thanksgiving.is_closed
    assert thanksgiving.note is not None
    assert "Thanksgiving" in thanksgiving.note


async def test_a_holiday_on_a_week_end_is_also_kept_on_its_working_day(
    hours: OpeningHours,
) -> None:
    saturday, friday = await hours.on(date(2026, 7, 4)), await hours.on(date(2026, 7, 3))
    assert saturday.is_closed
    assert friday.is_closed
    assert friday.note is not None
    assert "observed" in friday.note


async def test_christmas_eve_is_a_short_day(hours: OpeningHours) -> None:
    eve = await hours.on(date(2026, 12, 24))
    assert eve.note == "Christmas Eve"
    assert eve.periods == (Period(time(8), time(16)),)
    assert not await hours.is_open(datetime(2026, 12, 24, 23, tzinfo=UTC))  # six in the evening


async def test_a_long_week_end_is_passed_over(hours: OpeningHours) -> None:
    # Thursday evening; Friday is the observed holiday, Saturday the holiday, Sunday is closed.
    evening = datetime(2026, 7, 3, 1, 0, tzinfo=UTC)
    assert await hours.next_opening(evening) == datetime(2026, 7, 6, 12, tzinfo=UTC)


async def test_an_exception_opens_a_holiday(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    day = date(2026, 11, 26)
    async with seeded.session() as session:
        session.add(
            HoursExceptionRow(
                department="support",
                day=day,
                name="Thanksgiving service",
                opens=time(10),
                closes=time(14),
            )
        )
    hours = OpeningHours(seeded, settings)
    assert (await hours.on(day)).periods == (Period(time(10), time(14)),)
    assert (await hours.on(day, "store")).is_closed


async def test_an_exception_without_times_closes(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    async with seeded.session() as session:
        session.add(HoursExceptionRow(department="store", day=date(2026, 3, 4), name="Stocktaking"))
    hours = OpeningHours(seeded, settings)
    day = await hours.on(date(2026, 3, 4), "store")
    assert (day.is_closed, day.note) == (True, "Stocktaking")
    assert not await hours.is_open(NOW, "store")
    assert await hours.is_open(NOW)


async def test_the_closing_is_told_while_it_is_open(hours: OpeningHours) -> None:
    assert await hours.closes_at(NOW) == datetime(2026, 3, 5, 1, tzinfo=UTC)
    assert await hours.closes_at(NOW, "store") == datetime(2026, 3, 5, 0, tzinfo=UTC)
    assert await hours.closes_at(datetime(2026, 3, 5, 2, tzinfo=UTC)) is None


async def test_other_countries_and_states_have_their_own_holidays(seeded: Database) -> None:
    bavaria = ContactCenterSettings(time_zone="Europe/Berlin", country="DE", subdivision="BY")
    assert (await OpeningHours(seeded, bavaria).on(date(2026, 1, 6))).is_closed
    berlin = ContactCenterSettings(time_zone="Europe/Berlin", country="DE", subdivision="BE")
    assert not (await OpeningHours(seeded, berlin).on(date(2026, 1, 6))).is_closed


async def test_an_unknown_department_is_refused(hours: OpeningHours) -> None:
    with pytest.raises(UnknownDepartment):
        await hours.is_open(NOW, "kitchen")
