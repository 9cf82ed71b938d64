"""What an agent may know of a customer: orders, earlier calls, what is owed, masked contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contact_center.calls import Call, Calls
from contact_center.customers import Contact, ContactKind, Customers, Tier
from contact_center.database import Database
from contact_center.handoff_packet import ContactFacts, OrderFacts, TicketFacts
from contact_center.models import HandoffRow, WrapUpRow
from contact_center.orders import Order, Orders
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Ticket, Tickets

RECENT = 5


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """A way to reach a customer that does not give it away.

    Args:
        kind: A telephone number or an e-mail address.
        masked: Which one it is, in words that may be said, such as "the phone ending in 4 2".
        verified: Whether the customer has shown that it is theirs.
        changed_at: When it was last set.
    """

    kind: ContactKind
    masked: str
    verified: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """A customer as agents see them.

    Args:
        customer_id: The customer's key.
        name: Full name.
        tier: How they are served.
        is_staff: Whether they are one of the company's own people.
        contacts: How they can be reached, masked.
        orders: Their newest orders, newest first.
        past_contacts: Their latest calls with what came of them, newest first.
        open_tickets: What is still owed to them, the earliest promise first.
    """

    customer_id: int
    name: str
    tier: Tier
    is_staff: bool
    contacts: tuple[MaskedContact, ...]
    orders: tuple[OrderFacts, ...]
    past_contacts: tuple[ContactFacts, ...]
    open_tickets: tuple[TicketFacts, ...]


class CustomerProfiles:
    """Gathers what is known of a customer.

    Args:
        db: Where it is stored.
        settings: Tells the company's day.
    """

    def __init__(self, db: Database, settings: ContactCenterSettings | None = None) -> None:
        self._db = db
        self._settings = settings or ContactCenterSettings()

    async def of(
        self, customer_id: int, now: datetime, *, before: datetime | None = None
    ) -> CustomerProfile | None:
        """Gather what is known of one customer.

        Args:
            customer_id: The customer's key.
            now: The present instant.
            before: Only calls that started earlier than this are past; the present one began then.

        Returns:
            The profile, or None when there is no such customer.
        """
        customer = await Customers(self._db).get(customer_id)
        if customer is None:
            return None
        today = now.astimezone(self._settings.zone).date()
        orders = await Orders(self._db).of_customer(customer_id, RECENT)
        tickets = await Tickets(self._db, self._settings).open_for_customer(customer_id)
        calls = await Calls(self._db).recent_of_customer(
            customer_id, before=before or now, limit=RECENT
        )
        outcomes = await self._outcomes([call.call_id for call in calls])
        return CustomerProfile(
            customer_id=customer.id,
            name=customer.name,
            tier=customer.tier,
            is_staff=customer.is_staff,
            contacts=tuple(_masked(each) for each in (*customer.phones, *customer.emails)),
            orders=tuple(
                OrderFacts(
                    number=order.number,
                    state=order.state,
                    items=_item_names(order),
                    placed_on=order.placed_on,
                    expected_on=order.expected_on,
                    delivered_on=order.delivered_on,
                    late=order.is_late(today),
                    total_cents=order.total_cents,
                )
                for order in orders
            ),
            past_contacts=tuple(_contact(call, outcomes.get(call.call_id)) for call in calls),
            open_tickets=tuple(_ticket(each) for each in tickets),
        )

    async def _outcomes(self, call_ids: Sequence[str]) -> dict[str, _Outcome]:
        """What came of those calls that were handed over; of several hand-offs the last counts."""
        query = (
            select(HandoffRow, WrapUpRow.summary)
            .outerjoin(WrapUpRow, WrapUpRow.handoff_id == HandoffRow.id)
            .where(HandoffRow.call_id.in_(call_ids))
            .order_by(HandoffRow.offered_at, HandoffRow.id)
        )
        async with self._db.reading() as session:
            return {
                row.call_id: _Outcome(row.disposition or row.state, row.agent_name, summary or "")
                for row, summary in (await session.execute(query)).all()
            }


@dataclass(frozen=True, slots=True)
class _Outcome:
    outcome: str
    agent_name: str | None
    summary: str


def _masked(contact: Contact) -> MaskedContact:
    return MaskedContact(contact.kind, contact.masked(), contact.verified, contact.changed_at)


def _contact(call: Call, came: _Outcome | None) -> ContactFacts:
    return ContactFacts(
        call_id=call.call_id,
        at=call.started_at,
        end_reason=call.end_reason,
        topic=(call.state or {}).get("active_task"),
        outcome=came.outcome if came else call.end_reason,
        agent_name=came.agent_name if came else None,
        summary=came.summary if came else "",
    )


def _ticket(ticket: Ticket) -> TicketFacts:
    return TicketFacts(
        ticket_id=ticket.id,
        kind=ticket.kind,
        subject=ticket.subject,
        opened_at=ticket.opened_at,
        promised_at=ticket.promised_at,
        owner=ticket.owner,
        complaint_level=ticket.complaint_level,
        respond_by=ticket.respond_by,
        resolve_by=ticket.resolve_by,
        responded_at=ticket.responded_at,
    )


def _item_names(order: Order) -> tuple[str, ...]:
    return tuple(
        item.name if item.quantity == 1 else f"{item.quantity} x {item.name}"
        for item in order.items
    )
