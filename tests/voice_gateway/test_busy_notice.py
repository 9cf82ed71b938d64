"""A caller who cannot be taken hears it in words, over a real connection."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from voice_gateway import busy_notice, metrics
from voice_gateway.admission import Admission, Load
from voice_gateway.busy_notice import BusyNotice
from voice_gateway.languages import load_language
from voice_gateway.speech.synthesiser import Synthesiser
from voice_gateway.transports.browser_protocol import (
    Ended,
    Error,
    Mark,
    Turn,
    parse_server_message,
)
from voice_gateway.transports.line import Audio, CallerIdentity, Line, frame_bytes

Read = Callable[[ClientConnection], Awaitable[list[Any]]]
PHRASES = load_language().phrases.busy
RATES = (8000, 16000)


@pytest.fixture(scope="module")
def synthesiser() -> Synthesiser:
    return Synthesiser()


@pytest.fixture
def notice(synthesiser: Synthesiser) -> BusyNotice:
    notice = BusyNotice(at_once=1)
    notice.prepare(synthesiser, PHRASES, RATES)
    return notice


async def until_hang_up(line: Line, caller: CallerIdentity) -> None:
    await line.notify({"type": "answered", "call_id": "1"})
    async for _ in line.received():
        pass


async def hello(connection: ClientConnection, token: str, rate: int = 16000) -> None:
    message = {"type": "hello", "token": token, "sample_rate": rate}
    await connection.send(json.dumps(message))


async def echo_mark(connection: ClientConnection) -> list[Any]:
    """All that comes up to the mark, which is sent back."""
    heard: list[Any] = []
    while not (heard and isinstance(heard[-1], Mark)):
        heard.append(parse_server_message(await connection.recv()))
    await connection.send(json.dumps({"type": "mark", "id": heard[-1].mark_id}))
    return heard


@pytest.mark.parametrize("rate", RATES)
async def test_the_sentence_is_played_to_its_end_and_the_call_ends_as_busy(
    serve: Any, notice: BusyNotice, everything_from: Read, rate: int
) -> None:
    running = await serve(until_hang_up, max_calls=0, busy_notice=notice)
    async with running.connect() as connection:
        await hello(connection, running.token(), rate)
        turn, *audio, _ = await echo_mark(connection)
        assert await everything_from(connection) == [Ended("busy")]
        assert connection.close_code == 1000
    assert turn == Turn("busy", "bot", PHRASES[0])
    pcm = b"".join(frame.pcm for frame in audio if isinstance(frame, Audio))
    assert 2.0 < len(pcm) / frame_bytes(rate) * 0.02 < 8.0
    assert pcm.strip(b"\0")


async def test_phrases_are_used_in_turn(serve: Any, notice: BusyNotice) -> None:
    running = await serve(until_hang_up, max_calls=0, busy_notice=notice)
    said = []
    for _ in range(3):
        async with running.connect() as connection:
            await hello(connection, running.token())
            turn, *_ = await echo_mark(connection)
            said.append(turn.text)
            await connection.wait_closed()
    assert said == [PHRASES[0], PHRASES[1], PHRASES[0]]


async def test_beyond_what_it_can_do_callers_are_refused_without_a_word(
    serve: Any, notice: BusyNotice, everything_from: Read
) -> None:
    running = await serve(until_hang_up, max_calls=0, busy_notice=notice)
    async with running.connect() as first, running.connect() as second:
        await hello(first, running.token())
        await first.recv()
        await hello(second, running.token())
        [error] = await everything_from(second)
        assert isinstance(error, Error)
        assert (error.code, second.close_code) == ("busy", 1013)
        await echo_mark(first)
        await first.wait_closed()
    async with running.connect() as third:
        await hello(third, running.token())
        await echo_mark(third)
        assert await everything_from(third) == [Ended("busy")]


async def test_until_it_is_prepared_callers_are_refused_without_a_word(
    serve: Any, everything_from: Read
) -> None:
    running = await serve(until_hang_up, max_calls=0, busy_notice=BusyNotice(at_once=10))
    async with running.connect() as connection:
        await hello(connection, running.token())
        [error] = await everything_from(connection)
        assert error.code == "busy"


async def test_a_caller_who_hangs_up_makes_room_for_the_next(
    serve: Any, notice: BusyNotice, everything_from: Read
) -> None:
    running = await serve(until_hang_up, max_calls=0, busy_notice=notice)
    for _ in range(2):
        async with running.connect() as connection:
            await hello(connection, running.token())
            assert isinstance(parse_server_message(await connection.recv()), Turn)
            await connection.send(json.dumps({"type": "hangup"}))
            assert (await everything_from(connection))[-1] == Ended("busy")


async def test_a_caller_who_never_plays_it_does_not_stay(
    serve: Any, notice: BusyNotice, everything_from: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy_notice, "_GRACE_S", -60.0)
    running = await serve(until_hang_up, max_calls=0, busy_notice=notice)
    async with running.connect() as connection:
        await hello(connection, running.token())
        assert (await everything_from(connection))[-1] == Ended("busy")


async def test_a_strained_server_turns_away_and_keeps_the_calls_it_has(
    serve: Any, notice: BusyNotice
) -> None:
    admission = Admission(32)
    running = await serve(until_hang_up, admission=admission, busy_notice=notice)
    turned_away = metrics.CALLS_TURNED_AWAY.labels("hearing")
    before = metrics.reading(turned_away, "_total")
    async with running.connect() as first:
        await hello(first, running.token())
        await first.recv()
        admission.weigh(Load(hearing=1.0), 1, 0.0)
        async with running.connect() as second:
            await hello(second, running.token())
            await echo_mark(second)
            await second.wait_closed()
        assert running.server.active_calls == 1
    assert metrics.reading(turned_away, "_total") == before + 1
