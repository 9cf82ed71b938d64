"""The customer: tier, contacts, orders, what is owed to them, and earlier calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agent_desk import words
from agent_desk.pages.parts import box, text
from agent_desk.plain_text import plain
from agent_desk.words import Badge

if TYPE_CHECKING:
    from contact_center.customer_profile import CustomerProfile
    from contact_center.handoff_packet import (
        ContactFacts,
        HandoffPacket,
        OrderFacts,
        TicketFacts,
    )

MOST_ORDERS, MOST_CONTACTS, MOST_TICKETS = 4, 4, 4


class CustomerView:
    """The card of the customer.

    Args:
        zone: Where the company is.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._shown: object = None
        with box("section", "card customer scroll", tabindex=0, aria_label="Customer"):
            self._place = box(classes="stack")

    def show(self, packet: HandoffPacket, profile: CustomerProfile | None, now: datetime) -> None:
        """Show the customer, at once by the packet and then by all that is stored.

        Args:
            packet: The hand-off packet.
            profile: What is stored; None while it is being read, or when nobody is known.
            now: The present instant.
        """
        key = (packet.handoff_id, profile)
        if key == self._shown:
            return
        self._shown = key
        self._place.clear()
        with self._place:
            self._head(packet, profile)
            known = packet.customer
            if profile is not None:
                self._records(
                    profile.orders, profile.open_tickets, profile.past_contacts, packet, now
                )
            elif known is not None:
                self._records(
                    known.recent_orders, known.open_tickets, known.recent_contacts, packet, now
                )
            else:
                text("No customer is known for this number.", "p", "quiet")

    def _head(self, packet: HandoffPacket, profile: CustomerProfile | None) -> None:
        name = words.caller_name(packet)
        tier = packet.customer.tier if packet.customer else None
        with box(classes="customer-head"):
            text(words.initials(name), classes=f"avatar {tier or ''}", aria_hidden="true")
            with box(classes="customer-name"):
                text(name, "h2")
                if tier is not None:
                    kind = tier if tier != "standard" else "quiet"
                    _badge(Badge(f"{words.TIERS[tier]} customer", kind))
        facts = [
            (
                words.sentence(contact.kind),
                plain(contact.masked, 60) + ("" if contact.verified else " (not verified)"),
            )
            for contact in (profile.contacts if profile is not None else ())
        ]
        if not packet.call.caller_number:
            facts.insert(0, ("Calls from", "a withheld number"))
        if facts:
            with box("dl", "facts"):
                for fact, value in facts:
                    _fact(fact, value)

    def _records(
        self,
        orders: Sequence[OrderFacts],
        tickets: Sequence[TicketFacts],
        contacts: Sequence[ContactFacts],
        packet: HandoffPacket,
        now: datetime,
    ) -> None:
        spoken_of = {str(slot.value) for slot in packet.slots.values()}
        orders = sorted(orders, key=lambda order: order.number not in spoken_of)
        if orders:
            with box(classes="records"):
                text("Orders", "h3")
                for order in orders[:MOST_ORDERS]:
                    marked = " spoken-of" if order.number in spoken_of else ""
                    with box(classes=f"record{marked}"):
                        with box(classes="record-line"):
                            text(plain(order.number, 20), "strong", "tabular")
                            state = words.sentence(words.words(order.state))
                            _badge(Badge(state, "quiet"))
                            if order.late:
                                _badge(Badge("Late", "alarm"))
                        text(plain(", ".join(order.items), 90), classes="what")
                        text(words.order_words(order), classes="quiet")
        if tickets:
            with box(classes="records"):
                text("Open tickets", "h3")
                for ticket in tickets[:MOST_TICKETS]:
                    with box(classes="record"):
                        text(f"#{ticket.ticket_id} {plain(ticket.subject, 90)}", classes="what")
                        overdue = " overdue" if ticket.promised_at < now else ""
                        shown = words.ticket_words(ticket, self._zone, now)
                        text(shown, classes=f"quiet{overdue}")
        if contacts:
            with box(classes="records"):
                text("Past contacts", "h3")
                for contact in contacts[:MOST_CONTACTS]:
                    with box(classes="record"):
                        text(_contact(contact), classes="what")
                        text(words.at(contact.at, self._zone, now), classes="quiet")


def _contact(contact: ContactFacts) -> str:
    about = words.sentence(words.words(contact.topic)) if contact.topic else "Call"
    outcome = contact.outcome or contact.end_reason
    return (
        about
        + (f": {words.words(outcome)}" if outcome else "")
        + (f", with {plain(contact.agent_name, 40)}" if contact.agent_name else "")
    )


def _fact(name: str, value: str) -> None:
    with box(classes="fact"):
        text(name, "dt")
        text(value, "dd")


def _badge(content: Badge) -> None:
    text(content.text, classes=f"badge {content.kind}")
