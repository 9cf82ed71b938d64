"""A desk of two pages and a websocket, to be guarded, and people who sign in there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect

from agent_desk.web.session_guard import staff_of
from contact_center.passwords import Passwords
from contact_center.staff import Role, StaffAccounts

from .conftest import DeskUnderTest

PASSWORD = "gravel umbrella 7 tulips"
FORM = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}
"""What a browser says of itself when it sends the form of a page."""


def small_desk(life: list[str] | None = None) -> Starlette:
    """Pages that say who opens them, and a websocket that echoes after a greeting."""

    async def page(request: Request) -> Response:
        who = staff_of(request)
        return PlainTextResponse(f"{who.staff.name} {who.staff.role} {who.csrf}")

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(f"hello {staff_of(websocket).staff.name}")
        async for text in websocket.iter_text():
            if text == "break":
                raise RuntimeError("a secret word")
            await websocket.send_text(text)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        (life if life is not None else []).append("begun")
        yield
        (life if life is not None else []).append("ended")

    paths = ("/", "/floor", "/calls", "/save")
    return Starlette(
        routes=[
            *(Route(path, page, methods=["GET", "POST"]) for path in paths),
            WebSocketRoute("/socket", socket),
        ],
        lifespan=lifespan,
    )


async def add_staff(desk: DeskUnderTest, name: str = "Sam", role: Role = "agent") -> None:
    accounts = StaffAccounts(desk.database, Passwords())
    await accounts.add(name, PASSWORD, desk.now, role=role)


async def try_sign_in(
    desk: DeskUnderTest, name: str = "Sam", password: str = PASSWORD, **more: Any
) -> httpx.Response:
    """Send the form as a browser does."""
    form = {"name": name, "password": password, **more}
    return await desk.client.post("/desk/sign-in", data=form, headers=FORM)


async def sign_in(desk: DeskUnderTest, name: str = "Sam") -> str:
    """Sign in, and tell the CSRF token that pages get."""
    answer = await try_sign_in(desk, name)
    assert answer.status_code == 303, answer.text
    page = await desk.client.get(answer.headers["location"])
    csrf = re.fullmatch(rf"{name} \w+ (\w+)", page.text)
    assert csrf is not None, page.text
    return csrf[1]


def open_socket(
    desk: DeskUnderTest, *, origin: str | None = None, name: str = "127.0.0.1"
) -> connect:
    """Open the desk's websocket as its page would, with the cookies of the client."""
    cookies = "; ".join(f"{key}={value}" for key, value in desk.client.cookies.items())
    port = httpx.URL(desk.url).port
    return connect(
        f"ws://{name}:{port}/desk/socket",
        host="127.0.0.1",
        port=port,
        additional_headers={
            "Cookie": cookies,
            "Origin": f"http://{name}:{port}" if origin is None else origin,
        },
        proxy=None,
    )


async def hello(socket: ClientConnection) -> str:
    return str(await socket.recv())
