"""The contact centre's services as the skills use them, over one database a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.one_time_codes import OneTimeCodes
from contact_center.opening_hours import OpeningHours
from contact_center.orders import Orders
from contact_center.settings import ContactCenterSettings

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Business:
    """Everything a skill may ask of the company.

    Attributes:
        settings: Company name, country and time zone.
        customers: Who is who.
        orders: The order book.
        opening_hours: When which department is open.
        codes: One-time codes for password resets.
        clock: The present, as an aware time.
    """

    settings: ContactCenterSettings
    customers: Customers
    orders: Orders
    opening_hours: OpeningHours
    codes: OneTimeCodes
    clock: Clock

    @classmethod
    def over(
        cls, db: Database, settings: ContactCenterSettings, clock: Clock | None = None
    ) -> Business:
        """Put the services together.

        Args:
            db: An open database.
            settings: The company's settings.
            clock: Where the time comes from; by default the system, or `WARMLINE_NOW`.

        Returns:
            The services, sharing the database.
        """
        return cls(
            settings=settings,
            customers=Customers(db, region=settings.country),
            orders=Orders(db),
            opening_hours=OpeningHours(db, settings),
            codes=OneTimeCodes(db, settings),
            clock=clock or clock_from(os.environ.get("WARMLINE_NOW"), settings),
        )

    def now(self) -> datetime:
        """Tell the time where the company is, as an aware datetime."""
        return self.clock().astimezone(self.settings.zone)


def clock_from(moment: str | None, settings: ContactCenterSettings) -> Clock:
    """Make a clock that runs, or one that stands still at a given moment.

    Args:
        moment: ISO 8601, in the company's time zone unless it says otherwise; None or "" to run.
        settings: Where the time zone comes from.

    Returns:
        A function that tells the time.

    Raises:
        ValueError: The moment is not ISO 8601.
    """
    if not moment:
        return lambda: datetime.now(UTC)
    fixed = datetime.fromisoformat(moment)
    if fixed.tzinfo is None:
        fixed = fixed.replace(tzinfo=settings.zone)
    return lambda: fixed
