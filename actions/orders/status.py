"""Telling how an order or its return stands, with the day that people care about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from actions.turn import Turn
from actions.wording import spoken_amount, spoken_by, spoken_day, spoken_items, spoken_part
from contact_center.orders import UNDELIVERED, Order
from contact_center.returns import Return

MOST_PARTS = 3
_DATED: Final = frozenset({"processing", "shipped", "late", "delivered"})


def tell_order(turn: Turn, order: Order, today: date, *, own: bool) -> None:
    """Say how an order stands.

    Args:
        turn: The caller's turn.
        order: The order.
        today: The current day.
        own: Whether it is the caller's own, so that its items may be named.
    """
    parts = order.parts()
    if own and order.state in UNDELIVERED and 1 < len(parts) <= MOST_PARTS:
        *first, last = (spoken_part(part, today) for part in parts)
        turn.say("utter_order_in_parts", parts=f"{', '.join(first)}, and {last}")
        return
    state = "late" if order.is_late(today) else order.state
    day = order.delivered_on if state == "delivered" else order.expected_on
    response = f"utter_order_{state}" if day or state not in _DATED else f"utter_order_{state}_open"
    values: dict[str, str] = {"day": spoken_day(day, today)} if day else {}
    values["subject"] = f"your order with the {spoken_items(order)}" if own else "that order"
    turn.say(response, **values)


def tell_return(turn: Turn, returned: Return, today: date, refund_days: int | None) -> None:
    """Say how a return and its refund stand.

    Args:
        turn: The caller's turn; the order must be the caller's own.
        returned: The return.
        today: The current day.
        refund_days: How many days after the goods came back the money is paid, if that is known.
    """
    since = {
        "label_sent": returned.label_sent_on,
        "in_transit": returned.label_sent_on,
        "received": returned.received_on,
        "refunded": returned.refunded_on,
    }[returned.state]
    due = since + timedelta(days=refund_days) if since and refund_days is not None else None
    turn.say(
        f"utter_return_{returned.state}",
        by=spoken_by(max(due, today), today) if due else "soon",
        day=spoken_day(since, today) if since else "already",
        amount=spoken_amount(returned.amount_cents),
    )


def standing(order: Order, today: date) -> str:
    """Write how an order stands, for the person who may take over.

    Args:
        order: The order.
        today: The current day.

    Returns:
        Such as "shipped, late, was expected 2026-11-17".
    """
    state = order.state.replace("_", " ")
    if order.is_late(today):
        return f"{state}, late, was expected {order.expected_on}"
    if order.state == "delivered":
        return f"delivered {order.delivered_on}"
    return f"{state}, expected {order.expected_on}" if order.expected_on else state
