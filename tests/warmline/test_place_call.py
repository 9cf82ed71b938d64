"""A call from the command line goes to the right place and is shown as it goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from voice_gateway.caller.client import CallEvent
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.transports.browser_protocol import Answered, Ended, Error, State, Turn
from warmline.place_call import call_url, show_event


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("http://127.0.0.1:8900", "ws://127.0.0.1:8900/v1/call"),
        ("http://127.0.0.1:8900/", "ws://127.0.0.1:8900/v1/call"),
        ("https://line.example", "wss://line.example/v1/call"),
        ("ws://line.example:1/v1/call", "ws://line.example:1/v1/call"),
        ("line.example:8900", "ws://line.example:8900/v1/call"),
    ],
)
def test_a_server_may_be_named_in_many_ways(server: str, url: str) -> None:
    assert call_url(server) == url


@pytest.mark.parametrize("server", ["", "ftp://line.example", "http://", "://"])
def test_what_is_no_server_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        call_url(server)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Answered("c1"), "answered (call c1)"),
        (Turn("t1", "caller", "where is my order"), "caller  where is my order"),
        (MeasuredTurn(1.0, 2.0, 2.5), "answered after 0.50 s"),
        (Error("busy", "the line is busy"), "busy: the line is busy"),
        (Ended("caller_hung_up"), "ended: caller hung up"),
        (State("holding"), "on hold"),
    ],
)
def test_what_matters_is_shown(event: CallEvent, words: str) -> None:
    assert words in printed(event)


def test_what_does_not_matter_is_not_shown() -> None:
    assert printed(State("listening")) == ""
    assert printed(MeasuredTurn(1.0, 2.0)) == ""


def printed(event: CallEvent) -> str:
    console = Console(file=io.StringIO(), width=100)
    show_event(console, event, 1.0)
    return console.file.getvalue()  # type: ignore[attr-defined]
