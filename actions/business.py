"""The contact centre's services as the skills use them, over one database a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from contact_center.customers import Customers
from contact_center.database import Database
from contact_center.even_time import EvenTime
from contact_center.invoices import Invoices
from contact_center.one_time_codes import OneTimeCodes
from contact_center.opening_hours import OpeningHours
from contact_center.order_policy import OrderPolicyFile
from contact_center.order_promises import OrderPromises
from contact_center.orders import Orders
from contact_center.reset_links import ResetLinks
from contact_center.returns import Returns
from contact_center.settings import ContactCenterSettings
from contact_center.sites import Sites
from contact_center.tickets import Tickets

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Business:
    """Everything a skill may ask of the company.

    Attributes:
        settings: Company name, country and time zone.
        customers: Who is who.
        orders: The order book.
        order_policy: What may be promised about orders.
        order_promises: What has been promised about them.
        returns: What is on its way back.
        invoices: Copies of invoices.
        opening_hours: When which department is open.
        sites: Which sites and departments there are.
        codes: One-time codes for password resets.
        reset_links: The links that a verified code leads to.
        even: Makes the answers of a password reset take the same time.
        tickets: What the company owes its callers.
        clock: The present, as an aware time.
    """

    settings: ContactCenterSettings
    customers: Customers
    orders: Orders
    order_policy: OrderPolicyFile
    order_promises: OrderPromises
    returns: Returns
    invoices: Invoices
    opening_hours: OpeningHours
    sites: Sites
    codes: OneTimeCodes
    reset_links: ResetLinks
    even: EvenTime
    tickets: Tickets
    clock: Clock

    @classmethod
    def over(
        cls,
        db: Database,
        settings: ContactCenterSettings,
        clock: Clock | None = None,
        even: EvenTime | None = None,
    ) -> Business:
        """Put the services together.

        Args:
            db: An open database.
            settings: The company's settings.
            clock: Where the time comes from; by default the system, or `WARMLINE_NOW`.
            even: What waits until a reset's answer is due; by default as the settings say.

        Returns:
            The services, sharing the database.

        Raises:
            OrderPolicyError: The table of what may be promised cannot be read.
        """
        even = even or EvenTime(settings.reset_answer_s)
        return cls(
            settings=settings,
            customers=Customers(db, region=settings.country),
            orders=Orders(db),
            order_policy=OrderPolicyFile(settings.order_policy),
            order_promises=OrderPromises(db, settings),
            returns=Returns(db, settings.company_name),
            invoices=Invoices(db, settings.company_name),
            opening_hours=OpeningHours(db, settings),
            sites=Sites(db),
            codes=OneTimeCodes(db, settings, even=even),
            reset_links=ResetLinks(db, settings),
            even=even,
            tickets=Tickets(db, settings),
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
