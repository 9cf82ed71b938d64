"""When a department is open: pure arithmetic on weekly hours, holidays, exceptions and a time zone.

Periods are local wall-clock times; a period that closes at midnight runs to the end of its day.
Instants go in and come out as aware times, and come out in UTC. On the days when clocks change, a
time that does not exist counts as if the clock had not been changed yet, and of a time that exists
twice, opening takes the first and closing the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
ONE_DAY = timedelta(days=1)
HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of one day.

    Args:
        opens: Local time at which it begins.
        closes: Local time at which it ends; midnight means the end of the day.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise ValueError(
                f"a period cannot close at {self.closes} when it opens at {self.opens}; divide it "
                "at midnight"
            )


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that does not keep the weekly hours.

    Args:
        name: What the day is called.
        periods: Its own hours; none when the department is closed.
    """

    name: str
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of one day.

    Args:
        day: The local day.
        periods: When the department is open, in order; none when it is closed.
        note: The holiday or the exception, if it is one.
    """

    day: date
    periods: tuple[Period, ...]
    note: str | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the department stays closed all day."""
        return not self.periods


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hours of one department.

    Args:
        zone: The time zone of the local times.
        weekly: Periods by weekday, Monday being 0.
        special_days: Days with hours of their own; they come before holidays.
        holidays: Names of public holidays by day, on which the department is closed.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Period, ...]]
    special_days: Mapping[date, SpecialDay] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)

    def on(self, day: date) -> DayHours:
        """Tell the hours of one day.

        Args:
            day: The local day.

        Returns:
            Its periods, and why they are not the usual ones.
        """
        special = self.special_days.get(day)
        if special is not None:
            return DayHours(day, tuple(sorted(special.periods)), special.name)
        holiday = self.holidays.get(day)
        if holiday is not None:
            return DayHours(day, (), holiday)
        return DayHours(day, tuple(sorted(self.weekly.get(day.weekday(), ()))))

    def is_open(self, at: datetime) -> bool:
        """Tell whether the department is open at an instant.

        Args:
            at: An aware time.

        Returns:
            True from the opening up to, and not including, the closing.
        """
        local_day = at.astimezone(self.zone).date()
        # A period may reach into the next day by the clock when the clock is changed at midnight.
        days = (local_day - ONE_DAY, local_day, local_day + ONE_DAY)
        return any(opens <= at < closes for day in days for opens, closes in self._instants_of(day))

    def closes_at(self, at: datetime) -> datetime | None:
        """Find the end of the present opening.

        Args:
            at: An aware time.

        Returns:
            When the department closes; None when it is closed at `at`, or never closes again.
        """
        for opens, closes in self._openings(at):
            if opens <= at < closes:
                return closes
            if opens > at:
                break
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """Find when the department opens next.

        Args:
            at: An aware time.

        Returns:
            The first opening after `at`, also when it is open now; None when none is near.
        """
        return next((opens for opens, _ in self._openings(at) if opens > at), None)

    def _openings(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Openings from the day before `at`, joined where one follows another without a gap."""
        first = at.astimezone(self.zone).date() - ONE_DAY
        current: tuple[datetime, datetime] | None = None
        for number in range(HORIZON_DAYS):
            for opens, closes in self._instants_of(first + number * ONE_DAY):
                if current is not None and opens <= current[1]:
                    current = (current[0], max(current[1], closes))
                    continue
                if current is not None:
                    yield current
                current = (opens, closes)
        # What is still open at the horizon has no closing that could be told.

    def _instants_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for period in self.on(day).periods:
            end = day + ONE_DAY if period.closes == MIDNIGHT else day
            opens = _instant(day, period.opens, self.zone, fold=0)
            closes = max(_instant(end, period.closes, self.zone, fold=fold) for fold in (0, 1))
            if opens < closes:
                yield opens, closes


def _instant(day: date, wall: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC)
