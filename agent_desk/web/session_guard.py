"""Who may open what below `/desk`: signed-in staff only, each role its own pages.

A page that is opened while nobody is signed in leads to the sign-in page and back. A websocket is
closed with 4401 when nobody is signed in, and also later, when the session has been ended: by
signing out in another window, by a new password, or because the account was disabled.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent_desk.web.desk_addresses import DESK, SIGN_IN, home_of, is_below_desk, may_open
from agent_desk.web.same_origin import is_own_origin, is_same_origin
from agent_desk.web.session_cookie import SessionCookie
from agent_desk.web.site import Site
from contact_center.staff import Staff
from contact_center.staff_sessions import Session, StaffSessions

log = structlog.get_logger(__name__)

NOT_SIGNED_IN = 4401
"""The code with which websockets are closed."""
LOOK_EVERY_S = 5.0
"""How soon an open websocket ends when its session was ended elsewhere."""

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request.

    Args:
        staff: Who it is.
        csrf: What forms have to carry as `csrf`.
        session_id: The session's key.
    """

    staff: Staff
    csrf: str
    session_id: int


def staff_of(connection: HTTPConnection) -> SignedIn:
    """Tell who a request or a websocket comes from.

    Args:
        connection: To something below `/desk`.

    Returns:
        The person who is signed in.

    Raises:
        LookupError: The guard does not stand before this address.
    """
    signed_in = connection.scope.get("staff")
    if not isinstance(signed_in, SignedIn):
        raise LookupError("nobody is signed in here: the session guard is missing")
    return signed_in


class SessionGuard:
    """Lets staff through to what lies below `/desk`, and nobody else.

    Args:
        app: What it guards.
        site: Of which company.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._origin = site.settings.desk_url
        self._cookie = SessionCookie.of(site.settings)
        self._sessions = StaffSessions(site.database)
        self._open = _OpenSockets(self._sessions, site.clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        guarded = scope["type"] in ("http", "websocket") and is_below_desk(scope["path"])
        if not guarded or scope["path"] == SIGN_IN:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE_METHODS and not is_same_origin(headers, self._origin):
            await PlainTextResponse("this did not come from our page\n", 403)(scope, receive, send)
            return
        session = await self._session(headers)
        if session is None:
            await _sign_in_first(scope, headers)(scope, receive, send)
            return
        role = session.staff.role
        if not may_open(role, scope["path"]):
            answer: ASGIApp = self._site.message(
                403,
                "This page is not for you",
                f"You are signed in as {session.staff.name} ({role}). Ask whoever runs the desk "
                "if you should see it.",
            )
            if scope["path"].rstrip("/") == DESK:
                answer = RedirectResponse(home_of(role), 303, _NOT_KEPT)
            await answer(scope, receive, send)
            return
        await self._app(_with_staff(scope, session), receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not is_own_origin(headers, self._origin):
            await PlainTextResponse("this did not come from our page\n", 403)(scope, receive, send)
            return
        session = await self._session(headers)
        if session is None or not may_open(session.staff.role, scope["path"]):
            # Only who has been accepted is told the code.
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": NOT_SIGNED_IN})
            return
        socket = _Socket(send)
        with self._open.listed(session.id, socket):
            await self._app(_with_staff(scope, session), receive, socket.send)

    async def _session(self, headers: Headers) -> Session | None:
        token = cookie_parser(headers.get("cookie", "")).get(self._cookie.name)
        return await self._sessions.find(token, self._site.clock()) if token else None


class _Socket:
    """One open websocket, which can be closed from outside."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._accepted = False
        self._over = False

    async def send(self, message: Message) -> None:
        # After the end the app goes on until it hears of it; nobody hears the app.
        if self._over:
            return
        self._accepted |= message["type"] == "websocket.accept"
        self._over = message["type"] == "websocket.close"
        await self._send(message)

    async def end(self) -> None:
        if self._accepted and not self._over:
            self._over = True
            # It may have gone at the same moment.
            with contextlib.suppress(Exception):
                await self._send({"type": "websocket.close", "code": NOT_SIGNED_IN})


class _OpenSockets:
    """Closes websockets whose session is over; looks at all of them together."""

    def __init__(self, sessions: StaffSessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._sockets: dict[int, set[_Socket]] = {}
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def listed(self, session_id: int, socket: _Socket) -> Iterator[None]:
        """Watch over a websocket as long as it is open."""
        self._sockets.setdefault(session_id, set()).add(socket)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="sessions of open desks")
        try:
            yield
        finally:
            sockets = self._sockets[session_id]
            sockets.discard(socket)
            if not sockets:
                del self._sockets[session_id]
            if not self._sockets:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            ids = list(self._sockets)
            try:
                going_on = await self._sessions.still_open(ids, self._clock())
            except Exception as error:
                # A database that is away for a moment ends no conversation, nor this watch.
                log.warning("sessions_not_looked_at", error=type(error).__name__)
                continue
            for session_id in set(ids) - going_on:
                for socket in tuple(self._sockets.get(session_id, ())):
                    await socket.end()


def _with_staff(scope: Scope, session: Session) -> Scope:
    return {**scope, "staff": SignedIn(session.staff, session.csrf, session.id)}


def _sign_in_first(scope: Scope, headers: Mapping[str, str]) -> ASGIApp:
    reads = scope["method"] in ("GET", "HEAD")
    # What a page fetches by itself has no use for another page.
    if headers.get("sec-fetch-mode", "navigate" if reads else "") != "navigate":
        return PlainTextResponse("sign in first\n", 401, _NOT_KEPT)
    to = SIGN_IN
    if reads:
        query = cast(bytes, scope["query_string"]).decode("latin-1")
        to += "?next=" + quote(scope["path"] + (f"?{query}" if query else ""), safe="")
    return RedirectResponse(to, 303, _NOT_KEPT)
