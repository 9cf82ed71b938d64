"""Days and times as people say them: "tomorrow", "the fourth of july", "half past five"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

import holidays


def _words_of(text: str) -> list[str]:
    return text.split()


_NUMBERS = {
    word: value
    for value, word in enumerate(
        _words_of(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen twenty"
        )
    )
}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        _words_of(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
            "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
            "nineteenth twentieth thirtieth"
        ),
        start=1,
    )
} | {"thirtieth": 30}
_SOME_ONE = re.compile(
    r"\b(the|that|this|which|other)( \w+)? one\b(?! (oclock|am|pm|thirty|fifteen))"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_MONTHS = {
    word: value
    for value, word in enumerate(
        _words_of(
            "january february march april may june july august september october november december"
        ),
        start=1,
    )
}
_WEEKDAYS = {
    word: value
    for value, word in enumerate(
        _words_of("monday tuesday wednesday thursday friday saturday sunday")
    )
}
_HOLIDAY_NAMES = {
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "christmas eve": (12, 24),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "new year's": (1, 1),
    "new years": (1, 1),
    "new year": (1, 1),
    "christmas": (12, 25),
    "independence day": (7, 4),
}
# What callers say, and a part of the name the holidays package gives.
_PUBLIC_HOLIDAYS = {
    "thanksgiving": "thanksgiving",
    "memorial day": "memorial",
    "labor day": "labor",
    "presidents day": "washington",
    "presidents' day": "washington",
    "washington's birthday": "washington",
    "martin luther king": "martin luther king",
    "m l k day": "martin luther king",
    "columbus day": "columbus",
    "indigenous peoples": "columbus",
    "veterans day": "veterans",
    "juneteenth": "juneteenth",
}
_POINTING = frozenset({"first", "second", "last", "next", "that", "this", "which", "other"})
_AFTERNOON_UNTIL = 7  # a bare "six" about opening hours is the evening, a bare "eight" the morning


@dataclass(frozen=True)
class When:
    """A moment a caller asked about.

    Attributes:
        day: The day, or None if none was named.
        name: What the day was called, if it has a name ("Christmas Eve").
        time: The time of day, or None if none was named.
    """

    day: date | None = None
    name: str | None = None
    time: time | None = None


def when(text: str, today: date, *, country: str = "US", subdivision: str | None = None) -> When:
    """Find the day and the time of day in an utterance.

    Args:
        text: What the recogniser heard.
        today: The current day where the company is.
        country: Whose public holidays the caller means, ISO 3166.
        subdivision: State or province, if it has holidays of its own.

    Returns:
        Day, its name and time, as far as they were said. A day without a year is the next one.
    """
    words = _normal(text)
    day, name, rest = _day(words, today, country, subdivision)
    return When(day, name, time_of_day(rest))


def time_of_day(text: str) -> time | None:
    """Find a time of day: "six", "half past five", "six thirty p m", "six in the evening".

    Args:
        text: What the recogniser heard.

    Returns:
        The time, or None. Without "a m" or the like, hours up to seven are in the afternoon.
    """
    words = _normal(text)
    if re.search(r"\bnoon\b|\bmidday\b", words) and not re.search(r"\bafternoon\b", words):
        return time(12)
    if re.search(r"\bmidnight\b", words):
        return time(0)
    tokens = words.split()
    for at in range(len(tokens)):
        found = _clock(tokens, at)
        if found is not None:
            hour, minute, following = found
            return _placed_in_day(hour, minute, " ".join(tokens[following:]), words)
    return None


def _normal(text: str) -> str:
    lowered = re.sub(r"[,.?!-]", " ", text.lower().replace("o'clock", "oclock"))
    lowered = re.sub(r"\b([ap])\s?m\b", r"\1m", lowered)
    lowered = re.sub(r"(\d)([ap]m)\b", r"\1 \2", lowered)
    # "The airport one" names no hour.
    lowered = _SOME_ONE.sub(" ", lowered)
    return " ".join(lowered.split())


def _day(
    words: str, today: date, country: str, subdivision: str | None
) -> tuple[date | None, str | None, str]:
    for said, (month, day) in _HOLIDAY_NAMES.items():
        if re.search(rf"\b{re.escape(said)}\b", words):
            # "Christmas Day" and the like must not leave their words behind.
            rest = re.sub(rf"\b{re.escape(said)}\b( day)?", " ", words)
            name = "New Year's Day" if (month, day) == (1, 1) else _titled(said)
            return _next(today, month, day), name, rest
    for said, part in _PUBLIC_HOLIDAYS.items():
        if said in words:
            found = _public_holiday(part, today, country, subdivision)
            if found:
                return found, _titled(said), words.replace(said, " ")
    return _calendar_day(words, today)


def _calendar_day(words: str, today: date) -> tuple[date | None, str | None, str]:
    tokens = words.split()
    for at, token in enumerate(tokens):
        if token in _MONTHS:
            found = _date_at(tokens, at, today)
            if found:
                return found[0], None, found[1]
    if match := re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", words):
        year, month, number = map(int, match.groups())
        return _valid(year, month, number), None, words.replace(match.group(), " ")
    relative = {
        r"\bday after tomorrow\b": 2,
        r"\btomorrow\b": 1,
        r"\b(today|tonight|this (morning|afternoon|evening))\b": 0,
        r"\byesterday\b": -1,
    }
    for pattern, days in relative.items():
        if re.search(pattern, words):
            # "this evening" still says which half of the day a time is in.
            rest = re.sub(r"\b(day after )?(today|tomorrow|yesterday)\b", " ", words)
            return today + timedelta(days), None, rest
    for token in tokens:
        weekday = _WEEKDAYS.get(re.sub(r"('s|s)$", "", token))
        if weekday is not None:
            return _weekday(weekday, words, today), None, words.replace(token, " ")
    return _day_of_month(tokens, today)


def _weekday(weekday: int, words: str, today: date) -> date:
    ahead = (weekday - today.weekday()) % 7
    name = list(_WEEKDAYS)[weekday]
    if re.search(rf"\bnext {name}", words) and ahead == 0:
        ahead = 7
    return today + timedelta(ahead)


def _date_at(tokens: list[str], at: int, today: date) -> tuple[date, str] | None:
    """Read "december twenty fourth", "december 24", "the fourth of july" around a month."""
    month = _MONTHS[tokens[at]]
    number, taken = _day_number(tokens, at + 1 + (tokens[at + 1 : at + 2] == ["the"]))
    if number:
        end = at + 1 + (tokens[at + 1 : at + 2] == ["the"]) + taken
        day = _next(today, month, number)
        return (day, " ".join(tokens[:at] + tokens[end:])) if day else None
    stop = at - 1 if tokens[at - 1 : at] == ["of"] else at
    for length in (2, 1):
        start = stop - length
        number, taken = _day_number(tokens, start) if start >= 0 else (0, 0)
        if number and taken == length:
            day = _next(today, month, number)
            return (day, " ".join(tokens[:start] + tokens[at + 1 :])) if day else None
    return None


def _day_of_month(tokens: list[str], today: date) -> tuple[date | None, str | None, str]:
    for at, token in enumerate(tokens):
        if token != "the":
            continue
        number, taken = _ordinal(tokens, at + 1)
        # "the first one" is no date.
        if number and tokens[at + 1 + taken : at + 2 + taken] not in (["one"], ["time"], ["thing"]):
            month = today if number >= today.day else _first_of_next_month(today)
            rest = " ".join(tokens[:at] + tokens[at + 1 + taken :])
            return _valid(month.year, month.month, number), None, rest
    return None, None, " ".join(tokens)


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def _day_number(tokens: list[str], at: int) -> tuple[int, int]:
    number, taken = _ordinal(tokens, at)
    if number:
        return number, taken
    token = tokens[at] if at < len(tokens) else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in ("twenty", "thirty"):
        unit = _NUMBERS.get(following, 0)
        return (_TENS[token] + unit, 2) if 0 < unit < 10 else (_TENS[token], 1)
    if token in _NUMBERS:
        return _NUMBERS[token], 1
    return (int(token), 1) if token.isdecimal() and 0 < int(token) < 32 else (0, 0)


def _ordinal(tokens: list[str], at: int) -> tuple[int, int]:
    token = tokens[at] if at < len(tokens) else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in ("twenty", "thirty") and following in _ORDINALS and _ORDINALS[following] < 10:
        return _TENS[token] + _ORDINALS[following], 2
    if match := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)", token):
        return int(match.group(1)), 1
    return (_ORDINALS[token], 1) if token in _ORDINALS else (0, 0)


def _next(today: date, month: int, day: int) -> date | None:
    for year in range(today.year, today.year + 9):  # a leap day comes within eight years
        found = _valid(year, month, day)
        if found and found >= today:
            return found
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _public_holiday(part: str, today: date, country: str, subdivision: str | None) -> date | None:
    known = _holidays(country, subdivision, today.year)
    days = sorted(day for day, name in known.items() if part in name.lower() and day >= today)
    return days[0] if days else None


@lru_cache(maxsize=16)
def _holidays(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    years = (year, year + 1)
    found = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=False)
    return dict(found.items())


def _titled(said: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in said.split())


def _clock(tokens: list[str], at: int) -> tuple[int, int, int] | None:
    """Read a time at a word: (hour as said, minute, index behind it)."""
    token = tokens[at]
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})", token):
        hour, minute = int(match.group(1)), int(match.group(2))
        return (hour, minute, at + 1) if hour < 24 and minute < 60 else None
    for words, minutes in (("half past", 30), ("quarter past", 15), ("quarter after", 15)):
        if tokens[at : at + 2] == words.split():
            return _hour_with(tokens, at + 2, minutes)
    for word in ("quarter to", "quarter till", "quarter of"):
        if tokens[at : at + 2] == word.split():
            return _hour_with(tokens, at + 2, -15)
    number, taken = _count(tokens, at)
    after = tokens[at + taken] if taken and at + taken < len(tokens) else ""
    if number is None or (at and tokens[at - 1] in _POINTING):
        return None
    if after in {"past", "after", "to", "till"} and number < 60:
        sign = 1 if after in {"past", "after"} else -1
        timed = _hour_with(tokens, at + taken + 1, sign * number)
        if timed is not None:
            return timed
    return _hour_with(tokens, at, 0)


def _hour_with(tokens: list[str], at: int, minutes: int) -> tuple[int, int, int] | None:
    token = tokens[at] if at < len(tokens) else ""
    hour = _NUMBERS.get(token, int(token) if token.isdecimal() else -1)
    if not 1 <= hour <= 12:
        return None
    # "one of", "two days" and "five stars" are no times.
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if following in {"of", "day", "days", "hour", "hours", "week", "weeks", "more", "minutes"}:
        return None
    if minutes:
        total = hour * 60 + minutes
        return ((total // 60 - 1) % 12 + 1, total % 60, at + 1)
    minute, taken = _minutes(tokens, at + 1)
    return hour, minute, at + 1 + taken


def _minutes(tokens: list[str], at: int) -> tuple[int, int]:
    token = tokens[at] if at < len(tokens) else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in {"oh", "o"} and 0 < _NUMBERS.get(following, 0) < 10:
        return _NUMBERS[following], 2
    number, taken = _count(tokens, at)
    return (number, taken) if number is not None and 10 <= number < 60 else (0, 0)


def _count(tokens: list[str], at: int) -> tuple[int | None, int]:
    token = tokens[at] if at < len(tokens) else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in _TENS:
        unit = _NUMBERS.get(following, 0)
        return (_TENS[token] + unit, 2) if 0 < unit < 10 else (_TENS[token], 1)
    if token in _NUMBERS:
        return _NUMBERS[token], 1
    return (int(token), 1) if token.isdecimal() and len(token) <= 2 else (None, 0)


def _placed_in_day(hour: int, minute: int, after: str, words: str) -> time:
    if hour > 12:
        return time(hour, minute)
    morning = re.match(r"am\b", after) or re.search(r"\bmorning\b", words)
    evening = re.match(r"pm\b", after) or re.search(r"\b(afternoon|evening|tonight|night)\b", words)
    if morning:
        return time(hour % 12, minute)
    if evening or hour == 12 or hour <= _AFTERNOON_UNTIL:
        return time(hour % 12 + 12, minute)
    return time(hour, minute)
