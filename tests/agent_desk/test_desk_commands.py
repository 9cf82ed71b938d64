"""Lines typed at the terminal desk are understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk.desk_commands import (
    CloseCall,
    EndBreak,
    EndCall,
    GiveOn,
    GoOnBreak,
    LeaveOffer,
    NotUnderstood,
    Quit,
    Show,
    Speak,
    TakeOffer,
    parse_command,
)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("a", TakeOffer()),
        ("/accept", TakeOffer()),
        ("d", LeaveOffer()),
        ("/decline", LeaveOffer()),
        ("/break lunch time", GoOnBreak("lunch time")),
        ("/break", GoOnBreak("break")),
        ("/back", EndBreak()),
        ("l", Show("waiting")),
        ("/list", Show("waiting")),
        ("/help", Show("help")),
        ("quit", Quit()),
    ],
)
def test_commands_between_calls(line: str, command: object) -> None:
    assert parse_command(line, on_call=False) == command


@pytest.mark.parametrize("line", ["a one", "d 1", "/back soon", "/pass", "hello there"])
def test_what_is_no_command_gets_a_hint(line: str) -> None:
    assert isinstance(parse_command(line, on_call=False), NotUnderstood)


def test_on_a_call_every_line_without_a_slash_is_spoken() -> None:
    assert parse_command(" a ", on_call=True) == Speak("a")
    assert parse_command("quit", on_call=True) == Speak("quit")
    assert parse_command("[bold]hello[/bold]", on_call=True) == Speak("[bold]hello[/bold]")


def test_a_caller_is_passed_on_with_a_note() -> None:
    assert parse_command("/pass billing wants it  back", on_call=True) == GiveOn(
        "billing", "wants it  back"
    )
    assert parse_command("/hangup", on_call=True) == EndCall()


def test_a_mistyped_command_is_not_spoken_to_the_caller() -> None:
    assert isinstance(parse_command("/clsoe resolved", on_call=True), NotUnderstood)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/close resolved", CloseCall("resolved", "")),
        ("/close resolved lamp is  on its way", CloseCall("resolved", "lamp is  on its way")),
        ("/close call-back-promised tomorrow", CloseCall("call_back_promised", "tomorrow")),
        ("/close RES", CloseCall("resolved", "")),
        ("/close 5 shouted", CloseCall("abuse", "shouted")),
    ],
)
def test_a_call_is_closed_with_a_disposition(line: str, command: object) -> None:
    assert parse_command(line, on_call=True) == command


@pytest.mark.parametrize("line", ["/close", "/close fine", "/close 0", "/close 7", "/close ²"])
def test_closing_without_a_known_disposition_lists_them(line: str) -> None:
    answer = parse_command(line, on_call=True)

    assert isinstance(answer, NotUnderstood)
    assert "1 resolved" in answer.hint


def test_an_empty_line_is_nothing() -> None:
    assert parse_command("  ", on_call=True) is None


@given(st.text(), st.booleans())
def test_any_line_is_understood_somehow(line: str, on_call: bool) -> None:
    parse_command(line, on_call=on_call)
