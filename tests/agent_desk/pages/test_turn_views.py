"""Turns as the transcript shows them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from agent_desk.pages.turn_views import turn_view
from tests.agent_desk.pages.fake_desk import turn

ZONE = ZoneInfo("America/New_York")


def test_doubtful_words_carry_how_sure_the_recogniser_was() -> None:
    view = turn_view(turn(1, "caller", "where is my lamp", doubtful="lamp"), "Maria", ZONE)
    assert view["who"] == "Maria"
    assert view["pieces"] == [
        {"text": "where is my", "sure": None},
        {"text": "lamp", "sure": 41},
    ]


def test_what_the_caller_did_not_hear_is_kept_apart() -> None:
    said = turn(2, "bot", "One moment please.", heard="One moment", complete=False)
    view = turn_view(said, "Maria", ZONE)
    assert [piece["text"] for piece in view["pieces"]] == ["One moment"]
    assert view["unheard"] == "please."


def test_the_time_is_that_of_the_company() -> None:
    said = turn(3, "agent", "Hello.")
    assert turn_view(said, "", ZONE)["at"] == f"{said.started_at.astimezone(ZONE):%H:%M:%S}"


def test_control_characters_do_not_come_through() -> None:
    view = turn_view(turn(4, "caller", "a \x1b[31mred\x1b[0m \u202eword"), "Maria", ZONE)
    assert view["pieces"] == [{"text": "a red word", "sure": None}]


def test_a_speaker_nobody_knows_is_shown_like_the_line() -> None:
    view = turn_view(turn(5, "ghost", "boo"), "Maria", ZONE)
    assert (view["speaker"], view["who"]) == ("bot", "Somebody")


def test_agents_have_their_names_and_oneself_is_you() -> None:
    mine = turn(6, "agent", "hello", agent_name="Sam")
    assert turn_view(mine, "Maria", ZONE, "Sam")["who"] == "You"
    assert turn_view(mine, "Maria", ZONE, "Kim")["who"] == "Sam"
    assert turn_view(turn(7, "agent", "hello"), "Maria", ZONE, "Sam")["who"] == "Agent"
