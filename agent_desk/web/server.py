"""Runs an ASGI app in the event loop of the server process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger(__name__)

LARGEST_MESSAGE = 1_048_576
"""Bytes of a websocket's message."""

_STOP_WITHIN_S = 3
_CONNECTIONS = 1024
"""More get a 503. An agent's browser holds two websockets, and loads a page over six more."""
_LARGEST_HEAD = 16_384
_PING_EVERY_S = 10.0
_LOOK_EVERY_S = 0.01


class WebServer:
    """Serves an app from entering the context to leaving it.

    Args:
        app: What to serve.
        host: The address to listen on.
        port: The port to listen on; 0 for any free one.
        trusted_proxies: Addresses whose word is taken for who the client is.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, trusted_proxies: Sequence[str] = ()
    ) -> None:
        self._address = (host, port)
        self._port: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                app,
                # Addresses of our pages hold tokens: nothing is logged of a request.
                access_log=False,
                log_config=None,
                log_level="warning",
                http="h11",
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_ping_interval=_PING_EVERY_S,
                ws_ping_timeout=_PING_EVERY_S,
                # Sound does not get smaller, and pages are sent in small steps.
                ws_per_message_deflate=False,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                limit_concurrency=_CONNECTIONS,
                h11_max_incomplete_event_size=_LARGEST_HEAD,
                timeout_graceful_shutdown=_STOP_WITHIN_S,
            )
        )

    @property
    def port(self) -> int:
        """The port listened on."""
        if self._port is None:
            raise RuntimeError("the web server is not started")
        return self._port

    async def __aenter__(self) -> Self:
        """Begin to listen.

        Raises:
            OSError: The port cannot be had.
            RuntimeError: The app could not be started.
        """
        # uvicorn would end the whole process when the port is taken.
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
        listening.setblocking(False)
        self._port = listening.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve([listening]), name="web server")
        self._task.add_done_callback(_say_if_it_broke)
        while not self._server.started:
            await asyncio.wait([self._task], timeout=_LOOK_EVERY_S)
            if self._task.done():
                listening.close()
                await self._task
        log.info("pages_served", host=host, port=self.port)
        return self

    async def __aexit__(self, *_raised: object) -> None:
        assert self._task is not None
        self._server.should_exit = True
        await asyncio.wait([self._task])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave it to the process whether it can do without the pages."""
        try:
            await super().startup(sockets)
        except SystemExit:
            raise RuntimeError("the pages could not be started; the log says why") from None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process that this server is a part of."""
        yield


def _say_if_it_broke(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("pages_no_longer_served", error=type(error).__name__)
