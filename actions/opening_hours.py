"""When the departments of the sites are open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions import agenda
from actions.business import Business
from actions.spoken_dates import When, when
from actions.turn import Turn
from actions.wording import listed, spoken_day, spoken_time
from contact_center.opening_hours import DayHours
from contact_center.sites import Department, Directory, Site

_NOW = re.compile(
    r"\b(now|currently|at the moment|still open|open yet|already open|open already)\b"
)
# "Are you guys open" without a day is about this minute; "when are you open" is about the week.
_OPEN = re.compile(r"^(?!.*\b(when|what|which|how|hours|days)\b).*\b(are|is) .*\b(open|closed)$")
_UNTIL = re.compile(r"\b(until|till|how (late|long)|close|closing|closes)\b")
_NEXT = re.compile(r"\b(next|open again|reopen)\b")
_WEEKEND = re.compile(r"\bweekends?\b")
# A question that only names another place is about the same time as the one before.
_FOLLOW_UP_WORDS = 8
WEEK = 7


@dataclass(frozen=True)
class Place:
    """Whose hours are asked.

    Attributes:
        department: The department.
        site: Where, if it is at a site.
        zone: The time zone of its clock.
        note: What to add to the answer; begins with a comma, or is empty.
    """

    department: Department
    site: Site | None
    zone: ZoneInfo
    note: str = ""

    @property
    def who(self) -> str:
        """The place as the line says it, such as "our airport store"."""
        return " ".join(["our", *([self.site.name] if self.site else []), self.department.name])

    @property
    def key(self) -> tuple[str, str | None]:
        """Department and site as the opening hours take them."""
        return self.department.key, self.site.key if self.site else None


async def opening_hours(turn: Turn, business: Business) -> None:
    """Answer a question about opening hours: now, a time, a day, a holiday, or the week."""
    turn.set(misunderstandings=0)
    directory = await business.sites.directory()
    place = _place(turn, business, directory)
    words = _asked_words(turn, directory)
    turn.set(department=place.department.key, hours_asked=words)
    settings = business.settings
    today = business.clock().astimezone(place.zone).date()
    asked = when(words, today, country=settings.country, subdivision=settings.subdivision)
    if asked.time is not None:
        await _at(turn, business, asked, place, today)
    elif _UNTIL.search(words) and asked.day in (None, today):
        await _until(turn, business, asked, place, today)
    elif asked.day is not None and not (asked.day == today and _NOW.search(words)):
        await _on(turn, business, asked, place, today)
    elif _NOW.search(words) or _NEXT.search(words) or _OPEN.search(words):
        await _now(turn, business, place)
    elif _WEEKEND.search(words):
        days = [each for each in await _ordinary_week(business, place) if each.day.weekday() >= 5]
        _tell_week(turn, place, days)
    else:
        _tell_week(turn, place, await _ordinary_week(business, place))
    if not turn.ask_again():
        await agenda.done(turn, business)


def _place(turn: Turn, business: Business, directory: Directory) -> Place:
    """Find out whose hours are meant: as named, as named before, or the main ones."""
    standard = directory.departments[0]
    named, named_site = directory.named_department(turn.text), directory.named_site(turn.text)
    before = directory.department(str(turn.get("department")))
    department = named or before or standard
    if named_site and not named and not directory.sites_with(department.key):
        # Nobody visits the support line: who names a place means what can be visited there.
        department = next(
            (each for each in directory.departments if directory.sites_with(each.key)), department
        )
    sites = directory.sites_with(department.key)
    site = named_site or directory.site(turn.get("site"))
    note = ""
    if not sites:
        site = None
    elif site not in sites:
        if site is not None and len(sites) == 1:
            note = ", which is the only one we have"
        elif site is None and len(sites) > 1 and not turn.get("sites_told"):
            others = listed([each.name for each in sites[1:]])
            note = f", and the ones at the {others} have other hours"
            turn.set(sites_told=True)
        site = sites[0]
    if named_site:
        turn.set(site=named_site.key)
    company_zone = business.settings.zone
    zone = ZoneInfo(site.time_zone) if site and site.time_zone else company_zone
    if zone != company_zone:
        note = ", local time"
    return Place(department, site, zone, note)


def _asked_words(turn: Turn, directory: Directory) -> str:
    """What the question says of the time; "and at the airport" leaves it as it was."""
    words, before = turn.text.lower(), str(turn.get("hours_asked") or "")
    only_a_place = (
        len(words.split()) <= _FOLLOW_UP_WORDS
        and (directory.named_site(words) or directory.named_department(words))
        and not re.search(r"\b(hours|open|close|opens|closes)\b", words)
        and when(words, date.min) == When()
    )
    return before if before and only_a_place else words


async def _until(turn: Turn, business: Business, asked: When, place: Place, today: date) -> None:
    """Answer "until when", which before the opening is a question about the whole day."""
    now = business.now()
    opens = await business.opening_hours.next_opening(now, *place.key)
    opens_today = opens is not None and opens.astimezone(place.zone).date() == today
    if opens_today and not await business.opening_hours.is_open(now, *place.key):
        await _on(turn, business, asked, place, today)
    else:
        await _now(turn, business, place)


async def _now(turn: Turn, business: Business, place: Place) -> None:
    now = business.now()
    closes = await business.opening_hours.closes_at(now, *place.key)
    if closes is not None:
        until = spoken_time(closes.astimezone(place.zone).time())
        turn.say("utter_open_now", who=place.who, until=until, note=place.note)
    elif await business.opening_hours.is_open(now, *place.key):
        turn.say("utter_always_open", who=place.who, note=place.note)
    else:
        await _closed_now(turn, business, place)


async def _closed_now(turn: Turn, business: Business, place: Place) -> None:
    now = business.now()
    opens = await business.opening_hours.next_opening(now, *place.key)
    if opens is None:
        turn.say("utter_closed_now", who=place.who, note=place.note)
        return
    local = opens.astimezone(place.zone)
    turn.say(
        "utter_closed_now_opens",
        who=place.who,
        day=spoken_day(local.date(), now.astimezone(place.zone).date()),
        time=spoken_time(local.time()),
        note=place.note,
    )


async def _at(turn: Turn, business: Business, asked: When, place: Place, today: date) -> None:
    """Answer "are you open on Christmas Eve at six"."""
    day = asked.day or today
    if asked.time is None:
        return
    moment = datetime.combine(day, asked.time, tzinfo=place.zone)
    hours = await business.opening_hours.on(day, *place.key)
    values = {
        "who": place.who,
        "day": _named(asked, day, today),
        "time": spoken_time(asked.time),
        "hours": _hours(hours),
        "note": place.note,
    }
    if await business.opening_hours.is_open(moment, *place.key):
        turn.say("utter_open_at", **values)
    elif hours.periods:
        turn.say("utter_closed_at", **values)
    else:
        turn.say("utter_closed_on", **values)


async def _on(turn: Turn, business: Business, asked: When, place: Place, today: date) -> None:
    day = asked.day or today
    hours = await business.opening_hours.on(day, *place.key)
    local = business.clock().astimezone(place.zone)
    over = all(period.closes <= local.time() for period in hours.periods)
    if day == today and hours.periods and over:
        await _closed_now(turn, business, place)
        return
    turn.say(
        "utter_open_on" if hours.periods else "utter_closed_on",
        who=place.who,
        day=_named(asked, day, today, hours.note),
        hours=_hours(hours),
        note=place.note,
    )


def _named(asked: When, day: date, today: date, note: str | None = None) -> str:
    if asked.name:
        return f"on {asked.name}, {day:%A}, {day:%B} {day.day}"
    plain = spoken_day(day, today)
    return f"{plain}, because of {note}" if note else plain


def _hours(hours: DayHours) -> str:
    return listed(
        [f"from {spoken_time(each.opens)} to {spoken_time(each.closes)}" for each in hours.periods]
    )


async def _ordinary_week(business: Business, place: Place) -> list[DayHours]:
    """Read the hours of the next ordinary Monday to Sunday, days with a holiday passed over."""
    today = business.now().date()
    department, site = place.key
    schedule = await business.opening_hours.schedule(department, today, site)
    week: dict[int, DayHours] = {}
    for ahead in range(6 * WEEK):
        hours = schedule.on(today + timedelta(ahead))
        if hours.note is None:
            week.setdefault(hours.day.weekday(), hours)
        if len(week) == WEEK:
            break
    return [week[day] for day in sorted(week)]


def _tell_week(turn: Turn, place: Place, days: Sequence[DayHours]) -> None:
    # A whole week is long enough to listen to without a note.
    turn.say("utter_open_week", who=place.who, hours=_summary(days))


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
