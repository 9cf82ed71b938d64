"""The supervisors' page in a real browser.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from contact_center.audit import Audit
from contact_center.seed import DEMO_CUSTOMER, DEMO_GOLD, DEMO_VIP
from tests.page_checks import CONTRAST

from .conftest import House, OpenAs, Voice, complaint

SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")


async def a_busy_afternoon(house: House) -> None:
    """Every state an agent can be in, every phase of a call, and every alert."""
    await house.sign_in("Sam", "support", "returns")
    for number in range(9):
        await house.kept_call(f"early{number}", "Sam", "resolved")
    await house.kept_call("slow", "Sam", "not_resolved", after_s=95)
    house.now = house.now.replace(hour=19, minute=38, second=0)
    for number in range(2):
        await house.call(f"left{number}")
        await house.hand_over(f"left{number}")
        await house.line.withdraw(f"h-left{number}", "abandoned", house.later(75))
        await house.end(f"left{number}", "caller_hung_up")
    for number in range(3):
        await house.kept_call(f"late{number}", "Sam", "resolved")
    house.now = house.now.replace(hour=19, minute=47, second=12)
    await house.call("billing", DEMO_GOLD.phone, 0.2, 0.35)
    await house.hand_over("billing", "complex", queue="billing")
    await house.call("maria", DEMO_CUSTOMER.phone, 0.3, 0.55, 0.8)
    await house.hand_over("maria", "emotion")
    house.later(11)
    await house.take("maria", "Sam")
    house.now = house.now.replace(hour=19, minute=52, second=0)
    await house.sign_in("Kim", "support")
    await house.call("vip", DEMO_VIP.phone, 0.1)
    await house.hand_over("vip", priority=2)
    house.later(6)
    await house.take("vip", "Kim")
    await house.sign_in("Lee", "support")
    await house.call("done")
    await house.hand_over("done")
    await house.take("done", "Lee")
    await house.end("done")
    await house.roster.call_ended("Lee", house.later(120))
    await house.sign_in("Ada", "billing")
    await house.roster.take_break("Ada", "lunch", house.later(20))
    await house.call("bot", "+15550100058", 0.05)
    house.now = house.now.replace(hour=19, minute=59, second=20)
    await house.sign_in("Noor", "returns")
    await house.call("returns", None, 0.4)
    await house.hand_over("returns", queue="returns")
    await house.line.dispatch(house.now)
    house.later(20)
    await house.call("smoke", "+15550100091", 0.6)
    await house.hand_over(
        "smoke", "complaint", priority=1, details=complaint(1, "smoke from a heater")
    )
    house.later(12)


async def go_online(house: House, page: Page) -> None:
    await page.get_by_role("button", name="Go online").click()
    async with asyncio.timeout(30):
        while house.legs.get("Alex") is None:
            await asyncio.sleep(0.05)


async def test_a_supervisor_sees_queues_agents_calls_and_alerts(
    house: House, open_as: OpenAs
) -> None:
    await a_busy_afternoon(house)
    window = await open_as("Alex", "/desk/floor")
    page = window.page
    billing = page.get_by_role("article", name="Billing")
    await expect(billing).to_contain_text("1 waiting")
    await expect(billing).to_contain_text("No agents")
    await expect(page.get_by_role("article", name="Support")).to_contain_text("%")
    await expect(page.get_by_role("row").filter(has_text="Kim").last).to_contain_text("On a call")
    await expect(page.get_by_role("row").filter(has_text="Ada")).to_contain_text("Lunch")
    maria = page.get_by_role("row").filter(has_text=DEMO_CUSTOMER.name).first
    await expect(maria).to_contain_text("With Sam")
    await expect(maria).to_contain_text("Very upsetrising")
    alerts = page.get_by_role("alert")
    await expect(alerts).to_have_count(3)
    await expect(alerts.nth(0)).to_contain_text("Safety complaint waits: answer by 15:14")
    await expect(alerts.nth(1)).to_contain_text("Ada. Ask them to come back.")
    await expect(alerts.nth(2)).to_contain_text("callers left")
    assert window.problems == []


async def test_what_changes_is_changed_in_place(house: House, open_as: OpenAs) -> None:
    await house.sign_in("Sam")
    await house.call("maria", DEMO_CUSTOMER.phone)
    page = (await open_as("Alex", "/desk/floor")).page
    await expect(page.get_by_text("Nothing needs you now.")).to_be_visible()
    await expect(page.get_by_text("With the bot")).to_be_visible()
    where = (
        "() => JSON.stringify([...document.querySelectorAll('h2, table')]"
        ".map((each) => Math.round(each.getBoundingClientRect().top)))"
    )
    before = await page.evaluate(where)
    # The rows stay the elements they were, so that the focus and what is read out stay too.
    await page.evaluate("window.row = document.querySelector('.calls tbody tr')")
    await house.hand_over("maria", "complaint", priority=1)
    await expect(page.get_by_text("Waits for support")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("Safety complaint")
    assert await page.evaluate("window.row === document.querySelector('.calls tbody tr')")
    assert await page.evaluate(where) == before
    await house.take("maria", "Sam")
    await expect(page.get_by_text("With Sam")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert await page.evaluate(where) == before
    await house.end("maria")
    await expect(page.get_by_text("No calls now.")).to_be_visible()


async def test_into_a_call_and_out_of_it(house: House, open_as: OpenAs) -> None:
    await house.sign_in("Sam")
    await house.call("maria", DEMO_CUSTOMER.phone)
    await house.hand_over("maria")
    await house.take("maria", "Sam")
    house.legs.connect(Voice("Alex"))
    page = (await open_as("Alex", "/desk/floor")).page
    status = page.get_by_role("region", name="Your voice")
    bridge = house.bridges["maria"]
    for label, role, words in (
        ("Listen", "listener", "You are listening to Maria Delgado with Sam"),
        ("Whisper", "whisperer", "You are whispering in"),
        ("Barge in", "agent", "You are speaking in"),
    ):
        button = page.get_by_role("button", name=label, exact=True)
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(status).to_contain_text(words)
        await expect(button).to_have_attribute("aria-pressed", "true")
        assert bridge.parties["Alex"] == role
    await page.keyboard.press("x")
    await expect(status).to_contain_text("You are in no call")
    assert "Alex" not in bridge.parties
    entries = await Audit(house.db).entries(call_id="maria")
    assert [entry.action for entry in entries] == ["listened_in", "whispered", "barged_in"]


async def test_the_end_of_the_call_is_the_end_of_listening(house: House, open_as: OpenAs) -> None:
    await house.sign_in("Sam")
    await house.call("maria")
    await house.hand_over("maria")
    await house.take("maria", "Sam")
    house.legs.connect(Voice("Alex"))
    page = (await open_as("Alex", "/desk/floor")).page
    await page.get_by_role("button", name="Listen").click()
    status = page.get_by_role("region", name="Your voice")
    await expect(status).to_contain_text("You are listening")
    await house.end("maria")
    await expect(status).to_contain_text("You are in no call")


async def test_closing_the_window_leaves_the_call(house: House, open_as: OpenAs) -> None:
    await house.sign_in("Sam")
    await house.call("maria")
    await house.hand_over("maria")
    await house.take("maria", "Sam")
    house.legs.connect(Voice("Alex"))
    page = (await open_as("Alex", "/desk/floor")).page
    await page.get_by_role("button", name="Listen").click()
    await expect(page.get_by_role("region", name="Your voice")).to_contain_text("listening")
    other = (await open_as("Alex", "/desk/floor")).page
    await expect(other.get_by_role("region", name="Your voice")).to_contain_text("listening")
    await page.close()
    # A window whose connection broke has some seconds to come back.
    await expect(other.get_by_role("region", name="Your voice")).to_contain_text(
        "in no call", timeout=30_000
    )


async def test_without_a_voice_it_says_what_to_do_and_going_online_helps(
    house: House, open_as: OpenAs
) -> None:
    await house.sign_in("Sam")
    await house.call("maria")
    await house.hand_over("maria")
    await house.take("maria", "Sam")
    page = (await open_as("Alex", "/desk/floor")).page
    await page.get_by_role("button", name="Listen").click()
    await expect(page.get_by_role("alert")).to_contain_text("choose Go online")
    assert dict(house.bridges["maria"].parties) == {"Sam": "agent"}

    await go_online(house, page)
    await page.get_by_role("button", name="Listen").click()
    await expect(page.get_by_role("button", name="Listen")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert house.bridges["maria"].parties["Alex"] == "listener"


async def test_a_call_of_another_server_cannot_be_joined(house: House, open_as: OpenAs) -> None:
    await house.calls.start("far", DEMO_VIP.phone, "browser", house.now, server="two")
    page = (await open_as("Alex", "/desk/floor")).page
    await expect(page.get_by_text("On server two")).to_be_visible()
    await expect(page.get_by_role("button", name="Listen")).to_have_count(0)


@pytest.mark.parametrize("name", ["Dana", "Sam"])
async def test_the_floor_is_for_supervisors(house: House, open_as: OpenAs, name: str) -> None:
    page = (await open_as(name, "/desk/floor", is_for_them=False)).page
    await expect(page.get_by_role("heading", level=1)).to_have_text("This page is not for you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_has_the_contrast_of_wcag_aa(
    house: House, open_as: OpenAs, scheme: str
) -> None:
    await a_busy_afternoon(house)
    page = (await open_as("Alex", "/desk/floor", color_scheme=scheme)).page
    await go_online(house, page)
    await page.get_by_role("group", name="Join Maria").get_by_text("Listen").click()
    await expect(page.get_by_role("region", name="Your voice")).to_contain_text("You are listening")
    assert await page.evaluate(CONTRAST) == []
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert await page.evaluate(wide)
    if SCREENSHOTS:
        await page.mouse.move(5, 700)
        await page.screenshot(path=Path(SCREENSHOTS) / f"floor_{scheme}.png")
