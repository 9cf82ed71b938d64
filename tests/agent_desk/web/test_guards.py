"""What stands before all pages."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from agent_desk.web.guards import LARGEST_BODY, SECURITY_HEADERS

from .conftest import DeskUnderTest, ServeDesk


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/desk.css", "/reset/done", "/outbox"])
async def test_every_answer_keeps_to_itself(desk: DeskUnderTest, path: str) -> None:
    answer = await desk.client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_browsers_that_came_by_https_come_back_by_https(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(desk_url="https://desk.example.com")
    answer = await desk.client.get("/", headers={"host": "desk.example.com"})
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_page_may_set_headers_of_its_own(serve_desk: ServeDesk) -> None:
    async def page(_: Request) -> Response:
        return PlainTextResponse("", headers={"Content-Security-Policy": "default-src 'self'"})

    desk = await serve_desk(more=[Route("/live", page)])
    assert (await desk.client.get("/live")).headers[
        "content-security-policy"
    ] == "default-src 'self'"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:1", 200),
        ("localhost", 200),
        ("[::1]:8910", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.0.2.1", 421),
        ("[", 421),
    ],
)
async def test_on_loopback_only_loopback_names_are_answered(
    desk: DeskUnderTest, host: str, status: int
) -> None:
    assert (await desk.client.get("/", headers={"host": host})).status_code == status


async def test_elsewhere_only_the_own_name_is_answered(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(desk_url="https://desk.example.com")
    for host, status in (("desk.example.com", 200), ("DESK.example.com:443", 200),
                         ("localhost", 421), ("example.com", 421)):  # fmt: skip
        assert (await desk.client.get("/", headers={"host": host})).status_code == status


async def test_large_bodies_are_refused_whether_or_not_they_say_how_large_they_are(
    desk: DeskUnderTest,
) -> None:
    async def chunks() -> object:
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b"p" * 1024

    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"p" * (LARGEST_BODY + 1), chunks()):
        answer = await desk.client.post("/reset/" + "t" * 43, content=body, headers=form)
        assert answer.status_code == 413


async def test_what_breaks_is_said_without_what_was_sent(
    serve_desk: ServeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError(f"cannot do {request.url}")

    caplog.set_level(logging.DEBUG)
    desk = await serve_desk(more=[Route("/broken/{token}", broken)])
    with capture_logs() as logs:
        answer = await desk.client.get("/broken/a-secret-token")
    assert answer.status_code == 500
    assert "Something went wrong at our side" in answer.text
    (line,) = [line for line in logs if line["event"] == "page_failed"]
    assert line["error"] == "RuntimeError"
    # The test's own client logs what it asked for.
    ours = [record.getMessage() for record in caplog.records if record.name[:4] != "http"]
    assert "a-secret-token" not in str(logs) + str(ours)


async def test_no_request_is_logged(desk: DeskUnderTest, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await desk.client.get("/reset/a-secret-token")
    for record in caplog.records:
        assert record.name[:4] == "http" or "a-secret-token" not in record.getMessage()


async def test_what_is_no_http_does_not_hurt(desk: DeskUnderTest) -> None:
    port = httpx.URL(desk.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    await writer.drain()
    assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()
    assert (await desk.client.get("/")).status_code == 200
