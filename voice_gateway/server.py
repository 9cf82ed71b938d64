"""The server: listens, checks tokens, admits calls, and drains before it stops."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import resources
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from voice_gateway import metrics
from voice_gateway.admission import NO_LIMITS, Admission
from voice_gateway.busy_notice import BusyNotice
from voice_gateway.tokens import TokenError, TokenIssuer, TokenVerifier
from voice_gateway.transports.browser import (
    BrowserLine,
    BrowserLineLimits,
    receive_hello,
    refuse,
)
from voice_gateway.transports.browser_protocol import (
    MAX_MESSAGE_BYTES,
    SUBPROTOCOL,
    ProtocolError,
)
from voice_gateway.transports.line import CallerIdentity, Line
from voice_gateway.transports.websocket import GatewayServerConnection

log = structlog.get_logger(__name__)

Answer = Callable[[Line, CallerIdentity], Awaitable[None]]
WebSocketHandler = Callable[[ServerConnection], Awaitable[None]]
Health = Callable[[], Awaitable[Mapping[str, Any]]]

CALL_PATH: Final = "/v1/call"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_PAGE: Final[Mapping[str, tuple[str, str]]] = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
    "/call.js": ("call.js", "text/javascript; charset=utf-8"),
    "/sound.js": ("sound.js", "text/javascript; charset=utf-8"),
    "/audio_worklets.js": ("audio_worklets.js", "text/javascript; charset=utf-8"),
    "/embed.js": ("embed.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}

_SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """How a dead peer is noticed: within the sum of the three times.

    Args:
        ping_interval_s: Between two pings.
        ping_timeout_s: How long a pong may take.
        close_timeout_s: How long the closing handshake may take.
    """

    ping_interval_s: float = 8.0
    ping_timeout_s: float = 7.0
    close_timeout_s: float = 3.0


class VoiceServer:
    """Takes calls over WebSockets and serves the test page, health and metrics beside them.

    Args:
        answer: Handles one call from hello to hang-up; the call ends when it returns.
        tokens: Checks who may call.
        host: The address to listen on.
        port: The port to listen on; 0 for any free one.
        max_calls: How many calls may be going on at once, unless `admission` is given.
        admission: Decides whether one more call can be taken.
        busy_notice: Heard by callers who cannot be taken; beyond what it can do, and without one,
            they are refused as `busy`.
        development_tokens: When given, `/v1/token` hands out call tokens to the test page without
            asking who is there. For development only.
        allowed_hosts: Further host names under which a browser may ask for a development token;
            addresses, `localhost` and `host` always may.
        embed_origins: Web sites that may show the call page in a frame, such as
            `https://shop.example`.
        health: Adds to what `/healthz` says.
        limits: How much one client may ask of the server.
        keep_alive: How a dead peer is noticed.
        hang_up_grace_s: How long `answer` may go on after the caller has gone.
        close_grace_s: How long `answer` may go on after `close` has ended its call.
        clock: The time, aware.
    """

    def __init__(
        self,
        answer: Answer,
        tokens: TokenVerifier,
        *,
        host: str = "127.0.0.1",
        port: int = 8900,
        max_calls: int = 32,
        admission: Admission | None = None,
        busy_notice: BusyNotice | None = None,
        development_tokens: TokenIssuer | None = None,
        allowed_hosts: Sequence[str] = (),
        embed_origins: Sequence[str] = (),
        health: Health | None = None,
        limits: BrowserLineLimits | None = None,
        keep_alive: KeepAlive | None = None,
        hang_up_grace_s: float = 30.0,
        close_grace_s: float = 5.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._answer = answer
        self._tokens = tokens
        self._host = host
        self._wanted_port = port
        self._admission = admission or Admission(max_calls, NO_LIMITS)
        self._busy_notice = busy_notice or BusyNotice()
        self._development_tokens = development_tokens
        self._hosts = {"localhost", host.lower(), *(name.lower() for name in allowed_hosts)}
        self._page_headers: Mapping[str, Mapping[str, str | None]] = {
            "/": _framed_by(embed_origins),
            "/embed.js": {"Cross-Origin-Resource-Policy": "cross-origin"} if embed_origins else {},
        }
        self._health = health
        self._limits = limits or BrowserLineLimits()
        self._keep_alive = keep_alive or KeepAlive()
        self._hang_up_grace_s = hang_up_grace_s
        self._close_grace_s = close_grace_s
        self._clock = clock
        self._routes: dict[str, tuple[WebSocketHandler, str | None]] = {
            CALL_PATH: (self._take_call, SUBPROTOCOL)
        }
        self._calls: dict[asyncio.Task[None], BrowserLine] = {}
        self._no_calls = asyncio.Event()
        self._no_calls.set()
        self._draining = asyncio.Event()
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port listened on, once started."""
        if self._server is None:
            raise RuntimeError("the server is not started")
        return int(next(iter(self._server.sockets)).getsockname()[1])

    @property
    def active_calls(self) -> int:
        """How many calls are going on."""
        return len(self._calls)

    @property
    def draining(self) -> asyncio.Event:
        """Set once the server is about to stop; calls should say so and end."""
        return self._draining

    def route(
        self, path: str, handler: WebSocketHandler, *, subprotocol: str | None = None
    ) -> None:
        """Serve a further WebSocket path.

        Args:
            path: Begins with a slash.
            handler: Gets each connection; the connection is closed when it returns. An exception
                is logged and closes that connection only.
            subprotocol: Selected when the client offers it.

        Raises:
            ValueError: The path is taken.
        """
        if path in self._routes or path in _PAGE:
            raise ValueError(f"{path} is served already")
        self._routes[path] = (handler, subprotocol)

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: The port cannot be had.
        """
        self._server = await serve(
            self._handle,
            self._host,
            self._wanted_port,
            process_request=self._process_request,
            select_subprotocol=self._select_subprotocol,
            compression=None,  # speech does not compress, and each compressor costs memory
            max_size=MAX_MESSAGE_BYTES,
            max_queue=64,
            write_limit=32 * 1024,
            open_timeout=5,
            ping_interval=self._keep_alive.ping_interval_s,
            ping_timeout=self._keep_alive.ping_timeout_s,
            close_timeout=self._keep_alive.close_timeout_s,
            create_connection=GatewayServerConnection,
            server_header=None,
            logger=_library_logger(),
        )
        log.info("listening", host=self._host, port=self.port)

    async def drain(self, timeout_s: float) -> bool:
        """Refuse new calls and wait for those going on.

        Args:
            timeout_s: How long to wait.

        Returns:
            True when no call is left.
        """
        self._draining.set()
        log.info("draining", calls=self.active_calls, timeout_s=timeout_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._no_calls.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Stop listening and cut off what is still going on; closing twice is no error."""
        self._draining.set()
        calls = dict(self._calls)
        if calls:
            await asyncio.gather(*(line.close("draining") for line in calls.values()))
            # They have heard that the line is closed; let them store what they have to.
            _, unfinished = await asyncio.wait(calls, timeout=self._close_grace_s)
            for call in unfinished:
                call.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    # WebSocket

    def _select_subprotocol(
        self, connection: ServerConnection, offered: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        # Without a common one the connection is opened all the same, and told so in words.
        path = urlsplit(connection.request.path).path if connection.request else ""
        _, wanted = self._routes.get(path, (None, None))
        return Subprotocol(wanted) if wanted is not None and wanted in offered else None

    async def _handle(self, connection: ServerConnection) -> None:
        path = urlsplit(connection.request.path).path if connection.request else ""
        handler, _ = self._routes[path]
        try:
            await handler(connection)
        except ConnectionClosed:
            pass
        except Exception:
            log.exception("connection_failed", path=path)
            await refuse(
                connection,
                ProtocolError("internal", "something went wrong at our side; try again", 1011),
                self._limits.send_timeout_s,
            )

    async def _take_call(self, connection: ServerConnection) -> None:
        try:
            hello = await receive_hello(connection, self._limits.hello_timeout_s)
            caller = self._identify(hello.token or _bearer(connection))
            # From here to the place among the calls nothing may wait, so that two calls never get
            # the last one.
            why_not = self._admission.why_not(len(self._calls))
            if why_not is not None and not self._busy_notice.can_be_told(hello.sample_rate):
                raise _busy()
        except ProtocolError as error:
            metrics.CALLS_REFUSED.labels(error.code).inc()
            log.warning("call_refused", code=error.code, error=error.message)
            await refuse(connection, error, self._limits.send_timeout_s)
            return
        line = BrowserLine(connection, hello.sample_rate, self._limits)
        if why_not is not None:
            metrics.CALLS_TURNED_AWAY.labels(why_not).inc()
            log.warning("call_turned_away", why=why_not, calls=len(self._calls))
            await self._busy_notice.tell(line)
            return
        # A task of its own: cutting off the call leaves the connection to be closed well.
        call = asyncio.create_task(self._answer_call(connection, line, caller), name="call")
        guard = asyncio.create_task(self._end_after_hang_up(connection, call))
        self._calls[call] = line
        self._no_calls.clear()
        metrics.CALLS_ACTIVE.set(len(self._calls))
        try:
            await asyncio.wait([call])
        finally:
            call.cancel()
            guard.cancel()
            del self._calls[call]
            metrics.CALLS_ACTIVE.set(len(self._calls))
            if not self._calls:
                self._no_calls.set()

    async def _answer_call(
        self, connection: ServerConnection, line: BrowserLine, caller: CallerIdentity
    ) -> None:
        try:
            await self._answer(line, caller)
        except asyncio.CancelledError:
            metrics.CALLS.labels("lost").inc()
            raise
        except Exception:
            metrics.CALLS.labels("failed").inc()
            log.exception("call_failed")
            error = "something went wrong at our side: please call again"
            await refuse(
                connection, ProtocolError("internal", error, 1011), self._limits.send_timeout_s
            )
        else:
            metrics.CALLS.labels("finished").inc()
            await line.close("completed")

    async def _end_after_hang_up(
        self, connection: ServerConnection, call: asyncio.Task[None]
    ) -> None:
        await connection.wait_closed()
        await asyncio.sleep(self._hang_up_grace_s)
        log.error("call_outlived_its_caller", grace_s=self._hang_up_grace_s)
        call.cancel()

    def _identify(self, token: str | None) -> CallerIdentity:
        try:
            claims = self._tokens.verify(token, "call", self._clock())
        except TokenError as error:
            raise ProtocolError(error.code, str(error), 4401) from error
        if self._draining.is_set():
            raise ProtocolError(
                "draining", "the line is about to restart: call again in a minute", 1012
            )
        return CallerIdentity(claims.caller)

    # HTTP

    async def _process_request(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        try:
            url = urlsplit(request.path)
        except ValueError:
            return _text(HTTPStatus.BAD_REQUEST, "this is no path\n")
        if url.path in self._routes:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return None
            return _text(
                HTTPStatus.UPGRADE_REQUIRED,
                "this path speaks WebSocket\n",
                {"Upgrade": "websocket"},
            )
        if url.path in _PAGE:
            name, content_type = _PAGE[url.path]
            body = (resources.files("voice_gateway") / "page" / name).read_bytes()
            extra = self._page_headers.get(url.path)
            return _response(HTTPStatus.OK, content_type, body, extra)
        match url.path:
            case "/healthz":
                return await self._healthz()
            case "/metrics":
                return _response(HTTPStatus.OK, metrics.CONTENT_TYPE, metrics.exposition())
            case "/v1/token":
                return self._token(request.headers, url.query)
            case _:
                return _text(HTTPStatus.NOT_FOUND, "nothing is here; the test page is at /\n")

    async def _healthz(self) -> Response:
        draining = self._draining.is_set()
        status: dict[str, Any] = {
            "status": "draining" if draining else "ok",
            "calls": self.active_calls,
            "max_calls": self._admission.max_calls,
        }
        if self._health is not None:
            try:
                status.update(await self._health())
            except Exception:
                log.exception("health_check_failed")
                status["status"] = "failing"
        well = status["status"] == "ok"
        return _json(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE, status)

    def _token(self, headers: Headers, query: str) -> Response:
        if self._development_tokens is None:
            return _json(
                HTTPStatus.NOT_FOUND,
                {
                    "error": "this server hands out no development tokens: "
                    "open the page with a token of your own, as in /#token=..."
                },
            )
        if not self._is_own_page(headers):
            return _json(
                HTTPStatus.FORBIDDEN,
                {"error": "development tokens are for this server's own page only"},
            )
        caller = parse_qs(query).get("caller", [""])[0].strip().replace(" ", "")
        # An unescaped plus sign in a query means a space.
        if caller and not caller.startswith("+"):
            caller = f"+{caller}"
        if caller and not _E164.fullmatch(caller):
            return _json(
                HTTPStatus.BAD_REQUEST,
                {"error": "caller must be a number with country code, such as +15550100042"},
            )
        token = self._development_tokens.issue("call", now=self._clock(), caller=caller or None)
        return _json(HTTPStatus.OK, {"token": token})

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether a request comes from our own page, or from no browser at all.

        The host is checked too: a foreign name that resolves to our address would make a foreign
        page look like our own (DNS rebinding).
        """
        host = headers.get("Host", "")
        name = urlsplit(f"//{host}").hostname or ""
        if name not in self._hosts and not _is_address(name):
            return False
        if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == host


def _busy() -> ProtocolError:
    return ProtocolError(
        "busy", "all lines are busy at the moment: please call again in a few minutes", 1013
    )


def _bearer(connection: ServerConnection) -> str | None:
    header = connection.request.headers.get("Authorization", "") if connection.request else ""
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _framed_by(origins: Sequence[str]) -> dict[str, str | None]:
    """The headers that let other sites show a page in a frame."""
    if not origins:
        return {}
    policy = _SECURITY_HEADERS["Content-Security-Policy"]
    allowed = f"frame-ancestors 'self' {' '.join(origins)}"
    return {
        "Content-Security-Policy": policy.replace("frame-ancestors 'none'", allowed),
        "X-Frame-Options": None,  # can name no origins, and browsers would go by it
    }


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _text(status: HTTPStatus, text: str, extra: Mapping[str, str] | None = None) -> Response:
    return _response(status, "text/plain; charset=utf-8", text.encode(), extra)


def _json(status: HTTPStatus, value: Mapping[str, Any]) -> Response:
    return _response(status, "application/json", json.dumps(value).encode())


def _response(
    status: HTTPStatus,
    content_type: str,
    body: bytes,
    extra: Mapping[str, str | None] | None = None,
) -> Response:
    headers: dict[str, str | None] = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **_SECURITY_HEADERS,
        **(extra or {}),
    }
    sent = Headers({name: value for name, value in headers.items() if value is not None})
    return Response(status.value, status.phrase, sent, body)


class _WithoutHandshakeNoise(logging.Filter):
    """Drops the traceback that any port scanner would write into the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.getMessage() != "opening handshake failed"


def _library_logger() -> logging.Logger:
    logger = logging.getLogger("voice_gateway.websockets")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(each, _WithoutHandshakeNoise) for each in logger.filters):
        logger.addFilter(_WithoutHandshakeNoise())
    return logger
