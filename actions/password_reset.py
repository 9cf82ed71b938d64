"""The start of a password reset: who is it, by which way, and a code to the contact on file.

The same words are said whether or not an account exists, so that nobody can find out by calling.
"""

from __future__ import annotations

import re

from actions.business import Business
from actions.turn import Turn
from contact_center.customers import Contact, Customer
from contact_center.one_time_codes import CodeRefused
from contact_center.orders import Order

TRIES = 2
KINDS = {"email": "email", "text": "phone"}
SPOKEN_KINDS = {"email": "e-mail", "text": "text message"}

_EMAIL = re.compile(r"\b(e ?-?mail|mail|inbox|first|one)\b")
_TEXT = re.compile(r"\b(text|texts|phone|sms|message|cell|mobile|second|two|s m s)\b")


async def password_reset(turn: Turn, business: Business) -> None:
    """Begin a password reset."""
    turn.set(misunderstandings=0, active_task="password_reset", problem="password_reset")
    turn.set(contact_attempts=0)
    if turn.customer_id is not None:
        await _offer_contacts(turn, await business.customers.get(turn.customer_id))
    else:
        turn.set(number_attempts=0, partial_number=None, candidate=None)
        turn.say("utter_reset_identify")
        turn.ask("order_number")


async def identified_by_order(turn: Turn, business: Business, order: Order | None) -> None:
    """Go on with the account an order belongs to, or with none in the same words."""
    customer = await business.customers.get(order.customer_id) if order else None
    turn.set(reset_customer_id=customer.id if customer else None)
    await _offer_contacts(turn, customer)


async def answer_contact_kind(turn: Turn, business: Business) -> bool:
    """Take the choice between e-mail and text; returns whether it was an answer."""
    kind = contact_kind(turn.text)
    if kind is None:
        attempts = int(turn.get("contact_attempts") or 0) + 1
        turn.set(contact_attempts=attempts)
        if attempts < TRIES:
            return False
        turn.say("utter_reset_needs_person")
        turn.escalate("repeated_failure")
        return True
    account = turn.customer_id if turn.customer_id is not None else turn.get("reset_customer_id")
    customer = await business.customers.get(int(account)) if account is not None else None
    if customer is not None and not await _send(turn, business, customer, kind):
        _to_a_person(turn)
        return True
    turn.settle()
    turn.set(active_task=None)
    turn.note("promises", f"A password reset code by {SPOKEN_KINDS[kind]}, if there is an account")
    turn.say("utter_code_sent", kind=SPOKEN_KINDS[kind])
    turn.ask("anything_else")
    return True


def contact_kind(text: str) -> str | None:
    """Tell which way the caller chose.

    Args:
        text: What the recogniser heard.

    Returns:
        "email", "text", or None if it was neither or both.
    """
    lowered = text.lower()
    email, message = bool(_EMAIL.search(lowered)), bool(_TEXT.search(lowered))
    if email == message:
        return None
    return "email" if email else "text"


async def _offer_contacts(turn: Turn, customer: Customer | None) -> None:
    if customer is not None and (customer.tier == "vip" or customer.is_staff):
        _to_a_person(turn)
        return
    turn.ask("contact_kind")


def _to_a_person(turn: Turn) -> None:
    turn.say("utter_reset_needs_person")
    turn.note("actions_not_done", "No password reset code has been sent")
    turn.escalate("policy")


async def _send(turn: Turn, business: Business, customer: Customer, kind: str) -> bool:
    contact = _contact(customer, kind)
    if contact is None:
        return False
    try:
        await business.codes.send(customer.id, contact.id, turn.call_id, business.now())
    except CodeRefused:
        return False
    turn.note("actions_done", f"Sent a password reset code by {SPOKEN_KINDS[kind]}")
    return True


def _contact(customer: Customer, kind: str) -> Contact | None:
    """Choose the contact of a kind, or the other one if there is none: it is on file as well."""
    preferred, other = customer.emails, customer.phones
    if KINDS[kind] == "phone":
        preferred, other = other, preferred
    return next((contact for contact in (*preferred, *other) if contact.verified), None)
