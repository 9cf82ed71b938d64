"""One connection of a desk: a bounded queue towards it, and the count of its mistakes."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from agent_desk.desk_protocol import TRY_AGAIN_LATER, ServerMessage, serialise
from agent_desk.plain_text import plain

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How patient the server is with connections of desks.

    Args:
        hello_timeout_s: Seconds a new connection has to say who is there.
        queue_size: Messages that may wait for a slow desk before its connection is closed.
        close_timeout_s: Seconds a desk has to agree to being closed.
        max_errors: Malformed messages forgiven within `error_window_s`.
        error_window_s: Seconds.
    """

    hello_timeout_s: float = 10.0
    queue_size: int = 256
    close_timeout_s: float = 5.0
    max_errors: int = 20
    error_window_s: float = 60.0


def close_reason(text: str) -> str:
    """Cut a sentence to what a close frame can carry.

    Args:
        text: The sentence.

    Returns:
        Its beginning, in at most 123 bytes.
    """
    return plain(text).encode()[:123].decode(errors="ignore")


class DeskLink:
    """The server's end of one connection.

    Args:
        connection: The connection, its opening handshake done.
        options: How patient to be.
    """

    def __init__(self, connection: ServerConnection, options: LinkOptions) -> None:
        self.connection = connection
        self._options = options
        self._queue: asyncio.Queue[ServerMessage] = asyncio.Queue(options.queue_size)
        self._errors: deque[float] = deque()
        self._closing: asyncio.Task[None] | None = None

    def send(self, message: ServerMessage) -> None:
        """Queue a message; never waits, and gives a desk up that does not keep pace.

        Args:
            message: What to tell the desk.
        """
        if self._closing is not None:
            return
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(message)
            return
        log.warning("desk_too_slow")
        self.close(TRY_AGAIN_LATER, "The desk does not keep pace; connect again.")

    def close(self, code: int, reason: str) -> None:
        """Close the connection without waiting for it.

        Args:
            code: A WebSocket close code.
            reason: One sentence of at most 123 bytes.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(self._options.close_timeout_s):
                await self.connection.close(code, reason)
        except TimeoutError:
            # A message stuck in the socket of a stalled desk holds the closing handshake up.
            self.connection.transport.abort()

    def forgives_mistake(self) -> bool:
        """Count a malformed message.

        Returns:
            False when there were too many lately.
        """
        now = asyncio.get_running_loop().time()
        self._errors.append(now)
        while self._errors[0] < now - self._options.error_window_s:
            self._errors.popleft()
        return len(self._errors) <= self._options.max_errors

    async def write(self) -> None:
        """Send what is queued, one message after the other, until the connection ends."""
        with suppress(ConnectionClosed):
            while True:
                await self.connection.send(serialise(await self._queue.get()))
