"""Callers and clients that do everything wrong, while a good call goes on beside them."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import httpx
import pytest
from line import LineUnderTest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from voice_gateway.caller.scripted import HangUp, Say
from voice_gateway.transports.browser_protocol import SUBPROTOCOL
from voice_gateway.transports.websocket import GatewayClientConnection


async def hello(line: LineUnderTest, token: str) -> ClientConnection:
    connection = await connect(
        line.call_url,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        create_connection=GatewayClientConnection,
    )
    await connection.send(json.dumps({"type": "hello", "token": token, "sample_rate": 16000}))
    return connection


async def complaint(connection: ClientConnection) -> dict[str, str]:
    """What the server says before it closes the connection, or as the reason for closing it.

    What is too large is refused by the WebSocket layer itself, which only gives a reason.
    """
    said: dict[str, str] = {}
    with suppress(ConnectionClosed):
        async for message in connection:
            if isinstance(message, str) and json.loads(message)["type"] == "error":
                said = json.loads(message)
    await connection.close()
    return said or {"message": connection.close_reason or ""}


BAD_MESSAGES = {
    "text instead of audio": "RIFF....WAVEfmt ",
    "a frame of odd length": b"\x00" * 641,
    "a JSON message of 5 MB": json.dumps({"type": "mark", "id": 1, "more": "x" * 5_000_000}),
    "a message of an unknown type": json.dumps({"type": "teleport"}),
}


@pytest.mark.parametrize("message", BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
async def test_a_bad_message_gets_a_clear_error(line: LineUnderTest, message: str | bytes) -> None:
    connection = await hello(line, line.token())
    with suppress(ConnectionClosed):
        await connection.send(message)
    said = await complaint(connection)
    assert len(said["message"]) > 10
    assert connection.close_code in (1003, 1007, 1008, 1009)


async def test_a_token_is_good_for_one_call(line: LineUnderTest) -> None:
    token = line.token()
    first = await hello(line, token)
    assert json.loads(await first.recv())["type"] == "answered"
    second = await hello(line, token)
    said = await complaint(second)
    assert said["code"] == "token_reused"
    await first.close()


async def test_bad_callers_do_not_disturb_a_good_call(line: LineUnderTest) -> None:
    async def misbehave() -> None:
        for message in BAD_MESSAGES.values():
            connection = await hello(line, line.token())
            with suppress(ConnectionClosed):
                await connection.send(message)
            assert (await complaint(connection))["message"]

    good = asyncio.create_task(
        line.spoken_call(Say("are you a robot"), Say("what time do you close today"), HangUp())
    )
    await asyncio.gather(misbehave(), misbehave())
    report = await good
    assert report.ok, report
    assert len([t for t in report.transcript if t.speaker == "caller"]) == 2


async def test_three_thousand_words_in_one_turn_get_an_answer(line: LineUnderTest) -> None:
    """As text, since speaking them would take twenty minutes; the core's tests speak them."""
    words = "and then i waited and nobody came to tell me where my package is " * 215
    secret = line.settings.assistant_secret.get_secret_value()
    async with httpx.AsyncClient(timeout=30) as client:
        response = await client.post(
            f"{line.settings.assistant_url}/webhooks/voice/turn",
            headers={"Authorization": f"Bearer {secret}"},
            json={"sender": "three-thousand-words", "text": words, "metadata": {}},
        )
    assert response.status_code == 200
    lines = [json.loads(text) for text in response.text.splitlines()]
    assert lines[-1] == {"done": True}
    assert any("text" in answer for answer in lines)
