"""The web server runs within another process and leaves it alone."""

from __future__ import annotations

import signal
import socket
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from agent_desk.web.server import WebServer


async def whoever(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


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
