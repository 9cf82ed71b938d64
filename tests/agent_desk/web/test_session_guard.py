"""What lies below `/desk` is for those who are signed in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from agent_desk.web import session_guard
from agent_desk.web.session_guard import NOT_SIGNED_IN, staff_of
from contact_center.passwords import Passwords
from contact_center.staff import StaffAccounts
from contact_center.staff_sessions import LONGEST, LONGEST_IDLE, StaffSessions

from .conftest import DeskUnderTest, ServeDesk
from .small_desk import FORM, add_staff, hello, open_socket, sign_in, small_desk

pytestmark = pytest.mark.usefixtures("light_passwords")


@pytest.fixture
async def desk(serve_desk: ServeDesk, monkeypatch: pytest.MonkeyPatch) -> DeskUnderTest:
    monkeypatch.setattr(session_guard, "LOOK_EVERY_S", 0.05)
    desk = await serve_desk(pages=small_desk())
    await add_staff(desk)
    return desk


async def closed_with(socket: ClientConnection) -> int:
    async with asyncio.timeout(10):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/desk", "%2Fdesk"),
        ("/desk/", "%2Fdesk%2F"),
        ("/desk/calls?call=c1&x=%2F", "%2Fdesk%2Fcalls%3Fcall%3Dc1%26x%3D%252F"),
        ("/desk/nothing", "%2Fdesk%2Fnothing"),
        ("/desk/sign-in/", "%2Fdesk%2Fsign-in%2F"),
    ],
)
async def test_who_is_not_signed_in_is_led_to_the_sign_in(
    desk: DeskUnderTest, path: str, wanted: str
) -> None:
    answer = await desk.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk/sign-in?next={wanted}"
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_no_page_gets_no_page(desk: DeskUnderTest) -> None:
    fetched = await desk.client.get("/desk/", headers={"sec-fetch-mode": "cors"})
    posted = await desk.client.post("/desk/save", headers={"sec-fetch-site": "same-origin"})
    assert (fetched.status_code, posted.status_code) == (401, 401)
    form = await desk.client.post("/desk/sign-out", headers=FORM)
    assert (form.status_code, form.headers["location"]) == (303, "/desk/sign-in")


@pytest.mark.parametrize("path", ["/desk/%2e%2e/desk/", "//desk/", "/DESK/", "/desk%2F"])
async def test_no_other_way_of_writing_leads_past_the_guard(desk: DeskUnderTest, path: str) -> None:
    answer = await desk.client.get(desk.url + path)
    assert answer.status_code in (303, 404)
    assert "Sam" not in answer.text


async def test_pages_know_who_opens_them(desk: DeskUnderTest) -> None:
    csrf = await sign_in(desk)
    assert (await desk.client.get("/desk/")).text == f"Sam agent {csrf}"


def test_elsewhere_nobody_is_known() -> None:
    with pytest.raises(LookupError, match="guard"):
        staff_of(Request({"type": "http"}))


async def test_each_role_is_kept_to_its_pages(desk: DeskUnderTest) -> None:
    await add_staff(desk, "Ana", "supervisor")
    await add_staff(desk, "Kim", "designer")
    for name, statuses in (
        ("Sam", {"/desk/": 200, "/desk/floor": 403, "/desk/calls": 403}),
        ("Ana", {"/desk/": 200, "/desk/floor": 200, "/desk/calls": 200}),
        ("Kim", {"/desk/": 303, "/desk/floor": 403, "/desk/calls": 200}),
    ):
        desk.client.cookies.clear()
        await sign_in(desk, name)
        for path, status in statuses.items():
            assert (await desk.client.get(path)).status_code == status, (name, path)
    assert (await desk.client.get("/desk")).headers["location"] == "/desk/calls"


async def test_a_session_that_is_not_used_is_over(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    desk.now += LONGEST_IDLE
    assert (await desk.client.get("/desk/")).status_code == 303
    assert "You were signed out" in (await desk.client.get("/desk/sign-in")).text


async def test_a_session_that_is_used_is_over_in_the_end(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    for _ in range(11):
        desk.now += timedelta(hours=1)
        assert (await desk.client.get("/desk/")).status_code == 200
    desk.now += LONGEST - timedelta(hours=11)
    assert (await desk.client.get("/desk/")).status_code == 303


async def test_whoever_is_disabled_is_out_at_once(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    await StaffAccounts(desk.database, Passwords()).disable("Sam", desk.now)
    assert (await desk.client.get("/desk/")).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
    ],
)
async def test_other_sites_change_nothing(desk: DeskUnderTest, headers: dict[str, str]) -> None:
    await sign_in(desk)
    assert (await desk.client.post("/desk/save", headers=headers)).status_code == 403
    assert (await desk.client.post("/desk/save", headers=FORM)).status_code == 200


async def test_a_websocket_knows_who_it_is(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    async with open_socket(desk) as socket:
        assert await hello(socket) == "hello Sam"
        await socket.send("and on")
        assert await socket.recv() == "and on"


async def test_by_its_other_name_the_machine_is_the_same(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    async with open_socket(desk, name="localhost") as socket:
        assert await hello(socket) == "hello Sam"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "", "http://["],
)
async def test_no_other_page_opens_a_websocket(desk: DeskUnderTest, origin: str) -> None:
    await sign_in(desk)
    with pytest.raises(InvalidStatus) as refused:
        await open_socket(desk, origin=origin)
    assert refused.value.response.status_code == 403


async def test_under_a_foreign_name_there_is_no_websocket(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    with pytest.raises(InvalidStatus) as refused:
        await open_socket(desk, name="evil.example")
    assert refused.value.response.status_code == 421


async def test_who_is_not_signed_in_is_told_by_the_code(desk: DeskUnderTest) -> None:
    async with open_socket(desk) as socket:
        assert await closed_with(socket) == NOT_SIGNED_IN


async def test_an_open_websocket_ends_with_its_session(desk: DeskUnderTest) -> None:
    await add_staff(desk, "Kim")
    await sign_in(desk, "Kim")
    async with open_socket(desk) as kim:
        assert await hello(kim) == "hello Kim"
        desk.client.cookies.clear()
        await sign_in(desk)
        async with open_socket(desk) as socket, open_socket(desk) as other:
            assert await hello(socket) == await hello(other) == "hello Sam"
            await StaffAccounts(desk.database, Passwords()).disable("Sam", desk.now)
            assert await closed_with(socket) == await closed_with(other) == NOT_SIGNED_IN
        await kim.send("still here")
        assert await kim.recv() == "still here"


async def test_a_database_that_is_away_for_a_moment_ends_no_conversation(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(desk)
    still_open, looked = StaffSessions.still_open, asyncio.Event()
    troubles = iter([OSError("not there"), OSError("not there")])

    async def away_for_a_moment(sessions: StaffSessions, *asked: Any) -> frozenset[int]:
        if trouble := next(troubles, None):
            raise trouble
        looked.set()
        return await still_open(sessions, *asked)

    monkeypatch.setattr(StaffSessions, "still_open", away_for_a_moment)
    async with open_socket(desk) as socket:
        await hello(socket)
        await looked.wait()
        await socket.send("still here")
        assert await socket.recv() == "still here"
        await StaffAccounts(desk.database, Passwords()).disable("Sam", desk.now)
        assert await closed_with(socket) == NOT_SIGNED_IN


async def test_a_websocket_that_breaks_is_logged_without_what_was_said(
    desk: DeskUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    await sign_in(desk)
    with capture_logs() as logs:
        async with open_socket(desk) as socket:
            await hello(socket)
            await socket.send("break")
            assert await closed_with(socket) == 1011
    assert [line["error"] for line in logs if line["event"] == "page_failed"] == ["RuntimeError"]
    assert "a secret word" not in str(logs) + caplog.text
