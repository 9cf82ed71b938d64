"""Orders by telephone: where they are, what went wrong, cancelling and sending back.

The caller says the order number and confirms it. After two failed tries the most recent order of
the calling number is offered; after that a person takes over. What is in an order is told only to
a caller whose number belongs to its customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from actions import password_reset
from actions.business import Business
from actions.turn import Turn
from actions.wording import spoken_day, spoken_items, spoken_number
from contact_center.orders import NotCancellable, Order
from contact_center.spoken_numbers import ORDER_DIGITS, candidates, corrected, fragment

TRIES = 2
TASKS = {
    "order_status": "order_status",
    "order_late": "order_problem",
    "order_missing": "order_problem",
    "order_damaged": "order_problem",
    "order_wrong": "order_problem",
    "cancel_order": "cancel_order",
    "return_refund": "return_refund",
}
NUMBER_QUESTIONS = frozenset({"order_number", "rest_of_number", "confirm_number", "confirm_recent"})

_WITHOUT_NUMBER = re.compile(
    r"\b(don't|do not|can't|cannot|didn't|haven't|dunno|no idea|lost|forgot|not sure|without)\b"
)


async def order(turn: Turn, business: Business) -> None:
    """Begin, or go on with, whatever the caller wants about an order."""
    turn.set(misunderstandings=0)
    said = _complete_numbers(turn)
    if (
        turn.awaiting in NUMBER_QUESTIONS
        and (said or turn.yes_or_no() is not None)
        and await answer_number(turn, business)
    ):
        return
    if turn.awaiting == "confirm_cancel" and turn.intent == "cancel_order":
        # "Yes, cancel it" and a mere "cancel it" both agree.
        await _decide_cancelling(turn, business, turn.yes_or_no() is not False)
        return
    if turn.awaiting == "offer_person" and turn.yes_or_no():
        turn.escalate("requested")
        return
    intent = turn.intent if turn.intent in TASKS else "order_status"
    turn.set(active_task=TASKS[intent or "order_status"], problem=intent)
    if said:
        await _read_back(turn, business, said)
    elif turn.get("order_confirmed") and turn.get("order_number"):
        await _proceed(turn, business, await business.orders.find(str(turn.get("order_number"))))
    else:
        turn.set(number_attempts=0, partial_number=None, candidate=None, recent_offered=False)
        turn.ask("order_number")


async def answer_number(turn: Turn, business: Business) -> bool:
    """Take the caller's answer to a question about the order number.

    Returns:
        Whether it was an answer.
    """
    match turn.awaiting:
        case "confirm_number":
            return await _answer_read_back(turn, business)
        case "confirm_recent":
            return await _answer_recent(turn, business)
        case "order_number" | "rest_of_number":
            return await _answer_ask(turn, business)
        case _:
            return False


async def answer_cancel(turn: Turn, business: Business) -> bool:
    """Take the answer to "shall I cancel it?"; returns whether it was an answer."""
    agreed = turn.yes_or_no()
    if agreed is None:
        return False
    await _decide_cancelling(turn, business, agreed)
    return True


async def number_without_task(turn: Turn, business: Business) -> bool:
    """Take an order number said out of the blue for the wish to know where the order is."""
    said = _complete_numbers(turn)
    if not said:
        return False
    turn.set(active_task="order_status", problem="order_status", number_attempts=0)
    await _read_back(turn, business, said)
    return True


def _complete_numbers(turn: Turn) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for text in turn.hearings for number in candidates(text)))


async def _answer_ask(turn: Turn, business: Business) -> bool:
    said = _complete_numbers(turn)
    if said:
        await _read_back(turn, business, said)
        return True
    part = fragment(turn.text)
    if part:
        await _take_part(turn, business, part)
        return True
    if turn.intent == "deny" or _WITHOUT_NUMBER.search(turn.text.lower()):
        await _by_caller(turn, business)
        return True
    return False


async def _take_part(turn: Turn, business: Business, part: str) -> None:
    """Join a number that is said in pieces, with pauses between them."""
    joined = f"{turn.get('partial_number') or ''}{part}"
    missing = ORDER_DIGITS - sum(symbol.isdigit() for symbol in joined)
    if missing > 0:
        turn.set(partial_number=joined)
        turn.ask("rest_of_number", heard=spoken_number(joined), length=missing)
    elif missing == 0:
        await _read_back(turn, business, (joined,))
    else:
        await _failed(turn, business, "utter_number_too_long")


async def _read_back(turn: Turn, business: Business, numbers: Iterable[str]) -> None:
    """Read back the likeliest number: the caller's own, an existing one, or what was heard."""
    numbers = tuple(numbers)
    known = [found for number in numbers if (found := await business.orders.find(number))]
    own = [found for found in known if found.customer_id == turn.customer_id]
    best = (own or known)[0].number if known else numbers[0]
    turn.set(candidate=best, partial_number=None)
    turn.ask("confirm_number", number=spoken_number(best))


async def _answer_read_back(turn: Turn, business: Business) -> bool:
    candidate = str(turn.get("candidate"))
    agreed = turn.yes_or_no()
    repairs = [number for text in turn.hearings for number in corrected(candidate, text)]
    if agreed is not True and repairs:
        await _read_back(turn, business, dict.fromkeys(repairs))
        return True
    if agreed or candidate in _complete_numbers(turn):
        await _accept(turn, business, candidate)
        return True
    if agreed is False:
        await _failed(turn, business, "utter_number_misheard")
        return True
    return False


async def _accept(turn: Turn, business: Business, number: str) -> None:
    found = await business.orders.find(number)
    if turn.get("active_task") == "password_reset":
        turn.set(order_number=number, order_confirmed=True)
        await password_reset.identified_by_order(turn, business, found)
    elif found is None:
        await _failed(turn, business, "utter_order_not_found")
    else:
        turn.set(order_number=number, order_confirmed=True)
        await _proceed(turn, business, found)


async def _failed(turn: Turn, business: Business, response: str) -> None:
    attempts = int(turn.get("number_attempts") or 0) + 1
    turn.set(number_attempts=attempts, partial_number=None, candidate=None)
    if attempts < TRIES:
        turn.say(response)
        turn.ask("order_number")
    else:
        await _by_caller(turn, business)


async def _by_caller(turn: Turn, business: Business) -> None:
    """Look the order up by who is calling; failing that, a person does."""
    if turn.get("active_task") == "password_reset":
        await password_reset.identified_by_order(turn, business, None)
        return
    recent = (
        await business.orders.of_customer(turn.customer_id, limit=1)
        if turn.customer_id is not None and not turn.get("recent_offered")
        else []
    )
    if recent:
        placed = spoken_day(recent[0].placed_on, business.now().date())
        turn.set(candidate=recent[0].number, recent_offered=True)
        turn.ask("confirm_recent", items=spoken_items(recent[0]), placed=placed)
        return
    turn.say("utter_order_not_identified")
    turn.note("actions_not_done", "Could not find out which order it is")
    turn.escalate("repeated_failure")


async def _answer_recent(turn: Turn, business: Business) -> bool:
    said = _complete_numbers(turn)
    if said:
        await _read_back(turn, business, said)
        return True
    agreed = turn.yes_or_no()
    if agreed is None:
        return False
    if agreed:
        await _accept(turn, business, str(turn.get("candidate")))
    else:
        await _by_caller(turn, business)
    return True


async def _proceed(turn: Turn, business: Business, found: Order | None) -> None:
    """Do what the caller wants, now that the order is known."""
    if found is None:
        await _failed(turn, business, "utter_order_not_found")
        return
    today = business.now().date()
    turn.settle()
    turn.note("actions_done", f"Looked up order {found.number}: {_standing(found, today)}")
    match turn.get("active_task"):
        case "cancel_order":
            _cancel(turn, found)
        case "return_refund":
            _send_back(turn, found)
        case "order_problem":
            _problem(turn, found, today)
        case _:
            _tell_status(turn, found, today)
            if found.is_late(today):
                turn.ask("offer_person")
            else:
                _done(turn)


def _done(turn: Turn) -> None:
    turn.set(active_task=None)
    turn.ask("anything_else")


def _is_callers(turn: Turn, found: Order) -> bool:
    return turn.customer_id is not None and turn.customer_id == found.customer_id


def _tell_status(turn: Turn, found: Order, today: date) -> None:
    state = "late" if found.is_late(today) else found.state
    day = found.delivered_on if state == "delivered" else found.expected_on
    response = f"utter_order_{state}" if day or state not in _DATED else f"utter_order_{state}_open"
    values: dict[str, str] = {"day": spoken_day(day, today)} if day else {}
    values["subject"] = (
        f"Your order with the {spoken_items(found)}" if _is_callers(turn, found) else "That order"
    )
    turn.say(response, **values)


_DATED = frozenset({"processing", "shipped", "late", "delivered"})


def _standing(found: Order, today: date) -> str:
    state = found.state.replace("_", " ")
    if found.is_late(today):
        return f"{state}, late, was expected {found.expected_on}"
    if found.state == "delivered":
        return f"delivered {found.delivered_on}"
    return f"{state}, expected {found.expected_on}" if found.expected_on else state


def _problem(turn: Turn, found: Order, today: date) -> None:
    kind = turn.get("problem")
    if kind in {"order_damaged", "order_wrong"}:
        turn.say("utter_problem_needs_person")
        turn.note("actions_not_done", "Replacement or refund has not been arranged")
        turn.escalate("complex")
        return
    if found.state == "delivered":
        turn.say("utter_order_delivered_missing", **_day_of(found.delivered_on, today))
        turn.note("actions_not_done", "The parcel has not been traced with the carrier")
        turn.escalate("complex")
        return
    _tell_status(turn, found, today)
    if found.is_late(today):
        turn.note("actions_not_done", "The parcel has not been traced with the carrier")
        turn.ask("offer_person")
    else:
        _done(turn)


def _day_of(day: date | None, today: date) -> dict[str, str]:
    return {"day": spoken_day(day, today) if day else "already"}


def _cancel(turn: Turn, found: Order) -> None:
    if not _is_callers(turn, found):
        turn.say("utter_cancel_needs_person")
        turn.note("actions_not_done", f"Order {found.number} has not been cancelled")
        turn.escalate("policy")
    elif found.state == "processing":
        turn.ask("confirm_cancel", items=spoken_items(found))
    else:
        _refuse_cancelling(turn, _WHY[found.state])


async def _decide_cancelling(turn: Turn, business: Business, agreed: bool) -> None:
    if not agreed:
        turn.say("utter_cancel_kept")
        _done(turn)
        return
    number = str(turn.get("order_number"))
    try:
        await business.orders.cancel(number, business.now())
    except NotCancellable as refusal:
        _refuse_cancelling(turn, refusal.reason)
        return
    turn.note("actions_done", f"Cancelled order {number}")
    turn.say("utter_cancelled")
    _done(turn)


_WHY = {
    "shipped": "it has already been shipped",
    "out_for_delivery": "it is already out for delivery",
    "delivered": "it has already been delivered",
    "cancelled": "it has already been cancelled",
    "returned": "it has already been returned",
    "refunded": "it has already been refunded",
}


def _refuse_cancelling(turn: Turn, reason: str) -> None:
    turn.note("actions_not_done", f"Order not cancelled: {reason}")
    turn.say("utter_not_cancellable", reason=reason)
    _done(turn)


def _send_back(turn: Turn, found: Order) -> None:
    if found.state in {"returned", "refunded"}:
        turn.say(f"utter_order_{found.state}", subject="That order")
        _done(turn)
        return
    turn.say("utter_return_policy" if found.state == "delivered" else "utter_return_after_arrival")
    turn.note("actions_not_done", "No return label has been sent")
    turn.ask("offer_person")
