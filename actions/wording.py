"""Values as they are put into spoken sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from contact_center.order_numbers import grouped
from contact_center.orders import Order, Part

_ARTICLE = re.compile(r"^(an?|the|some|one) (pair of |set of )?")


def spoken_number(number: str) -> str:
    """Write an order number so that it is read digit by digit, in groups.

    Args:
        number: An order number or the beginning of one.

    Returns:
        Such as "B, 4 8 2, 9 1 3".
    """
    return ", ".join(" ".join(group) for group in grouped(number))


def spoken_day(day: date, today: date) -> str:
    """Name a day as people do.

    Args:
        day: The day meant.
        today: The current day.

    Returns:
        Such as "today", "tomorrow", "on Friday" within a week, or "on December 24".
    """
    away = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if away in near:
        return near[away]
    if 1 < away < 7:
        return f"on {day:%A}"
    if 7 <= away < 14:
        return f"on {day:%A}, {day:%B} {day.day}"
    return f"on {day:%B} {day.day}"


def spoken_by(day: date, today: date) -> str:
    """Name the day until which something is promised.

    Args:
        day: The last day.
        today: The current day.

    Returns:
        Such as "by tomorrow" or "by Wednesday".
    """
    return f"by {spoken_day(day, today).removeprefix('on ')}"


def spoken_amount(cents: int) -> str:
    """Write an amount of money for the synthesiser.

    Args:
        cents: The amount in cents.

    Returns:
        Such as "$54.99" or "$60".
    """
    dollars, rest = divmod(cents, 100)
    return f"${dollars}.{rest:02d}" if rest else f"${dollars}"


def spoken_time(moment: time) -> str:
    """Write a time of day for the synthesiser.

    Args:
        moment: The time.

    Returns:
        Such as "6:30 PM", "8 AM", "noon" or "midnight".
    """
    if (moment.hour, moment.minute) == (12, 0):
        return "noon"
    if (moment.hour, moment.minute) == (0, 0):
        return "midnight"
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{hour}:{moment.minute:02d} {half}" if moment.minute else f"{hour} {half}"


def listed(words: Sequence[str]) -> str:
    """Join words as in speech: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def spoken_items(order: Order) -> str:
    """Say what an order is about, in a few words.

    Args:
        order: An order with at least one item.

    Returns:
        The first item without its article, and how many more there are.
    """
    if not order.items:
        return "order"
    first, *others = order.items
    name = spoken_item(first.name)
    if not others:
        return name
    return f"{name} and {len(others)} more {'item' if len(others) == 1 else 'items'}"


def spoken_item(name: str) -> str:
    """Say an item without its article: "hiking boots" for "a pair of hiking boots"."""
    return _ARTICLE.sub("", name[:1].lower() + name[1:])


def spoken_part(part: Part, today: date) -> str:
    """Say when a part of an order comes, in a clause.

    The verbs are the same for one thing and for several ("came", "should arrive").

    Args:
        part: What travels together.
        today: The current day.

    Returns:
        Such as "the hiking boots should arrive tomorrow".
    """
    items = "the " + listed([spoken_item(name) for name in part.items])
    if part.state == "packing":
        return f"we are still packing {items}"
    if part.state == "delivered":
        return (
            f"{items} came {spoken_day(part.delivered_on, today)}"
            if part.delivered_on
            else (f"we have delivered {items}")
        )
    if part.expected_on is None:
        return f"we have shipped {items}"
    should = "should have arrived" if part.is_late(today) else "should arrive"
    return f"{items} {should} {spoken_day(part.expected_on, today)}"
