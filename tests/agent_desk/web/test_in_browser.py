"""The reset page as a customer meets it, in a real browser, with JavaScript and without.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, expect

from tests.page_checks import CONTRAST, SMALL_TARGETS, TOO_WIDE

from .conftest import PHONE, DeskUnderTest, Open, ServeDesk

SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")
SMALLEST = {"width": 320, "height": 640}
DESKTOP = {"width": 1100, "height": 860}

WEAK, BREACHED = "qwertyuiop[]", "moss lantern harbour 42"
GOOD = "gravel umbrella 7 tulips"


@pytest.fixture
async def desk(serve_desk: ServeDesk, tmp_path: Path) -> DeskUnderTest:
    """The pages, with one password on the operator's list of breached ones."""
    known = hashlib.sha1(BREACHED.encode(), usedforsecurity=False).hexdigest().upper()
    (tmp_path / "breached.txt").write_text(f"{known}:7\n")
    return await serve_desk(breached_passwords=tmp_path / "breached.txt")


async def fill(page: Page, password: str, again: str | None = None) -> None:
    await page.get_by_label("New password").fill(password)
    await page.get_by_label("The same password again").fill(password if again is None else again)


async def send(page: Page) -> None:
    await page.get_by_role("button", name="Set the password").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without"])
async def test_a_customer_sets_a_new_password(
    desk: DeskUnderTest, open_page: Open, javascript: bool
) -> None:
    page = await open_page(java_script_enabled=javascript)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    link = await desk.link()
    await page.goto(link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Set a new password")

    await fill(page, WEAK)
    await send(page)
    await expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    await expect(page.get_by_role("alert")).to_contain_text("Your old password is still in force")
    await expect(page.get_by_label("New password")).to_have_value("")

    await fill(page, BREACHED)
    await send(page)
    await expect(page.get_by_role("alert")).to_contain_text("known from a data breach")

    await fill(page, GOOD)
    await send(page)
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Your password is changed")
    assert page.url == f"{desk.url}/reset/done"
    assert await desk.opens_with(GOOD)

    await page.goto(link)
    await expect(heading).to_have_text("This link does not work any more")
    assert [text for text in complaints if "status of 404" not in text] == []


async def test_two_entries_that_differ_are_told_before_and_after_sending(
    desk: DeskUnderTest, open_page: Open
) -> None:
    with_javascript = await open_page()
    link = await desk.link()
    await with_javascript.goto(link)
    await fill(with_javascript, GOOD, "something else")
    await send(with_javascript)
    again = with_javascript.get_by_label("The same password again")
    assert await again.evaluate("field => field.validationMessage") == "The two entries differ."
    without = await open_page(java_script_enabled=False)
    await without.goto(link)
    await fill(without, GOOD, "something else")
    await send(without)
    await expect(without.get_by_role("alert")).to_contain_text("The two entries differ")
    assert not await desk.opens_with(GOOD)


async def test_the_meter_follows_what_is_typed(desk: DeskUnderTest, open_page: Open) -> None:
    page = await open_page()
    await page.goto(await desk.link())
    words = page.locator("#strength-words")
    await expect(words).to_be_hidden()
    await page.get_by_label("New password").press_sequentially("qwerty")
    await expect(words).to_have_text("Far too easy to guess")
    await expect(page.locator("#strength-reasons")).to_contain_text("at least 10 characters")
    await page.get_by_label("New password").fill(BREACHED)
    await expect(page.locator("#strength-reasons")).to_contain_text("data breach")
    await page.get_by_label("New password").fill(GOOD)
    await expect(words).to_have_text("Very good")
    await expect(page.locator("#strength-reasons li")).to_have_count(0)
    await page.get_by_label("New password").fill("")
    await expect(words).to_be_hidden()


async def test_what_is_typed_can_be_shown(desk: DeskUnderTest, open_page: Open) -> None:
    page = await open_page()
    await page.goto(await desk.link())
    field = page.get_by_label("New password")
    await expect(field).to_have_attribute("type", "password")
    show = page.get_by_role("button", name="Show what I type")
    await show.click()
    await expect(field).to_have_attribute("type", "text")
    await expect(show).to_have_attribute("aria-pressed", "true")
    await show.click()
    await expect(field).to_have_attribute("type", "password")


async def test_without_javascript_there_is_nothing_that_needs_it(
    desk: DeskUnderTest, open_page: Open
) -> None:
    page = await open_page(java_script_enabled=False)
    await page.goto(await desk.link())
    await expect(page.get_by_role("button")).to_have_count(1)
    await expect(page.locator("#meter")).to_be_hidden()


async def test_the_keyboard_is_enough(desk: DeskUnderTest, open_page: Open) -> None:
    page = await open_page()
    await page.goto(await desk.link())
    await page.keyboard.press("Tab")
    await page.keyboard.type("short")
    await page.keyboard.press("Tab")
    await page.keyboard.type("short")
    await page.keyboard.press("Enter")
    # The reasons are where reading goes on.
    await expect(page.get_by_role("alert")).to_be_focused()
    for _ in range(2):
        await page.keyboard.press("Tab")
        await page.keyboard.type(GOOD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your password is changed")


async def test_no_other_page_can_frame_it_or_see_where_it_leads(
    desk: DeskUnderTest, open_page: Open
) -> None:
    page = await open_page()
    link = await desk.link()
    await page.goto(link)
    assert await page.evaluate("document.referrer") == ""
    await page.goto("data:text/html,<iframe id=f></iframe>")
    await page.evaluate("link => { document.querySelector('#f').src = link }", link)
    await page.wait_for_timeout(300)
    framed = page.frames[1]
    assert "Set a new password" not in await framed.content()


async def test_the_outbox_leads_to_the_page(serve_desk: ServeDesk, open_page: Open) -> None:
    desk = await serve_desk(shows_outbox=True)
    await desk.link()
    page = await open_page()
    await page.goto(desk.url)
    await page.get_by_role("link", name="Read the messages").click()
    await page.get_by_role("link", name="/reset/").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Set a new password")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_can_be_read(serve_desk: ServeDesk, open_page: Open, scheme: str) -> None:
    desk = await serve_desk(shows_outbox=True)
    link = await desk.link()
    page = await open_page(color_scheme=scheme)

    async def looks_well() -> None:
        for size in (SMALLEST, DESKTOP, PHONE):
            await page.set_viewport_size(size)
            at = f"{page.url} at {size['width']}"
            assert await page.evaluate(CONTRAST) == [], at
            assert await page.evaluate(SMALL_TARGETS) == [], at
            assert await page.evaluate(TOO_WIDE) == 0, at

    for address in (desk.url, f"{desk.url}/outbox", link):
        await page.goto(address)
        await looks_well()
    await page.get_by_label("New password").fill("harbour lantern")
    await expect(page.locator("#strength-words")).to_be_visible()
    await looks_well()
    if SCREENSHOTS:
        await page.screenshot(path=Path(SCREENSHOTS) / f"reset_page_{scheme}.png")
    await fill(page, "qwertyuiop")
    await expect(page.locator("#strength-reasons")).to_contain_text("data breach")
    await looks_well()
    await send(page)
    await expect(page.get_by_role("alert")).to_be_visible()
    await looks_well()
    await fill(page, GOOD)
    await send(page)
    await page.wait_for_url("**/reset/done")
    await looks_well()
    await page.goto(link)
    await looks_well()
