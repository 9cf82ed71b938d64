"""Messages of the desk are written and read without loss, and what is no message is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk.desk_protocol import (
    DISPOSITIONS,
    MAX_MESSAGE,
    Accept,
    Accepted,
    CallEnded,
    Close,
    Closed,
    Decline,
    DeskMessage,
    Error,
    Hello,
    Offered,
    ProtocolError,
    Say,
    ServerMessage,
    Snapshot,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
    parse_desk_message,
    parse_server_message,
    serialise,
)
from contact_center.handoff_packet import HandoffPacket

NOW = datetime(2026, 3, 15, 14, 30, tzinfo=UTC)
TURN = Turn(
    call_id="c1",
    turn_id="t1",
    speaker="caller",
    text="my lamp",
    started_at=NOW,
    confidence=0.6,
    words=({"text": "my", "confidence": 0.9}, {"text": "lamp", "confidence": 0.3}),
)


@pytest.mark.parametrize(
    "message",
    [
        Hello(token="abc.def"),
        Accept(handoff_id="h1"),
        Decline(handoff_id="h1"),
        Say(text="Hello Maria"),
        Close(disposition="resolved", notes="one\ntwo"),
    ],
    ids=lambda message: message.type,
)
def test_what_a_desk_writes_the_server_reads(message: DeskMessage) -> None:
    assert parse_desk_message(serialise(message)) == message


def test_what_the_server_writes_a_desk_reads(packet: Callable[..., HandoffPacket]) -> None:
    waiting = {"handoff_id": "h1", "call_id": "c1", "waiting_s": 12.5, "packet": packet()}
    messages: list[ServerMessage] = [
        Snapshot(agent_name="Sam", waiting=(Waiting.model_validate(waiting),)),
        Offered.model_validate(waiting),
        Withdrawn(handoff_id="h1", outcome="timed_out"),
        Accepted(handoff_id="h1", call_id="c1", packet=packet(), turns=(TURN,)),
        Taken(handoff_id="h1"),
        TURN,
        CallEnded(call_id="c1", reason="caller_hung_up"),
        Closed(handoff_id="h1", disposition="resolved"),
        Error(code="busy", message="Close your conversation first."),
    ]

    for message in messages:
        text = serialise(message)
        read = parse_server_message(text)
        assert serialise(read) == text
        assert type(read) is type(message)


def test_fields_of_a_later_version_are_passed_over() -> None:
    message = parse_desk_message('{"type": "say", "text": "hello", "tone": "warm"}')

    assert message == Say(text="hello")


def test_what_is_said_loses_what_nobody_can_see() -> None:
    assert parse_desk_message('{"type": "say", "text": " a\\u0000\\u001b[31m b\\n"}') == Say(
        text="a b"
    )


def test_notes_keep_their_lines() -> None:
    message = Close(disposition="resolved", notes="one\x1b[0m\r\ntwo\x00  three\n")

    assert message.notes == "one\ntwo three"


def test_an_error_names_the_field_and_what_would_be_right() -> None:
    with pytest.raises(ProtocolError) as error:
        parse_desk_message('{"type": "close", "disposition": "fine"}')

    assert error.value.code == "bad_field"
    assert "disposition" in error.value.message
    assert all(known in error.value.message for known in DISPOSITIONS)


def test_an_error_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(ProtocolError) as error:
        parse_desk_message('{"type": "hello", "token": "not a token \\u00e9"}')

    assert "not a token" not in error.value.message


def test_a_message_too_long_is_not_even_read() -> None:
    with pytest.raises(ProtocolError) as error:
        parse_desk_message("[" * (MAX_MESSAGE + 1))

    assert error.value.code == "too_large"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_whatever_does_more_than_be_refused(content: object) -> None:
    with pytest.raises(ProtocolError):
        parse_desk_message(json.dumps(content))


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["hello", "accept", "decline", "say", "close"])},
        optional={
            name: st.none() | st.integers() | st.text()
            for name in ("token", "handoff_id", "text", "disposition", "notes")
        },
    )
)
def test_wrong_fields_are_refused_in_words(content: object) -> None:
    refusal = ""
    try:
        parse_desk_message(json.dumps(content))
    except ProtocolError as error:
        refusal = error.message

    assert refusal.isprintable()
