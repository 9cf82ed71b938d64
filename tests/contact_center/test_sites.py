"""The company's sites and departments, and what callers call them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from contact_center.database import Database
from contact_center.models import HoursExceptionRow
from contact_center.opening_hours import OpeningHours, Period, UnknownDepartment
from contact_center.settings import ContactCenterSettings
from contact_center.sites import Sites


async def test_a_company_that_has_described_nothing_has_the_standard_departments(
    database: Database,
) -> None:
    directory = await Sites(database).directory()
    assert [each.key for each in directory.departments] == ["support", "store"]
    assert directory.sites == ()


@pytest.mark.parametrize(
    ("text", "site", "department"),
    [
        ("is the airport store open", "airport", "store"),
        ("how late is the shop on main street open", "downtown", "store"),
        ("are you open at the river mall", "mall", None),
        ("when can i bring my bike to the repair shop", None, "repairs"),
        ("when can i pick it up", None, "pickup"),
        ("is anybody at customer service", None, "support"),
        ("are you open", None, None),
    ],
)
async def test_callers_name_sites_and_departments(
    seeded: Database, text: str, site: str | None, department: str | None
) -> None:
    directory = await Sites(seeded).directory()
    named_site, named_department = directory.named_site(text), directory.named_department(text)
    assert (named_site.key if named_site else None) == site
    assert (named_department.key if named_department else None) == department


async def test_the_main_site_comes_first(seeded: Database) -> None:
    directory = await Sites(seeded).directory()
    assert [site.key for site in directory.sites_with("store")] == ["downtown", "airport", "mall"]
    assert [site.key for site in directory.sites_with("repairs")] == ["downtown"]
    assert directory.sites_with("support") == ()


async def test_each_site_keeps_its_own_hours(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    hours = OpeningHours(seeded, settings)
    sunday = date(2026, 3, 15)
    assert (await hours.on(sunday, "store")).periods == (Period(time(11), time(17)),)
    assert (await hours.on(sunday, "store", "airport")).periods == (Period(time(6), time(22)),)


async def test_a_site_in_another_time_zone_opens_by_its_own_clock(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    hours = OpeningHours(seeded, settings)
    night = datetime(2026, 3, 4, 6, tzinfo=UTC)
    assert await hours.next_opening(night, "store") == datetime(2026, 3, 4, 15, tzinfo=UTC)
    assert await hours.next_opening(night, "store", "mall") == datetime(2026, 3, 4, 16, tzinfo=UTC)


async def test_what_a_site_says_of_a_day_stands_above_what_the_company_says(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    day = date(2026, 3, 4)
    async with seeded.session() as session:
        session.add(HoursExceptionRow(department="store", day=day, name="Stocktaking"))
        session.add(
            HoursExceptionRow(
                site="airport",
                department="store",
                day=day,
                name="Stocktaking",
                opens=time(6),
                closes=time(12),
            )
        )
    hours = OpeningHours(seeded, settings)
    assert (await hours.on(day, "store", "downtown")).is_closed
    assert (await hours.on(day, "store", "airport")).periods == (Period(time(6), time(12)),)


async def test_a_site_without_the_department_says_so(
    seeded: Database, settings: ContactCenterSettings
) -> None:
    hours = OpeningHours(seeded, settings)
    with pytest.raises(UnknownDepartment, match="airport"):
        await hours.on(date(2026, 3, 4), "repairs", "airport")
    with pytest.raises(UnknownDepartment, match="moon"):
        await hours.on(date(2026, 3, 4), "store", "moon")
