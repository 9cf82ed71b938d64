"""The browser line on a real socket, with clients that behave and clients that do not."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from voice_gateway.server import KeepAlive
from voice_gateway.transports.browser import BrowserLineLimits, close_reason
from voice_gateway.transports.browser_protocol import Clear, Ended, Error, Mark, State
from voice_gateway.transports.line import (
    Audio,
    CallerIdentity,
    HungUp,
    Key,
    Line,
    PlayedMark,
    Received,
)

Read = Callable[[ClientConnection], Awaitable[list[Any]]]


class Listening:
    """An `answer` that keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.callers: list[CallerIdentity] = []
        self.line: Line | None = None
        self.over = asyncio.Event()

    async def __call__(self, line: Line, caller: CallerIdentity) -> None:
        self.line = line
        self.callers.append(caller)
        await line.notify({"type": "answered", "call_id": "1"})
        try:
            async for received in line.received():
                self.received.append(received)
        finally:
            self.over.set()

    @property
    def audio(self) -> list[bytes]:
        return [each.pcm for each in self.received if isinstance(each, Audio)]


async def hello(connection: ClientConnection, token: str, **fields: Any) -> None:
    await connection.send(json.dumps({"type": "hello", "token": token, **fields}))


@pytest.mark.parametrize(("rate", "frame"), [(16000, 640), (8000, 320)])
async def test_audio_of_any_length_arrives_as_frames_of_20_ms_in_order(
    serve: Any, rate: int, frame: int
) -> None:
    answer = Listening()
    running = await serve(answer)
    sent = bytes(range(1, 251)) * 20
    async with running.connect() as connection:
        await hello(connection, running.token(), sample_rate=rate)
        for at in range(0, len(sent), 514):
            await connection.send(sent[at : at + 514])
        await connection.send(b"")
        await connection.send('{"type":"hangup"}')
        await answer.over.wait()
    assert answer.line is not None
    assert (answer.line.sample_rate, answer.line.channel) == (rate, "browser")
    assert {len(pcm) for pcm in answer.audio} == {frame}
    assert b"".join(answer.audio).rstrip(b"\0") == sent
    assert answer.received[-1] == HungUp("caller_hung_up")


async def test_keys_and_marks_arrive_between_the_audio_they_came_between(serve: Any) -> None:
    answer = Listening()
    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        await connection.send(bytes(640))
        await connection.send('{"type":"digit","key":"#"}')
        await connection.send('{"type":"mark","id":7}')
        await connection.send(bytes(640))
        await connection.close()
        await answer.over.wait()
    silence = Audio(bytes(640))
    assert answer.received == [
        silence,
        Key("#"),
        PlayedMark(7),
        silence,
        HungUp("caller_hung_up"),
    ]


async def test_what_is_sent_arrives_in_order_in_frames_of_20_ms(
    serve: Any, everything_from: Read
) -> None:
    async def answer(line: Line, caller: CallerIdentity) -> None:
        await line.notify({"type": "state", "state": "speaking"})
        await line.send_audio(b"\1\1" * 400)
        await line.send_audio(b"\1\1" * 100)
        await line.send_mark(1)
        await line.send_audio(b"\2\2" * 50)
        await line.clear()
        await line.send_audio(b"\3\3" * 320)
        await line.send_mark(2)
        await line.close("silence")

    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        messages = await everything_from(connection)
        assert connection.close_code == 1000
    assert messages == [
        State("speaking"),
        Audio(b"\1\1" * 320),
        Audio(b"\1\1" * 180 + bytes(280)),
        Mark(1),
        Clear(),
        Audio(b"\3\3" * 320),
        Mark(2),
        Ended("silence"),
    ]


async def test_the_token_says_who_calls(serve: Any) -> None:
    answer = Listening()
    running = await serve(answer)
    for caller in ("+15550100077", None):
        async with running.connect() as connection:
            await hello(connection, running.token(caller))
            await connection.recv()
    assert answer.callers == [CallerIdentity("+15550100077"), CallerIdentity(None)]


async def test_the_token_may_come_as_a_header(serve: Any) -> None:
    answer = Listening()
    running = await serve(answer)
    headers = {"Authorization": f"Bearer {running.token()}"}
    async with running.connect(additional_headers=headers) as connection:
        await connection.send('{"type":"hello"}')
        assert json.loads(await connection.recv())["type"] == "answered"


async def test_a_caller_may_hang_up_in_the_middle_of_the_bots_sentence(serve: Any) -> None:
    over = asyncio.Event()

    async def answer(line: Line, caller: CallerIdentity) -> None:
        events = line.received()
        assert isinstance(await anext(events), Audio)
        assert isinstance(await anext(events), HungUp)
        await line.send_audio(bytes(64_000))
        await line.send_mark(1)
        await line.clear()
        await line.notify({"type": "state", "state": "ended"})
        await line.close("caller_hung_up")
        over.set()

    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        await connection.send(bytes(640))
    await asyncio.wait_for(over.wait(), 10)


BAD_INPUT = [
    pytest.param("UklGRiQAAABXQVZF", "not_json", 1003, id="text instead of audio"),
    pytest.param(bytes(641), "odd_length", 1007, id="odd length"),
    pytest.param(bytes(6402), "too_long", 1009, id="more than 200 ms"),
    pytest.param('{"type":"sing"}', "bad_message", 1008, id="unknown type"),
    pytest.param('{"type":"hello"}', "bad_message", 1008, id="hello twice"),
    pytest.param('{"type":"digit","key":"x"}', "bad_message", 1008, id="no key of a keypad"),
]


@pytest.mark.parametrize(("message", "code", "close_code"), BAD_INPUT)
async def test_bad_input_ends_the_call_with_an_error_and_disturbs_no_other(
    serve: Any, everything_from: Read, message: str | bytes, code: str, close_code: int
) -> None:
    answers = [Listening(), Listening()]
    waiting = iter(answers)

    async def answer(line: Line, caller: CallerIdentity) -> None:
        await next(waiting)(line, caller)

    running = await serve(answer)
    async with running.connect() as other, running.connect() as connection:
        await hello(connection, running.token())
        await connection.recv()
        await hello(other, running.token())
        await connection.send(message)
        *_, error = await everything_from(connection)
        assert isinstance(error, Error)
        assert error.code == code
        assert connection.close_code == close_code
        assert connection.close_reason == close_reason(error.message)
        await answers[0].over.wait()
        assert answers[0].received == [HungUp("bad_input")]
        await other.send(bytes(640))
        await other.send('{"type":"hangup"}')
        await answers[1].over.wait()
        assert answers[1].received == [Audio(bytes(640)), HungUp("caller_hung_up")]


@pytest.mark.parametrize("size", [64 * 1024 + 1, 5_000_000])
async def test_a_huge_message_closes_the_connection_without_being_read(
    serve: Any, everything_from: Read, size: int
) -> None:
    answer = Listening()
    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        await connection.recv()
        with suppress(ConnectionClosed):
            await connection.send(json.dumps({"type": "mark", "id": "1" * size}))
        await connection.wait_closed()
        assert connection.close_code == 1009
        assert "65536" in (connection.close_reason or "")
    await answer.over.wait()
    assert answer.received == [HungUp("bad_input")]


async def test_text_that_is_not_utf_8_closes_the_connection(serve: Any) -> None:
    answer = Listening()
    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        await connection.recv()
        await connection.send(b"\xff\xfe", text=True)
        await connection.wait_closed()
        assert connection.close_code == 1007
    await answer.over.wait()
    assert answer.received == [HungUp("bad_input")]


@pytest.mark.parametrize("message", [bytes(6400), '{"type":"mark","id":1}', bytes(2)])
async def test_a_flood_is_stopped(serve: Any, everything_from: Read, message: str | bytes) -> None:
    answer = Listening()
    running = await serve(answer)
    async with running.connect() as connection:
        await hello(connection, running.token())
        await connection.recv()
        with suppress(ConnectionClosed):
            while True:
                await connection.send(message)
                await asyncio.sleep(0)
        *_, error = await everything_from(connection)
        assert isinstance(error, Error)
        assert error.code == "too_fast"
        assert connection.close_code == 1008
    await answer.over.wait()
    assert answer.received[-1] == HungUp("bad_input")
    assert len(b"".join(answer.audio)) <= 6 * 32_000


async def test_a_client_that_does_not_read_loses_its_call(serve: Any) -> None:
    gone = asyncio.Event()

    async def answer(line: Line, caller: CallerIdentity) -> None:
        hung_up = asyncio.create_task(anext(line.received()))
        while not hung_up.done():
            await line.send_audio(bytes(64_000))
        assert hung_up.result() == HungUp("connection_lost")
        gone.set()

    running = await serve(answer, limits=BrowserLineLimits(send_timeout_s=0.3))
    # A small buffer, so that the server need not fill the kernel's usual one first.
    receiver = socket.socket()
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    receiver.connect(("127.0.0.1", running.server.port))
    async with running.connect(sock=receiver, close_timeout=0.1) as connection:
        await hello(connection, running.token())
        connection.transport.pause_reading()
        await asyncio.wait_for(gone.wait(), 20)


async def test_a_dead_peer_is_noticed(serve: Any) -> None:
    answer = Listening()
    keep_alive = KeepAlive(ping_interval_s=0.2, ping_timeout_s=0.2, close_timeout_s=0.2)
    running = await serve(answer, keep_alive=keep_alive)
    async with running.connect(close_timeout=0.1) as connection:
        await hello(connection, running.token())
        await connection.recv()
        connection.transport.pause_reading()  # pings are left unanswered from here
        await asyncio.wait_for(answer.over.wait(), 20)
        connection.transport.resume_reading()
    assert answer.received == [HungUp("connection_lost")]


def test_dead_peers_are_noticed_within_twenty_seconds_by_default() -> None:
    times = KeepAlive()
    assert times.ping_interval_s + times.ping_timeout_s + times.close_timeout_s <= 20


def test_a_close_reason_fits_its_frame_and_cuts_no_letter_in_half() -> None:
    assert close_reason("short") == "short"
    assert close_reason("\u00e9" * 100) == "\u00e9" * 61
