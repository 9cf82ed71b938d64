"""The web server runs within another process and leaves it alone."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect

from agent_desk.web.server import LARGEST_MESSAGE, WebServer


async def whoever(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Pages that say who asks, and websockets that say what they hear."""
    if scope["type"] != "websocket":
        await whoever(scope, receive, send)
        return
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


async def asked(server: WebServer) -> str:
    headers = {"x-forwarded-for": "198.51.100.7"}
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://127.0.0.1:{server.port}/", headers=headers)).text


async def test_it_serves_until_it_is_left() -> None:
    async with WebServer(whoever, host="127.0.0.1", port=0) as server:
        assert await asked(server) == "127.0.0.1"
    with pytest.raises(httpx.ConnectError):
        await asked(server)


async def test_who_the_client_is_is_believed_of_trusted_proxies_only() -> None:
    async with WebServer(
        whoever, host="127.0.0.1", port=0, trusted_proxies=["127.0.0.1"]
    ) as server:
        assert await asked(server) == "198.51.100.7"
    async with WebServer(
        whoever, host="127.0.0.1", port=0, trusted_proxies=["192.0.2.1"]
    ) as server:
        assert await asked(server) == "127.0.0.1"


async def test_a_taken_port_is_an_error_and_not_the_end() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            async with WebServer(whoever, host="127.0.0.1", port=other.getsockname()[1]):
                pass


async def test_signals_stay_with_the_process() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with WebServer(whoever, host="127.0.0.1", port=0):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def websocket_to(server: WebServer) -> ClientConnection:
    return await connect(f"ws://127.0.0.1:{server.port}/", proxy=None)


async def test_the_websockets_of_fifty_agents_keep_nobody_from_a_page() -> None:
    async with (
        WebServer(echo, host="127.0.0.1", port=0) as server,
        AsyncExitStack() as stack,
    ):
        for _ in range(300):
            await stack.enter_async_context(await websocket_to(server))
        assert await asked(server) == "127.0.0.1"
        last = await stack.enter_async_context(await websocket_to(server))
        await last.send("hello")
        assert await last.recv() == "hello"


async def test_no_message_is_larger_than_any_page_needs() -> None:
    async with (
        WebServer(echo, host="127.0.0.1", port=0) as server,
        await websocket_to(server) as websocket,
    ):
        await websocket.send("x" * (LARGEST_MESSAGE + 1))
        await websocket.wait_closed()
        assert websocket.close_code == 1009


async def test_open_websockets_do_not_hold_up_the_end() -> None:
    async with WebServer(echo, host="127.0.0.1", port=0) as server:
        websocket = await websocket_to(server)
    async with asyncio.timeout(10):
        await websocket.wait_closed()
    assert websocket.close_code == 1012


async def test_an_app_that_cannot_start_is_an_error() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no desk"})

    with pytest.raises(RuntimeError, match="could not be started"):
        async with WebServer(broken, host="127.0.0.1", port=0):
            pass
