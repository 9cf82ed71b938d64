"""A call from the command line goes to the right place and is shown as it goes on."""

from __future__ import annotations

import pytest

from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.transports.browser_protocol import Answered, Ended, Error, State, Turn
from warmline.place_call import call_url, shown


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
    ],
)
def test_what_matters_is_shown(event: object, words: str) -> None:
    line = shown(event)  # type: ignore[arg-type]
    assert line is not None
    assert words in line.plain


def test_what_does_not_matter_is_not_shown() -> None:
    assert shown(State("listening")) is None
    assert shown(MeasuredTurn(1.0, 2.0)) is None
