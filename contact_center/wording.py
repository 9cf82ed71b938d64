"""Times, days and digits in words, as a promise on the telephone says them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = {2: "twenty", 3: "thirty", 4: "forty", 5: "fifty"}
_ORDINALS = _words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = _words(
    "January February March April May June July August September October November December"
)

DAYS_IN_WEEK = 7


def number_words(number: int) -> str:
    """Say a small number.

    Args:
        number: From 0 to 59.

    Returns:
        Such as "forty-two".

    Raises:
        ValueError: The number is out of range.
    """
    if not 0 <= number <= 59:
        raise ValueError(f"{number} is not between 0 and 59")
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def digit_words(digits: Iterable[str]) -> str:
    """Say digits one by one.

    Args:
        digits: Characters from "0" to "9".

    Returns:
        Such as "four two".
    """
    return " ".join(_ONES[int(digit)] for digit in digits)


def clock_words(at: time) -> str:
    """Say a time of day.

    Args:
        at: The local time; seconds are left out.

    Returns:
        Such as "nine in the morning", "half past five in the afternoon" or "noon".
    """
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour else "midnight"
    hour = number_words(at.hour % 12 or 12)
    if at.minute == 0:
        spoken = hour
    elif at.minute == 30:
        spoken = f"half past {hour}"
    elif at.minute < 10:
        spoken = f"{hour} oh {number_words(at.minute)}"
    else:
        spoken = f"{hour} {number_words(at.minute)}"
    return f"{spoken} {_part_of_day(at.hour)}"


def day_words(day: date, today: date) -> str:
    """Say a day as seen from today.

    Args:
        day: The day, not before today.
        today: The present day.

    Returns:
        Such as "today", "tomorrow", "on Monday" or "on Monday, January fourth".
    """
    distance = (day - today).days
    if distance in (0, 1):
        return ("today", "tomorrow")[distance]
    weekday = _WEEKDAYS[day.weekday()]
    if 0 < distance < DAYS_IN_WEEK:
        return f"on {weekday}"
    return f"on {weekday}, {_MONTHS[day.month - 1]} {_ORDINALS[day.day - 1]}"


def _part_of_day(hour: int) -> str:
    if hour < 12:
        return "in the morning"
    if hour < 17:
        return "in the afternoon"
    return "in the evening" if hour < 21 else "at night"
