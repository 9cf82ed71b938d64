"""When the company is open, asked on a Monday morning before Thanksgiving."""

from __future__ import annotations

import pytest

from tests.actions.conftest import Caller, Heard


async def ask(caller: Caller, text: str) -> Heard:
    return await caller.says(text, "opening_hours", action="action_opening_hours")


@pytest.mark.parametrize(
    ("text", "response", "values"),
    [
        ("are you open now", "utter_open_now", {"until": "8 PM"}),
        ("until when are you open today", "utter_open_on", {"day": "today"}),
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
        ("is the store open now", "utter_open_now", {"who": "our store", "until": "7 PM"}),
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
    assert heard.values("utter_open_on")["who"] == "our store"


async def test_an_open_question_is_asked_again_after_the_answer(maria: Caller) -> None:
    await maria.wants("order_status")
    heard = await ask(maria, "wait are you open now")
    assert heard.responses == ["utter_open_now", "utter_ask_order_number"]
    assert heard.expects == {"type": "expect", "grammar": "digits", "length": 6}
