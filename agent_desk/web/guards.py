"""What stands before all pages: the host's name, the size of bodies, headers, and failures."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from traceback import extract_tb
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

LARGEST_BODY = 16_384
"""Bytes; the largest thing that is sent here is a password."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

_FRAMES = 8
_BROKEN = 1011


class OwnHost:
    """Answers only requests for our own name, so that no foreign name can be pointed at us.

    Args:
        app: What it guards.
        url: The address under which browsers reach us; a loopback address stands for all of them.
    """

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._name = urlsplit(url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_own(Headers(scope=scope)):
            refusal = PlainTextResponse("this is not the address of these pages\n", 421)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        try:
            name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        except ValueError:
            return False
        return name == self._name or (_is_loopback(name) and _is_loopback(self._name))


class SmallBodies:
    """Refuses bodies that are larger than anything our forms send.

    Args:
        app: What it guards.
        largest: Bytes.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > self._largest:
            await _too_large(scope, receive, send)
            return
        received = 0
        answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise _TooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLargeError:
            if not answered:
                await _too_large(scope, receive, send)


class SafeHeaders:
    """Adds the headers that keep a page to itself; a page that needs others sets its own.

    Args:
        app: What it guards.
        secure: Whether browsers reach us by HTTPS, and must not come back without.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = dict(SECURITY_HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class QuietFailures:
    """Answers what breaks by a 500, and logs where it broke but nothing that was sent to us.

    Args:
        app: What it guards.
        sorry: The answer.
    """

    def __init__(self, app: ASGIApp, sorry: ASGIApp) -> None:
        self._app = app
        self._sorry = sorry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered = False

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except _TooLargeError:
            raise
        except Exception as error:
            if scope["type"] not in ("http", "websocket"):
                raise
            # Neither the path nor the error's text: they may hold a token or a password.
            frames = extract_tb(error.__traceback__)[-_FRAMES:]
            where = [f"{frame.filename}:{frame.lineno}" for frame in frames]
            log.error("page_failed", error=type(error).__name__, where=where)
            if scope["type"] == "websocket":
                # It may be closed already.
                with suppress(Exception):
                    await send({"type": "websocket.close", "code": _BROKEN})
            elif not answered:
                await self._sorry(scope, receive, send)


class _TooLargeError(Exception):
    pass


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    refusal = PlainTextResponse("that is too much\n", 413, {"Connection": "close"})
    await refusal(scope, receive, send)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
