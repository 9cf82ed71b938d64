"""Signing in as staff do it, in a real browser, with JavaScript and without.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from agent_desk.web import session_guard
from contact_center.passwords import Passwords
from contact_center.staff import StaffAccounts
from tests.page_checks import CONTRAST, SMALL_TARGETS, TOO_WIDE

from .conftest import PHONE, DeskUnderTest, Open, ServeDesk
from .small_desk import PASSWORD, add_staff, small_desk, try_sign_in

SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")
LAPTOP = {"width": 1280, "height": 720}

LISTEN = """path => new Promise((resolve) => {
  const socket = new WebSocket(path);
  const heard = [];
  socket.onmessage = (message) => { heard.push(message.data); window.greeted?.(); };
  socket.onclose = (closed) => resolve([...heard, closed.code]);
})"""

pytestmark = pytest.mark.usefixtures("light_passwords", "long_waits")


@pytest.fixture
async def desk(serve_desk: ServeDesk) -> DeskUnderTest:
    desk = await serve_desk(pages=small_desk())
    await add_staff(desk)
    return desk


async def enter(page: Page, name: str, password: str) -> None:
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without"])
async def test_an_agent_signs_in_by_keyboard(
    desk: DeskUnderTest, open_page: Open, javascript: bool
) -> None:
    page = await open_page(java_script_enabled=javascript)
    await page.goto(f"{desk.url}/desk/?call=c1")
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.type("sam")
    await page.keyboard.press("Tab")
    await page.keyboard.type("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("name or the password is not right")
    await expect(page.get_by_label("Your name")).to_have_value("sam")
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{desk.url}/desk/?call=c1")
    await expect(page.locator("body")).to_contain_text("Sam agent")
    session = next(
        cookie for cookie in await page.context.cookies() if cookie["name"] == "warmline_desk"
    )
    assert (session["httpOnly"], session["sameSite"]) == (True, "Strict")


async def test_a_page_of_the_desk_opens_its_websocket_and_hears_when_it_is_over(
    desk: DeskUnderTest, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_guard, "LOOK_EVERY_S", 0.05)
    page = await open_page()
    await page.goto(f"{desk.url}/desk/")
    await enter(page, "Sam", PASSWORD)
    await page.wait_for_url(f"{desk.url}/desk/")
    # Waiting with `wait_for_function` would evaluate strings in the page, whose policy forbids it.
    await page.evaluate(f"""() => new Promise((greeted) => {{
      window.greeted = greeted;
      window.over = ({LISTEN})('/desk/socket');
    }})""")
    await StaffAccounts(desk.database, Passwords()).disable("Sam", desk.now)
    assert await page.evaluate("window.over") == ["hello Sam", 4401]
    await page.reload()
    await expect(page.get_by_role("status")).to_contain_text("You were signed out")


async def test_another_site_gets_no_websocket(desk: DeskUnderTest, open_page: Open) -> None:
    page = await open_page()
    await page.goto(f"{desk.url}/desk/")
    await enter(page, "Sam", PASSWORD)
    await page.wait_for_url(f"{desk.url}/desk/")
    await page.goto("data:text/html,elsewhere")
    socket = f"ws{desk.url.removeprefix('http')}/desk/socket"
    assert await page.evaluate(LISTEN, socket) == [1006]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_of_the_page_can_be_read(
    serve_desk: ServeDesk, open_page: Open, scheme: str
) -> None:
    desk = await serve_desk(pages=small_desk())
    page = await open_page(color_scheme=scheme)

    async def looks_well() -> None:
        for size in (PHONE, LAPTOP):
            await page.set_viewport_size(size)
            at = f"{page.url} at {size['width']}"
            assert await page.evaluate(CONTRAST) == [], at
            assert await page.evaluate(SMALL_TARGETS) == [], at
            assert await page.evaluate(TOO_WIDE) == 0, at

    async def picture(name: str) -> None:
        if SCREENSHOTS:
            await page.screenshot(path=Path(SCREENSHOTS) / f"{name}_{scheme}.png")

    await page.goto(f"{desk.url}/desk/")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nobody can sign in yet")
    await looks_well()
    await add_staff(desk)
    await page.get_by_role("link", name="I have done that").click()
    await expect(page.get_by_label("Your name")).to_be_visible()
    await looks_well()
    await picture("sign_in")
    await enter(page, "Sam", "wrong")
    await expect(page.get_by_role("alert")).to_contain_text("not right")
    await looks_well()
    for _ in range(4):
        await try_sign_in(desk, "Sam", "wrong")
    await enter(page, "Sam", "wrong")
    await expect(page.get_by_role("alert")).to_contain_text("You can try again in")
    await looks_well()
