"""When the support line and the store are open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from actions.business import Business
from actions.spoken_dates import When, when
from actions.turn import Turn
from actions.wording import listed, spoken_day, spoken_time
from contact_center.opening_hours import DayHours

_STORE = re.compile(r"\b(stores?|shops?|location|showroom|outlet|in person|come (in|by))\b")
_SUPPORT = re.compile(r"\b(support|service|agents?|call center|phone|line|customer)\b")
_NOW = re.compile(
    r"\b(now|currently|at the moment|still open|open yet|already open|open already)\b"
)
_UNTIL = re.compile(r"\b(until|till|how (late|long)|close|closing|closes)\b")
_NEXT = re.compile(r"\b(next open|open (again|next)|when do you open next|reopen)\b")
WEEK = 7


async def opening_hours(turn: Turn, business: Business) -> None:
    """Answer a question about opening hours: now, a time, a day, a holiday, or the week."""
    turn.set(misunderstandings=0)
    department = _department(turn)
    turn.set(department=department)
    settings = business.settings
    now = business.now()
    asked = when(turn.text, now.date(), country=settings.country, subdivision=settings.subdivision)
    who = {"who": "our store" if department == "store" else "our support line"}
    words = turn.text.lower()
    if asked.time is not None:
        await _at(turn, business, asked, department, who)
    elif asked.day is not None and (asked.day != now.date() or not _NOW.search(words)):
        await _on(turn, business, asked, department, who)
    elif _NOW.search(words) or _NEXT.search(words) or _UNTIL.search(words):
        await _now(turn, business, department, who)
    elif re.search(r"\bweekends?\b", words):
        await _weekend(turn, business, department, who)
    else:
        await _week(turn, business, department, who)
    if not turn.ask_again():
        turn.ask("anything_else")


def _department(turn: Turn) -> str:
    words = turn.text.lower()
    if _STORE.search(words):
        return "store"
    if _SUPPORT.search(words):
        return "support"
    return str(turn.get("department") or "support")


async def _now(turn: Turn, business: Business, department: str, who: dict[str, str]) -> None:
    now = business.now()
    if await business.opening_hours.is_open(now, department):
        closes = await business.opening_hours.closes_at(now, department)
        until = _clock(closes, business) if closes else "midnight"
        turn.say("utter_open_now", until=until, **who)
        return
    await _closed_now(turn, business, department, who)


async def _closed_now(turn: Turn, business: Business, department: str, who: dict[str, str]) -> None:
    now = business.now()
    opens = await business.opening_hours.next_opening(now, department)
    if opens is None:
        turn.say("utter_closed_now", **who)
        return
    local = opens.astimezone(business.settings.zone)
    turn.say(
        "utter_closed_now_opens",
        day=spoken_day(local.date(), now.date()),
        time=spoken_time(local.time()),
        **who,
    )


def _clock(moment: datetime, business: Business) -> str:
    return spoken_time(moment.astimezone(business.settings.zone).time())


async def _at(
    turn: Turn, business: Business, asked: When, department: str, who: dict[str, str]
) -> None:
    """Answer "are you open on Christmas Eve at six"."""
    day = asked.day or business.now().date()
    if asked.time is None:
        return
    moment = datetime.combine(day, asked.time, tzinfo=business.settings.zone)
    hours = await business.opening_hours.on(day, department)
    values = {
        "day": _named(asked, day, business),
        "time": spoken_time(asked.time),
        "hours": _hours(hours),
        **who,
    }
    if await business.opening_hours.is_open(moment, department):
        turn.say("utter_open_at", **values)
    elif hours.periods:
        turn.say("utter_closed_at", **values)
    else:
        turn.say("utter_closed_on", **values)


async def _on(
    turn: Turn, business: Business, asked: When, department: str, who: dict[str, str]
) -> None:
    day = asked.day or business.now().date()
    hours = await business.opening_hours.on(day, department)
    response = "utter_open_on" if hours.periods else "utter_closed_on"
    turn.say(response, day=_named(asked, day, business, hours.note), hours=_hours(hours), **who)


def _named(asked: When, day: date, business: Business, note: str | None = None) -> str:
    if asked.name:
        return f"on {asked.name}, {day:%A}, {day:%B} {day.day}"
    plain = spoken_day(day, business.now().date())
    return f"{plain}, because of {note}" if note else plain


def _hours(hours: DayHours) -> str:
    return listed(
        [f"from {spoken_time(each.opens)} to {spoken_time(each.closes)}" for each in hours.periods]
    )


async def _ordinary_week(business: Business, department: str) -> list[DayHours]:
    """Read the hours of the next ordinary Monday to Sunday, days with a holiday passed over."""
    today = business.now().date()
    schedule = await business.opening_hours.schedule(department, today)
    week: dict[int, DayHours] = {}
    for ahead in range(6 * WEEK):
        hours = schedule.on(today + timedelta(ahead))
        if hours.note is None:
            week.setdefault(hours.day.weekday(), hours)
        if len(week) == WEEK:
            break
    return [week[day] for day in sorted(week)]


async def _weekend(turn: Turn, business: Business, department: str, who: dict[str, str]) -> None:
    days = [
        hours
        for hours in await _ordinary_week(business, department)
        if hours.day.weekday() >= WEEK - 2
    ]
    turn.say("utter_open_week", hours=_summary(days), **who)


async def _week(turn: Turn, business: Business, department: str, who: dict[str, str]) -> None:
    turn.say("utter_open_week", hours=_summary(await _ordinary_week(business, department)), **who)


def _summary(days: Sequence[DayHours]) -> str:
    """Put days with the same hours together: "Monday to Friday from 8 AM to 8 PM"."""
    runs: list[list[DayHours]] = []
    for day in days:
        if runs and _hours(runs[-1][-1]) == _hours(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        first, last = f"{run[0].day:%A}", f"{run[-1].day:%A}"
        name = first if len(run) == 1 else f"{first} {'and' if len(run) == 2 else 'to'} {last}"
        parts.append(f"{name} {_hours(run[0])}" if run[0].periods else f"closed {name}")
    return listed(parts)
