"""The arithmetic of opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.schedule import DayHours, Period, Schedule, SpecialDay

NEW_YORK = ZoneInfo("America/New_York")
DAY = Period(time(8), time(20))
OFFICE = Schedule(zone=NEW_YORK, weekly={**dict.fromkeys(range(5), (DAY,))})
MONDAY = date(2026, 3, 2)


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK, fold=fold)  # type: ignore[misc, arg-type]


def test_a_usual_day_has_its_weekly_hours() -> None:
    assert OFFICE.on(MONDAY) == DayHours(MONDAY, (DAY,), None)
    assert OFFICE.on(MONDAY + timedelta(days=6)).is_closed


def test_it_is_open_from_the_opening_until_just_before_the_closing() -> None:
    assert not OFFICE.is_open(local(2026, 3, 2, 7, 59, 59))
    assert OFFICE.is_open(local(2026, 3, 2, 8))
    assert OFFICE.is_open(local(2026, 3, 2, 19, 59, 59))
    assert not OFFICE.is_open(local(2026, 3, 2, 20))


def test_the_caller_may_be_in_another_zone() -> None:
    tokyo = datetime(2026, 3, 3, 0, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # ten in New York
    assert OFFICE.is_open(tokyo)
    assert OFFICE.closes_at(tokyo) == local(2026, 3, 2, 20)


def test_after_friday_comes_monday() -> None:
    friday_night = local(2026, 3, 6, 21)
    assert OFFICE.closes_at(friday_night) is None
    assert OFFICE.next_opening(friday_night) == local(2026, 3, 9, 8)


def test_the_next_opening_is_not_the_present_one() -> None:
    assert OFFICE.next_opening(local(2026, 3, 2, 12)) == local(2026, 3, 3, 8)
    assert OFFICE.next_opening(local(2026, 3, 2, 7)) == local(2026, 3, 2, 8)


def test_holidays_and_exceptions_are_skipped_over_several_days() -> None:
    christmas = Schedule(
        zone=NEW_YORK,
        weekly=OFFICE.weekly,
        holidays={date(2026, 12, 25): "Christmas Day"},
        special_days={date(2026, 12, 28): SpecialDay("Stocktaking")},
    )
    assert christmas.on(date(2026, 12, 25)) == DayHours(date(2026, 12, 25), (), "Christmas Day")
    assert christmas.next_opening(local(2026, 12, 24, 20)) == local(2026, 12, 29, 8)


def test_an_exception_comes_before_a_holiday() -> None:
    day = date(2026, 11, 26)
    short = Period(time(10), time(12))
    schedule = Schedule(
        zone=NEW_YORK,
        weekly=OFFICE.weekly,
        holidays={day: "Thanksgiving Day"},
        special_days={day: SpecialDay("Thanksgiving service", (short,))},
    )
    assert schedule.on(day) == DayHours(day, (short,), "Thanksgiving service")


def test_a_lunch_break_closes_and_opens_again() -> None:
    periods = (Period(time(13), time(17)), Period(time(9), time(12)))
    schedule = Schedule(zone=NEW_YORK, weekly={0: periods})
    assert schedule.closes_at(local(2026, 3, 2, 10)) == local(2026, 3, 2, 12)
    assert schedule.next_opening(local(2026, 3, 2, 10)) == local(2026, 3, 2, 13)
    assert not schedule.is_open(local(2026, 3, 2, 12, 30))


def test_hours_over_midnight_are_one_opening() -> None:
    night = Schedule(
        zone=NEW_YORK,
        weekly={
            0: (Period(time(22), time(0)),),
            1: (Period(time(0), time(2)),),
        },
    )
    assert night.closes_at(local(2026, 3, 2, 23)) == local(2026, 3, 3, 2)
    assert night.next_opening(local(2026, 3, 2, 23)) == local(2026, 3, 9, 22)


def test_what_is_never_open_never_opens() -> None:
    never = Schedule(zone=NEW_YORK, weekly={})
    assert never.next_opening(local(2026, 3, 2, 12)) is None
    assert never.closes_at(local(2026, 3, 2, 12)) is None


def test_what_is_always_open_never_closes() -> None:
    always = Schedule(zone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(time(0), time(0)),)))
    assert always.is_open(local(2026, 3, 2, 12))
    assert always.closes_at(local(2026, 3, 2, 12)) is None
    assert always.next_opening(local(2026, 3, 2, 12)) is None


def test_a_period_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="divide it at midnight"):
        Period(time(22), time(2))


class TestClockChanges:
    """In New York the clocks of 2026 go forward on March 8 and back on November 1, at two."""

    every_day = Schedule(zone=NEW_YORK, weekly=dict.fromkeys(range(7), (DAY,)))
    all_night = Schedule(zone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(time(0), time(8)),)))
    small_hours = Schedule(
        zone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(time(1, 30), time(2, 30)),))
    )

    def test_the_wall_clock_keeps_the_hours(self) -> None:
        before, after = local(2026, 3, 7, 20), local(2026, 3, 8, 20)
        assert self.every_day.next_opening(before) == datetime(2026, 3, 8, 12, tzinfo=UTC)
        assert self.every_day.next_opening(after) == datetime(2026, 3, 9, 12, tzinfo=UTC)
        assert self.every_day.next_opening(local(2026, 10, 31, 20)) == datetime(
            2026, 11, 1, 13, tzinfo=UTC
        )

    def test_a_night_is_an_hour_shorter_or_longer(self) -> None:
        for day, hours in ((date(2026, 3, 8), 7), (date(2026, 11, 1), 9), (date(2026, 6, 1), 8)):
            opens = datetime.combine(day, time(0), NEW_YORK).astimezone(UTC)
            closes = self.all_night.closes_at(opens)
            assert closes is not None
            assert closes - opens == timedelta(hours=hours)

    def test_a_time_that_does_not_exist_is_kept_by_the_old_clock(self) -> None:
        opens = local(2026, 3, 8, 1, 30).astimezone(UTC)
        assert self.small_hours.closes_at(opens) == local(2026, 3, 8, 3, 30)

    def test_of_a_time_that_exists_twice_opening_takes_the_first(self) -> None:
        evening = local(2026, 10, 31, 20)
        assert self.small_hours.next_opening(evening) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        assert self.small_hours.is_open(local(2026, 11, 1, 1, 30, fold=1))
        assert self.small_hours.is_open(local(2026, 11, 1, 1, 10, fold=1))


half_hours = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))
periods = (
    st.tuples(half_hours, half_hours)
    .filter(lambda pair: pair[1] == time(0) or pair[0] < pair[1])
    .map(lambda pair: Period(*pair))
)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
schedules = st.builds(
    Schedule,
    zone=st.sampled_from(
        [NEW_YORK, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
    ),
    weekly=st.dictionaries(st.integers(0, 6), st.lists(periods, max_size=3).map(tuple)),
    special_days=st.dictionaries(
        days,
        st.builds(SpecialDay, st.just("special"), st.lists(periods, max_size=2).map(tuple)),
        max_size=5,
    ),
    holidays=st.dictionaries(days, st.just("holiday"), max_size=5),
)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
A_MOMENT = timedelta(microseconds=1)


@given(schedules, instants)
def test_the_closing_is_where_open_becomes_closed(schedule: Schedule, at: datetime) -> None:
    closes = schedule.closes_at(at)
    if closes is None:
        return
    assert schedule.is_open(at)
    assert closes > at
    assert schedule.is_open(closes - A_MOMENT)
    assert not schedule.is_open(closes)


@given(schedules, instants)
def test_the_opening_is_where_closed_becomes_open(schedule: Schedule, at: datetime) -> None:
    opens = schedule.next_opening(at)
    if opens is None:
        return
    assert opens > at
    assert schedule.is_open(opens)
    assert not schedule.is_open(opens - A_MOMENT)


@given(schedules, instants, st.floats(0, 1))
def test_between_now_and_the_next_opening_nothing_opens(
    schedule: Schedule, at: datetime, share: float
) -> None:
    opens = schedule.next_opening(at)
    if opens is None or schedule.is_open(at):
        return
    assert not schedule.is_open(at + (opens - at - A_MOMENT) * share)


@given(schedules, days, st.integers(0, 47))
def test_it_is_open_exactly_when_the_hours_of_the_day_say_so(
    schedule: Schedule, day: date, half: int
) -> None:
    wall = time(half // 2, half % 2 * 30)
    at = datetime.combine(day, wall, schedule.zone)
    exists_once = at.utcoffset() == at.replace(fold=1).utcoffset()
    steady = schedule.zone.utcoffset(at - timedelta(days=1)) == schedule.zone.utcoffset(
        at + timedelta(days=1)
    )
    if not (exists_once and steady):
        return
    listed = any(
        period.opens <= wall and (period.closes == time(0) or wall < period.closes)
        for period in schedule.on(day).periods
    )
    assert schedule.is_open(at) == listed
