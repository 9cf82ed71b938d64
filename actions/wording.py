"""Values as they are put into spoken sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from contact_center.order_numbers import grouped
from contact_center.orders import Order

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
    name = _ARTICLE.sub("", first.name[:1].lower() + first.name[1:])
    if not others:
        return name
    return f"{name} and {len(others)} more {'item' if len(others) == 1 else 'items'}"
