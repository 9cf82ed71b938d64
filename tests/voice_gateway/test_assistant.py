"""The client of the assistant, against a real HTTP server on loopback that says odd things."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from voice_gateway.assistant import (
    Answer,
    AssistantClient,
    DialogueState,
    Understood,
    read_answer,
)
from voice_gateway.conversation import events as ev

Script = Callable[[dict[str, object], asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def assistant_that(script: Script) -> AsyncIterator[AssistantClient]:
    """An assistant that does what the script says with each request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1])
            for line in head.split("\r\n")
            if line.lower().startswith("content-length")
        )
        request = json.loads(await reader.readexactly(length))
        request["authorization"] = "Bearer hush" in head
        await script(request, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = AssistantClient(f"http://127.0.0.1:{port}", "hush")
    try:
        yield client
    finally:
        await client.close()
        server.close()


async def send_lines(writer: asyncio.StreamWriter, *lines: object) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
    for line in lines:
        writer.write(json.dumps(line).encode() + b"\n")
        await writer.drain()


async def ask(client: AssistantClient) -> list[Answer]:
    return [answer async for answer in client.turn("call", "t1", "hello", {"channel": "voice"})]


async def test_every_kind_of_answer_is_passed_on_in_order() -> None:
    async def script(request: dict[str, object], writer: asyncio.StreamWriter) -> None:
        assert request["sender"] == "call"
        assert request["text"] == "hello"
        assert request["authorization"]
        await send_lines(
            writer,
            {"text": "Which order?"},
            {"custom": {"type": "expect", "grammar": "digits", "length": 6, "patience": 3}},
            {"custom": {"type": "expect", "grammar": "digits", "length": 6, "secret": True}},
            {"custom": {"type": "pace", "pace": 0.8}},
            {"custom": {"type": "state", "active_task": "order_status"}},
            {"custom": {"type": "handoff", "reason": "requested"}},
            {"custom": {"type": "hangup"}},
            {"done": True},
        )

    async with assistant_that(script) as client:
        assert await ask(client) == [
            ev.AssistantMessage("t1", "Which order?"),
            ev.AssistantExpects("t1", "digits", length=6, patience=3.0),
            ev.AssistantExpects("t1", "digits", length=6, secret=True),
            ev.AssistantSetsPace("t1", 0.8),
            DialogueState({"active_task": "order_status"}),
            ev.AssistantHandsOff("t1", {"reason": "requested"}),
            ev.AssistantHangsUp("t1"),
            ev.AssistantFinished("t1"),
        ]


async def test_an_answer_is_passed_on_before_the_next_is_ready() -> None:
    go_on = asyncio.Event()

    async def script(_: dict[str, object], writer: asyncio.StreamWriter) -> None:
        await send_lines(writer, {"text": "First."})
        await go_on.wait()
        writer.write(b'{"done": true}\n')

    async with assistant_that(script) as client:
        answers = client.turn("call", "t1", "hello", {})
        assert await anext(answers) == ev.AssistantMessage("t1", "First.")
        go_on.set()
        assert await anext(answers) == ev.AssistantFinished("t1")


async def failure_of(script: Script) -> str:
    async with assistant_that(script) as client:
        answer = (await ask(client))[-1]
    assert isinstance(answer, ev.AssistantFailed)
    return answer.error


async def test_an_error_reported_by_the_assistant_is_a_failure() -> None:
    async def script(_: dict[str, object], writer: asyncio.StreamWriter) -> None:
        await send_lines(writer, {"text": "Let me see."}, {"error": "action server is down"})

    assert await failure_of(script) == "action server is down"


async def test_a_refusal_is_a_failure_that_says_why() -> None:
    async def script(_: dict[str, object], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 12\r\n\r\nwrong secret")

    assert await failure_of(script) == "HTTP 401: wrong secret"


async def test_an_answer_that_breaks_off_is_a_failure() -> None:
    async def script(_: dict[str, object], writer: asyncio.StreamWriter) -> None:
        await send_lines(writer, {"text": "Let me"})

    assert await failure_of(script) == "the answer broke off"


async def test_an_answer_that_is_not_json_is_a_failure() -> None:
    async def script(_: dict[str, object], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<html>\n")

    assert "not JSON" in await failure_of(script)


async def test_an_assistant_that_is_not_there_is_a_failure_and_no_exception() -> None:
    client = AssistantClient("http://127.0.0.1:1", "hush")
    answers = await ask(client)
    await client.close()
    assert isinstance(answers[-1], ev.AssistantFailed)


@pytest.mark.parametrize(("wanted", "set_to"), [(0.01, 0.5), (0.7, 0.7), (9, 2.0)])
def test_a_pace_stays_within_what_can_be_spoken(wanted: float, set_to: float) -> None:
    line = json.dumps({"custom": {"type": "pace", "pace": wanted}})
    assert read_answer("t1", line) == ev.AssistantSetsPace("t1", set_to)


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_guess_is_understood_as_tells_whether_it_is_complete(whole: bool) -> None:
    line = json.dumps({"custom": {"type": "understood", "intent": "order", "whole": whole}})
    assert read_answer("", line) == Understood(whole)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  ",
        '{"image": "cat.png"}',
        '{"custom": {"type": "new"}}',
        '{"custom": {"type": "pace", "pace": "slow"}}',
    ],
)
def test_what_is_empty_or_unknown_is_skipped(line: str) -> None:
    assert read_answer("t1", line) is None
