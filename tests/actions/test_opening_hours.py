"""When the company is open, asked on a Monday morning before Thanksgiving."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from actions.business import Business
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.tickets import Tickets
from tests.actions.conftest import NOW, Caller, Heard


async def ask(caller: Caller, text: str) -> Heard:
    return await caller.says(text, "opening_hours", action="action_opening_hours")


@pytest.mark.parametrize(
    ("text", "response", "values"),
    [
        ("are you open now", "utter_open_now", {"until": "8 PM"}),
        ("until when are you open today", "utter_open_now", {"until": "8 PM"}),
        ("hey are you guys open", "utter_open_now", {"until": "8 PM"}),
        ("is the repair shop closed", "utter_closed_now_opens", {"day": "tomorrow"}),
        ("when are you open", "utter_open_week", {}),
        ("how late are you open", "utter_open_now", {"until": "8 PM"}),
        ("when are you open tomorrow", "utter_open_on", {"hours": "from 8 AM to 8 PM"}),
        ("are you open on sunday", "utter_closed_on", {"day": "on Sunday"}),
        ("is the store open sunday", "utter_open_on", {"hours": "from 11 AM to 5 PM"}),
        (
            "are you open on christmas eve at six",
            "utter_closed_at",
            {"day": "on Christmas Eve, Thursday, December 24", "time": "6 PM"},
        ),
        ("are you open saturday at ten", "utter_open_at", {"time": "10 AM"}),
        ("are you open on thanksgiving", "utter_closed_on", {}),
        ("when is the next time you are open", "utter_open_now", {"until": "8 PM"}),
        ("is the airport store open on sunday", "utter_open_on", {"who": "our airport store"}),
        (
            "is the store at the airport open on thanksgiving",
            "utter_open_on",
            {"hours": "from 8 AM to 2 PM"},
        ),
        ("is the downtown store open on thanksgiving", "utter_closed_on", {}),
        ("is the repair shop open now", "utter_closed_now_opens", {"day": "tomorrow"}),
        ("how late is the pickup counter open", "utter_open_now", {"until": "8 PM"}),
        ("are you open at the airport at nine p m", "utter_open_at", {"who": "our airport store"}),
        ("is the store open now", "utter_open_now", {"who": "our downtown store", "until": "7 PM"}),
    ],
)
async def test_questions_about_hours(
    stranger: Caller, text: str, response: str, values: dict[str, str]
) -> None:
    heard = await ask(stranger, text)
    assert heard.responses[0] == response
    assert values.items() <= heard.values(response).items()


async def test_a_week_is_told_by_days_with_the_same_hours(stranger: Caller) -> None:
    heard = await ask(stranger, "what are your opening hours")
    assert heard.values("utter_open_week")["hours"] == (
        "Monday to Friday from 8 AM to 8 PM, Saturday from 9 AM to 5 PM and closed Sunday"
    )


async def test_the_department_is_remembered(stranger: Caller) -> None:
    await ask(stranger, "when does the store close")
    heard = await ask(stranger, "and tomorrow")
    assert heard.values("utter_open_on")["who"] == "our downtown store"


async def test_an_open_question_is_asked_again_after_the_answer(stranger: Caller) -> None:
    await stranger.wants("order_status")
    heard = await ask(stranger, "wait are you open now")
    assert heard.responses == ["utter_open_now", "utter_ask_order_number"]
    assert heard.expects == {"type": "expect", "grammar": "digits", "length": 6}


async def test_a_site_is_remembered_until_another_is_named(stranger: Caller) -> None:
    await ask(stranger, "when does the airport store close")
    heard = await ask(stranger, "and on sunday")
    assert heard.values("utter_open_on")["hours"] == "from 6 AM to 10 PM"
    heard = await ask(stranger, "what about the downtown one")
    assert heard.values("utter_open_on") == {
        "who": "our downtown store",
        "day": "on Sunday",
        "hours": "from 11 AM to 5 PM",
        "note": "",
    }


async def test_other_sites_are_mentioned_once(stranger: Caller) -> None:
    heard = await ask(stranger, "is the store open on saturday")
    note = heard.values("utter_open_on")["note"]
    assert note == ", and the ones at the airport and river mall have other hours"
    heard = await ask(stranger, "and on sunday")
    assert heard.values("utter_open_on")["note"] == ""


async def test_a_site_without_the_department_is_not_invented(stranger: Caller) -> None:
    heard = await ask(stranger, "when is the repair shop at the airport open tomorrow")
    assert heard.values("utter_open_on")["who"] == "our downtown repair shop"
    assert heard.values("utter_open_on")["note"] == ", which is the only one we have"


async def test_a_site_keeps_its_own_clock(stranger: Caller) -> None:
    heard = await ask(stranger, "is the mall store open now")
    # Half past ten in New York is half past nine at the mall.
    assert heard.values("utter_closed_now_opens") == {
        "who": "our river mall store",
        "day": "today",
        "time": "10 AM",
        "note": ", local time",
    }


async def test_until_when_before_the_opening_tells_the_day(stranger: Caller) -> None:
    heard = await ask(stranger, "until when is the mall store open today")
    assert heard.values("utter_open_on")["hours"] == "from 10 AM to 9 PM"


async def test_after_closing_today_is_over(business: Business) -> None:
    late = replace(business, clock=lambda: NOW.replace(hour=21))
    heard = await ask(Caller(late), "are you open today")
    assert heard.values("utter_closed_now_opens")["day"] == "tomorrow"


@pytest.mark.parametrize("hour", [7, 8, 12, 18, 20, 23])
async def test_callers_and_call_backs_are_told_the_same_hours(
    business: Business, db: Database, hour: int
) -> None:
    """The skill, the after-hours routing and the promise of a call-back read one schedule."""
    now = NOW.replace(hour=hour)
    moved = replace(business, clock=lambda: now)
    heard = await ask(Caller(moved), "are you open now")
    is_open = await moved.opening_hours.is_open(now)
    assert heard.responses[0] == ("utter_open_now" if is_open else "utter_closed_now_opens")
    await Calls(db).start("c1", None, "test", now)
    ticket = await Tickets(db, business.settings).open_callback(
        "c1", None, None, "+15550100099", "requested", now
    )
    opens = await moved.opening_hours.next_opening(now)
    assert opens is not None
    assert (ticket.promised_at < opens) == is_open


@pytest.mark.parametrize(
    ("day", "until"),
    [(datetime(2026, 3, 8, 12), "5 PM"), (datetime(2026, 11, 1, 12), "5 PM")],
)
async def test_clock_changes_do_not_move_the_closing(
    business: Business, day: datetime, until: str
) -> None:
    moved = replace(business, clock=lambda: day.replace(tzinfo=business.settings.zone))
    heard = await ask(Caller(moved), "until when is the downtown store open today")
    assert heard.values("utter_open_now")["until"] == until
