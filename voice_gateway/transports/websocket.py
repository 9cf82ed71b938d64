"""WebSocket connections that may be closed after their peer is gone, whatever was left unsent.

The library aborts the transport once more then, and a closed transport of Python 3.11 that had
unsent data trips over its missing event loop (an `AttributeError`). All is closed at that point.
"""

from __future__ import annotations

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection


class GatewayServerConnection(ServerConnection):
    """The server's end."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        try:
            await super().close(code, reason)
        except AttributeError:
            if not self.connection_lost_waiter.done():
                raise


class GatewayClientConnection(ClientConnection):
    """The client's end."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        try:
            await super().close(code, reason)
        except AttributeError:
            if not self.connection_lost_waiter.done():
                raise
