"""Messages of the desk are written and read without loss, and what is no message is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk.desk_protocol import (
    MAX_MESSAGE,
    Accept,
    Accepted,
    CallEnded,
    Close,
    Closed,
    ComeBack,
    Consult,
    Conversation,
    Decline,
    DeskMessage,
    EndConsult,
    Error,
    FollowUpDue,
    HangUp,
    Hello,
    Hold,
    KeepNotes,
    Mute,
    NotesKept,
    Offered,
    PassOn,
    Place,
    ProtocolError,
    Queue,
    Released,
    Say,
    ServerMessage,
    Snapshot,
    Status,
    TakeBreak,
    Taken,
    Turn,
    Waiting,
    Withdrawn,
    parse_desk_message,
    parse_server_message,
    serialise,
)
from contact_center.handoff_packet import HandoffPacket
from contact_center.wrap_up import DISPOSITIONS

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
        Close(
            disposition="call_back_promised",
            summary="Waits.",
            follow_up=FollowUpDue(what="Call Maria", due=NOW),
            then="break",
            reason="tea",
        ),
        Hold(on=True),
        Mute(on=False),
        Consult(agent_name="Kim"),
        EndConsult(join=True),
        PassOn(queue="billing", note="one\ntwo"),
        HangUp(),
        TakeBreak(reason="lunch"),
        ComeBack(),
        KeepNotes(text="a lamp"),
    ],
    ids=lambda message: message.type,
)
def test_what_a_desk_writes_the_server_reads(message: DeskMessage) -> None:
    assert parse_desk_message(serialise(message)) == message


def test_what_the_server_writes_a_desk_reads(packet: Callable[..., HandoffPacket]) -> None:
    waiting = {"handoff_id": "h1", "call_id": "c1", "waiting_s": 12.5, "packet": packet()}
    messages: list[ServerMessage] = [
        Snapshot(agent_name="Sam", waiting=(Waiting.model_validate(waiting),)),
        Status(agent_state="break", since=NOW, break_reason="lunch"),
        Queue(
            places=(Place(handoff_id="h1", offered_to="Kim"),),
            new=(Waiting.model_validate({**waiting, "since": NOW, "offered_to": "Kim"}),),
        ),
        Offered.model_validate({**waiting, "offer_until": NOW}),
        Withdrawn(handoff_id="h1", outcome="timed_out"),
        Accepted(handoff_id="h1", call_id="c1", packet=packet(), turns=(TURN,)),
        Accepted(handoff_id="h1", call_id="c1", packet=packet(), consulted_by="Kim"),
        Taken(handoff_id="h1", why="expired"),
        Conversation(on_hold=True, muted=True, consulting="Kim", three_way=True),
        NotesKept(text="a lamp"),
        Released(handoff_id="h1", why="passed_on"),
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


@pytest.mark.parametrize(
    "message",
    [
        '{"type": "consult", "agent_name": "\\u001b[2J"}',
        '{"type": "pass_on", "queue": ""}',
        '{"type": "take_break"}',
        '{"type": "hold", "on": "perhaps"}',
        '{"type": "close", "disposition": "resolved", "follow_up": {"what": "x", "due": "soon"}}',
        '{"type": "close", "disposition": "resolved", "then": "holiday"}',
    ],
)
def test_what_means_nothing_is_refused(message: str) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_desk_message(message)

    assert error.value.code == "bad_field"


def test_a_name_is_one_line_without_what_nobody_can_see() -> None:
    message = parse_desk_message('{"type": "consult", "agent_name": " Kim\\u001b[31m\\n Lee "}')

    assert message == Consult(agent_name="Kim Lee")


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
        {
            "type": st.sampled_from(
                ["hello", "accept", "say", "close", "hold", "consult", "pass_on", "take_break"]
            )
        },
        optional={
            name: st.none() | st.integers() | st.text()
            for name in (
                "token",
                "handoff_id",
                "text",
                "disposition",
                "notes",
                "on",
                "agent_name",
                "queue",
            )
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
