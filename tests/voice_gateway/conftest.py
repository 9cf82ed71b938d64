"""A real server on a free port of the loopback, answering as each test likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect

from voice_gateway.server import Answer, VoiceServer
from voice_gateway.tokens import TokenIssuer, TokenVerifier
from voice_gateway.transports.browser_protocol import (
    SUBPROTOCOL,
    ServerMessage,
    parse_server_message,
)
from voice_gateway.transports.websocket import GatewayClientConnection

SECRET = "a secret for tests, of thirty-two bytes or more"


@dataclass
class Running:
    """A server and what it takes to call it."""

    server: VoiceServer
    issuer: TokenIssuer

    def token(self, caller: str | None = "+15550100042") -> str:
        return self.issuer.issue("call", caller=caller, now=datetime.now(UTC))

    @property
    def call_url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}/v1/call"

    @property
    def page_url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def connect(self, **options: Any) -> connect:
        """A bare WebSocket, so that a test may misbehave on it."""
        options.setdefault("subprotocols", [SUBPROTOCOL])
        return connect(
            self.call_url,
            compression=None,
            proxy=None,
            max_size=None,
            create_connection=GatewayClientConnection,
            **options,
        )


Serve = Callable[..., Awaitable[Running]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(answer: Answer, **options: Any) -> Running:
            issuer = TokenIssuer(SECRET)
            options.setdefault("close_grace_s", 0.5)
            server = VoiceServer(answer, TokenVerifier(SECRET), port=0, **options)
            await stack.enter_async_context(server)
            return Running(server, issuer)

        yield start


@pytest.fixture
def everything_from() -> Callable[[ClientConnection], Awaitable[list[ServerMessage]]]:
    """All the server still has to say on a connection, until it closes it."""

    async def read(connection: ClientConnection) -> list[ServerMessage]:
        messages: list[ServerMessage] = []
        try:
            while True:
                messages.append(parse_server_message(await connection.recv()))
        except Exception:
            return messages

    return read


@pytest.fixture(scope="session")
def tone() -> Callable[..., bytes]:
    def make(seconds: float, rate: int = 16000, hertz: float = 440.0, level: float = 0.3) -> bytes:
        time = np.arange(round(seconds * rate)) / rate
        return (level * 32767 * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes()

    return make
