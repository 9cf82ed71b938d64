from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.transports.browser_protocol import (
    STATES,
    Answered,
    Clear,
    Delay,
    Ended,
    Error,
    Hello,
    Mark,
    PaceLimit,
    Partial,
    ProtocolError,
    Rechunker,
    State,
    Turn,
    Unknown,
    parse_client_message,
    parse_server_message,
    serialise,
)
from voice_gateway.transports.line import Audio, HungUp, Key, PlayedMark, frame_bytes

RATES = st.sampled_from([8000, 16000])
MARK_IDS = st.integers(0, 2**53 - 1)
NUMBERS = st.floats(0, 1e6)

CLIENT_MESSAGES = st.one_of(
    st.builds(Hello, st.none() | st.text(), RATES),
    st.builds(PlayedMark, MARK_IDS),
    st.builds(Key, st.sampled_from("0123456789*#")),
    st.just(HungUp("caller_hung_up")),
    st.integers(0, 1600).map(lambda samples: Audio(b"\1\2" * samples)),
)
SERVER_MESSAGES = st.one_of(
    st.builds(Mark, MARK_IDS),
    st.just(Clear()),
    st.builds(Answered, st.text()),
    st.builds(State, st.sampled_from(STATES)),
    st.builds(Partial, st.text()),
    st.builds(Turn, st.text(), st.sampled_from(["caller", "bot", "agent"]), st.text(), NUMBERS),
    st.builds(Turn, st.text(), st.sampled_from(["caller", "bot", "agent"]), st.text()),
    st.builds(Delay, st.text(), st.dictionaries(st.text(), NUMBERS)),
    st.builds(Ended, st.text()),
    st.builds(Error, st.text(), st.text()),
    st.integers(0, 5000).map(lambda samples: Audio(b"\1\2" * samples)),
)


@given(CLIENT_MESSAGES)
def test_what_a_client_writes_a_server_reads(message: Hello) -> None:
    assert parse_client_message(serialise(message), 8000) == message


@given(SERVER_MESSAGES)
def test_what_a_server_writes_a_client_reads(message: Mark) -> None:
    assert parse_server_message(serialise(message)) == message


@given(st.text() | st.binary(max_size=8000))
def test_whatever_a_client_sends_is_a_message_or_a_protocol_error(data: str | bytes) -> None:
    with suppress(ProtocolError):
        parse_client_message(data, 16000)


@given(
    st.dictionaries(
        st.sampled_from(["type", "id", "key", "token", "sample_rate"]),
        st.sampled_from(["hello", "mark", "digit", "hangup", "5", 5, -1, 2.5, True, None, [], {}]),
    )
)
def test_wrong_fields_never_get_past_the_parser(fields: dict[str, object]) -> None:
    try:
        message = parse_client_message(json.dumps(fields), 16000)
    except ProtocolError:
        return
    match message:
        case PlayedMark(mark_id):
            assert type(mark_id) is int
            assert mark_id >= 0
        case Key(key):
            assert key in "0123456789*#"
        case Hello(token, sample_rate):
            assert token is None or isinstance(token, str)
            assert sample_rate in (8000, 16000)


@pytest.mark.parametrize(
    ("data", "code", "close_code", "says"),
    [
        ("UklGRiQA", "not_json", 1003, "binary"),
        ("[" * 60_000, "not_json", 1003, "JSON"),
        ("[]", "bad_message", 1008, "type"),
        ('{"type":"sing"}', "bad_message", 1008, "unknown message type 'sing'"),
        ('{"type":["hello"]}', "bad_message", 1008, "unknown message type"),
        ("{}", "bad_message", 1008, "expected one of hello, mark, digit, hangup"),
        ('{"type":"mark","id":-1}', "bad_message", 1008, "id"),
        ('{"type":"mark","id":true}', "bad_message", 1008, "id"),
        ('{"type":"digit","key":"12"}', "bad_message", 1008, "key"),
        ('{"type":"hello","sample_rate":44100}', "bad_message", 1008, "16000"),
        ('{"type":"hello","token":7}', "bad_message", 1008, "token"),
        (b"\0" * 641, "odd_length", 1007, "641 bytes"),
        (b"\0" * 6402, "too_long", 1009, "200 ms"),
    ],
)
def test_each_mistake_has_its_code_and_says_what_to_do(
    data: str | bytes, code: str, close_code: int, says: str
) -> None:
    with pytest.raises(ProtocolError) as raised:
        parse_client_message(data, 16000)
    assert (raised.value.code, raised.value.close_code) == (code, close_code)
    assert says in raised.value.message


def test_two_hundred_milliseconds_are_the_longest_message_at_each_rate() -> None:
    parse_client_message(bytes(6400), 16000)
    parse_client_message(bytes(3200), 8000)
    with pytest.raises(ProtocolError, match="too long"):
        parse_client_message(bytes(3202), 8000)


def test_a_client_ignores_what_a_newer_server_may_say() -> None:
    assert parse_server_message('{"type":"weather","is":"fine"}') == Unknown("weather")


@given(RATES, st.lists(st.integers(0, 1600).map(lambda samples: 2 * samples), max_size=30))
def test_rechunking_keeps_every_byte_in_frames_of_20_ms(rate: int, sizes: list[int]) -> None:
    rechunker = Rechunker(rate)
    sent = b""
    frames = []
    for number, size in enumerate(sizes):
        pcm = bytes([number % 251 + 1]) * size
        sent += pcm
        frames += rechunker.feed(pcm)
    assert len(b"".join(frames)) > len(sent) - frame_bytes(rate)
    frames += rechunker.flush()
    assert {len(frame) for frame in frames} <= {frame_bytes(rate)}
    assert b"".join(frames).rstrip(b"\0") == sent


def test_flushing_leaves_nothing_behind() -> None:
    rechunker = Rechunker(8000)
    rechunker.feed(b"\1\1")
    assert rechunker.flush() == [b"\1\1" + bytes(318)]
    assert rechunker.flush() == []


class TestPaceLimit:
    def test_a_client_in_time_may_go_on_for_ever(self) -> None:
        pace = PaceLimit()
        assert all(pace.allows(0.02, n * 0.02) for n in range(100_000))

    def test_a_clock_that_is_one_per_cent_fast_is_no_flood(self) -> None:
        pace = PaceLimit()
        assert all(pace.allows(0.02, n * 0.02 / 1.01) for n in range(100_000))

    def test_five_seconds_ahead_are_too_much(self) -> None:
        pace = PaceLimit(ahead_s=5)
        assert all(pace.allows(0.02, 0.0) for _ in range(249))
        assert not all(pace.allows(0.02, 0.0) for _ in range(3))

    def test_what_a_stalled_network_held_back_may_come_at_once(self) -> None:
        pace = PaceLimit(ahead_s=5, catch_up_s=15)
        pace.allows(0.02, 0.0)
        assert all(pace.allows(0.02, 10.0) for _ in range(500))

    def test_a_long_silence_is_no_licence_for_a_flood(self) -> None:
        pace = PaceLimit(ahead_s=5, catch_up_s=15)
        pace.allows(0.02, 0.0)
        assert not all(pace.allows(0.2, 3600.0) for _ in range(110))
