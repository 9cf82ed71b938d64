"""How a call begins, and how one that was cut off goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions import agenda
from actions.business import Business
from actions.corrections import meant_instead
from actions.opener import Opener, opener
from actions.orders import ORDER_INTENTS
from actions.orders.finding import known_to
from actions.turn import Request, Turn
from contact_center.orders import Order

# What a resumed call takes over of the call's own slots, besides every detail of the task at hand.
# Who is calling is known anew, and a hand-off is not repeated.
RESUMED_SLOTS = frozenset(
    {
        "active_task",
        "awaiting",
        "question_values",
        "problem",
        "department",
        "site",
        "actions_done",
        "actions_not_done",
        "promises",
        "tasks_done",
        "pending_request",
        "put_aside",
    }
)
RECENT = 5
# With these a "yes" or "no" stands alone; with any other the caller has said what they want.
NO_REQUEST = frozenset(
    {None, "affirm", "deny", "answer", "correct_that", "nlu_fallback", "out_of_scope"}
)
_SAME_ORDER = re.compile(r"\b(it|that one|this one|that order|this order|the order|they)\b")


async def start_call(turn: Turn, business: Business) -> None:
    """Take in who is calling, and begin: by their profile, or by asking how to help."""
    caller = turn.metadata.get("caller") or {}
    resume = turn.metadata.get("resume")
    turn.set(
        caller_number=caller.get("number"),
        customer_id=caller.get("customer_id"),
        customer_name=caller.get("name"),
        tier=caller.get("tier"),
        resume_state=resume if isinstance(resume, Mapping) else None,
        awaiting="resume" if isinstance(resume, Mapping) else None,
    )
    if isinstance(resume, Mapping):
        # The line itself has asked whether to go on.
        return
    _open(turn, await _opener(turn, business))


async def _opener(turn: Turn, business: Business) -> Opener:
    """Look at the profile of a caller whose number is one customer's, and only then."""
    customer = await business.customers.find_by_phone(turn.get("caller_number"))
    if customer is None or customer.id != turn.customer_id:
        return Opener("open")
    complaints = await business.tickets.open_complaints(customer.id)
    orders = await business.orders.of_customer(customer.id, limit=RECENT)
    return opener(customer, complaints, orders, business.now().date())


def _open(turn: Turn, found: Opener) -> None:
    if found.kind == "owner" and found.ticket is not None:
        turn.set(
            preferred_agent=found.ticket.owner,
            complaint_level=found.ticket.complaint_level or 3,
            actions_done=[f"Recognised the open complaint: {found.ticket.subject}"],
        )
        turn.escalate("complaint")
    elif found.kind == "person":
        turn.escalate("policy")
    elif found.order is not None:
        turn.set(offered={"order_number": found.order.number, "intent": found.intent})
        turn.ask("about_order", order=found.words)
    else:
        turn.say("utter_opener")
        turn.expect_anything()


async def answer_about_order(turn: Turn, business: Business) -> bool:
    """Take the answer to "are you calling about the order that arrives tomorrow?".

    Whatever else the caller says is understood as the request itself; of that order, if it speaks
    of "it".

    Args:
        turn: The caller's turn.
        business: What the skills work on.

    Returns:
        Whether that was all the caller said.
    """
    offered = turn.get("offered") or {}
    agreed = turn.yes_or_no()
    turn.settle()
    turn.set(offered=None)
    wanted = turn.intent if turn.intent in ORDER_INTENTS else None
    if agreed is False and (other := await _other_order(turn, business, offered)):
        turn.set(order_number=other.number, order_confirmed=True)
        turn.then = Request(wanted or "order_status")
        return True
    of_it = agreed is not False and bool(wanted and _SAME_ORDER.search(turn.text.lower()))
    if agreed or of_it:
        turn.set(order_number=offered.get("order_number"), order_confirmed=True)
    if agreed is None or turn.intent not in NO_REQUEST:
        return False
    if agreed:
        turn.then = Request(str(offered.get("intent") or "order_status"))
    else:
        turn.ask("what_then")
    return True


async def _other_order(turn: Turn, business: Business, offered: Mapping[str, Any]) -> Order | None:
    known = await known_to(turn, business)
    return meant_instead(turn.text, known, str(offered.get("order_number")))


async def answer_resume(turn: Turn, business: Business) -> bool:
    """Take the answer to "shall we go on where we were?"; returns whether it was an answer."""
    agreed = turn.yes_or_no()
    if agreed is None:
        # Something else was said: the caller has moved on.
        turn.settle()
        turn.set(resume_state=None)
        return False
    state = turn.get("resume_state") or {}
    turn.settle()
    turn.set(resume_state=None)
    if not agreed:
        turn.ask("what_then")
        return True
    turn.set(**_taken_over(state))
    turn.say("utter_resumed")
    if not turn.ask_again():
        turn.ask("what_then")
    return True


def _taken_over(state: Mapping[str, Any]) -> dict[str, Any]:
    slots = state.get("slots") or {}
    return {
        name: value
        for name, value in slots.items()
        if name in RESUMED_SLOTS or name not in agenda.CALL_SLOTS
    }
