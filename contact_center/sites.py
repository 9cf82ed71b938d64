"""Where the company is: its sites, its departments, and what callers call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from sqlalchemy import select

from contact_center.database import Database
from contact_center.models import DepartmentRow, SiteRow, WeeklyHoursRow


@dataclass(frozen=True, slots=True)
class Site:
    """A place that customers come to.

    Args:
        key: Its short name in the tables.
        name: As the line says it, fit to stand before "store".
        spoken_names: What callers call it, lower case.
        time_zone: Its IANA zone, where that is not the company's.
        subdivision: The state or province whose holidays it keeps, where that is not the company's.
    """

    key: str
    name: str
    spoken_names: tuple[str, ...] = ()
    time_zone: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the company with hours of its own.

    Args:
        key: Its short name in the tables.
        name: As the line says it, fit to stand behind "our".
        spoken_names: What callers call it, lower case.
    """

    key: str
    name: str
    spoken_names: tuple[str, ...] = ()


Named = TypeVar("Named", Site, Department)

# What a company has before it has described its sites and departments.
STANDARD_DEPARTMENTS: Final = (
    Department(
        "support",
        "support line",
        ("support", "customer service", "service", "call center", "line", "agents", "on the phone"),
    ),
    Department(
        "store",
        "store",
        ("store", "stores", "shop", "shops", "showroom", "outlet", "in person", "come in"),
    ),
)


@dataclass(frozen=True, slots=True)
class Directory:
    """Sites and departments, and which site has which.

    Args:
        sites: The sites, the main one first.
        departments: The departments; the first is meant when none is named.
        offered: Pairs of site key and department key.
    """

    sites: tuple[Site, ...] = ()
    departments: tuple[Department, ...] = STANDARD_DEPARTMENTS
    offered: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def site(self, key: str | None) -> Site | None:
        """One site by its key, or None."""
        return next((site for site in self.sites if site.key == key), None)

    def department(self, key: str) -> Department | None:
        """One department by its key, or None."""
        return next((each for each in self.departments if each.key == key), None)

    def sites_with(self, department: str) -> tuple[Site, ...]:
        """The sites that have a department, the main one first; none if it is nowhere special."""
        return tuple(site for site in self.sites if (site.key, department) in self.offered)

    def named_site(self, text: str) -> Site | None:
        """Find the site that a caller names.

        Args:
            text: What the caller said.

        Returns:
            The site whose longest name occurs in it, or None.
        """
        return _named(self.sites, text)

    def named_department(self, text: str) -> Department | None:
        """Find the department that a caller names.

        Args:
            text: What the caller said.

        Returns:
            The department whose longest name occurs in it, or None.
        """
        return _named(self.departments, text)


def _named(candidates: Sequence[Named], text: str) -> Named | None:
    lowered = text.lower()
    found = [
        (len(name), -place)
        for place, candidate in enumerate(candidates)
        for name in candidate.spoken_names
        if re.search(rf"\b{re.escape(name)}\b", lowered)
    ]
    return candidates[-max(found)[1]] if found else None


class Sites:
    """Reads the sites and departments.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def directory(self) -> Directory:
        """Read them all.

        Returns:
            The directory; of a company that has stored nothing, the standard departments.
        """
        hours = select(WeeklyHoursRow.site, WeeklyHoursRow.department).distinct()
        async with self._db.reading() as session:
            sites = (await session.scalars(select(SiteRow).order_by(SiteRow.position))).all()
            departments = (
                await session.scalars(select(DepartmentRow).order_by(DepartmentRow.position))
            ).all()
            offered = (await session.execute(hours.where(WeeklyHoursRow.site.is_not(None)))).all()
            return Directory(
                tuple(
                    Site(
                        row.key, row.name, _names(row.spoken_names), row.time_zone, row.subdivision
                    )
                    for row in sites
                ),
                tuple(
                    Department(row.key, row.name, _names(row.spoken_names)) for row in departments
                )
                or STANDARD_DEPARTMENTS,
                frozenset((str(site), department) for site, department in offered),
            )


def _names(stored: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in stored)
