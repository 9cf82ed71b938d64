"""The list of past calls and the page of one, in a real browser.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from contact_center.audit import Audit
from contact_center.calls import Speaker
from contact_center.seed import DEMO_CUSTOMER, DEMO_GOLD, DEMO_VIP
from contact_center.tickets import Tickets
from tests.page_checks import CONTRAST

from .conftest import NOW, House, OpenAs, told

SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")
LONG: list[tuple[Speaker, str]] = [
    ("bot", "Thank you for calling Northwind Outfitters. How can I help?"),
    ("caller", "where is my lamp it should have been here last week"),
    ("bot", "I am sorry that it is late. What is your order number?"),
    ("caller", "seven one five two oh four"),
    ("bot", "Order 7 1 5, 2 0 4: the floor lamp is six days late, and still with the carrier."),
    ("caller", "that is what you told me on monday"),
    ("bot", "I understand. I can send you a code to prove who you are."),
    ("caller", "my code is [hidden]"),
    ("bot", "Thank you. Would you like to go on waiting, or your money back?"),
    ("caller", "i want to talk to a person now"),
    ("bot", "I get somebody for you. You are the first in line."),
    (
        "agent",
        "Hello Maria, this is Sam. I see the lamp is six days late, and you called on Monday.",
    ),
    ("caller", "yes and nobody called me back"),
    ("agent", "I am sorry. I send it again today by express, and you pay nothing for that."),
    ("caller", "alright thank you"),
    ("agent", "You get a message when it leaves. Goodbye, Maria."),
]


async def the_lamp(house: House, *, recorded: bool = True) -> None:
    """A call of Maria's with everything: agent, notes, ticket, a recording with a pause."""
    house.now = NOW - timedelta(minutes=30)
    await house.sign_in("Sam")
    await house.call("lamp", DEMO_CUSTOMER.phone)
    for number, (speaker, text) in enumerate(LONG):
        words: list[dict[str, Any]] | None = None
        if number == 5:
            words = [
                {"text": word, "confidence": 0.9, "start": 24 + at / 3, "end": 24.3 + at / 3}
                for at, word in enumerate(text.split())
            ]
            words[-1]["confidence"] = 0.4
        await house.say("lamp", speaker, text, words=words)
        if number == 10:
            summary = told(
                issue="The floor lamp of order 715204 is six days late.",
                asks_for="a date, or the money back",
                tried=("order look-up", "code by text message"),
                promises=("a call back on Monday, which did not happen",),
            )
            await house.hand_over("lamp", "emotion", details=summary)
            await house.take("lamp", "Sam")
    await house.end("lamp")
    await house.line.close("h-lamp", "Sam", "resolved", "Sent again by express.", house.now)
    await Tickets(house.db).open(
        kind="follow_up",
        subject="See that the lamp has left the warehouse.",
        reason="emotion",
        promised_at=NOW + timedelta(hours=20),
        now=house.now,
        call_id="lamp",
        owner="Sam",
    )
    if recorded:
        await house.record("lamp", 70.0, (31.0, 35.5))


async def an_archive(house: House) -> None:
    await house.sign_in("Sam")
    await house.kept_call("first", "Sam", "resolved", number=DEMO_VIP.phone)
    await house.kept_call("second", "Sam", "call_back_promised", reason="complaint")
    await house.kept_call("third", "Sam", "not_resolved", number=DEMO_GOLD.phone, reason="policy")
    for number in range(26):
        await house.call(f"bot{number}", "+15550100058" if number % 3 else None)
        house.later(38 + 17 * (number % 5))
        await house.end(f"bot{number}")
    await house.call("left", DEMO_GOLD.phone)
    await house.hand_over("left", "requested")
    await house.line.withdraw("h-left", "abandoned", house.later(60))
    await house.end("left", "caller_hung_up")
    await the_lamp(house)


async def time_of(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('audio').currentTime"))


def turn(page: Page, text: str) -> Any:
    return page.get_by_role("button").filter(has_text=text)


async def test_the_newest_call_comes_first_and_older_ones_a_page_later(
    house: House, open_as: OpenAs
) -> None:
    await an_archive(house)
    window = await open_as("Dana", "/desk/calls")
    page = window.page
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(25)
    await expect(rows.first).to_contain_text("Maria Delgado")
    await expect(rows.first).to_contain_text("Is upset")
    await expect(rows.first).to_contain_text("Resolved")
    await expect(rows.nth(1)).to_contain_text("Nobody")
    await expect(page.get_by_text("31 calls, page 1 of 2")).to_be_visible()
    await page.get_by_role("link", name="Older").click()
    await expect(page.get_by_text("31 calls, page 2 of 2")).to_be_visible()
    await expect(rows.last).to_contain_text(DEMO_VIP.name)
    assert window.problems == []


async def test_filters_are_filled_in_and_stay_in_the_address(house: House, open_as: OpenAs) -> None:
    await an_archive(house)
    page = (await open_as("Alex", "/desk/calls")).page
    await page.get_by_label("Agent").select_option("Sam")
    await page.get_by_label("Number ends in").fill("63")
    await page.get_by_label("Reason").select_option("Only a person may do this")
    await page.get_by_label("From").fill("2026-03-04")
    await page.get_by_label("Number ends in").press("Enter")
    await expect(page.get_by_text("1 call, page 1 of 1")).to_be_visible()
    await expect(page.locator("tbody tr")).to_contain_text([DEMO_GOLD.name])
    await expect(page.get_by_label("Agent")).to_have_value("Sam")
    await expect(page.get_by_label("Reason")).to_have_value("policy")
    await expect(page.get_by_label("From")).to_have_value("2026-03-04")
    await page.get_by_label("Outcome").select_option("resolved")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("No call fits.")).to_be_visible()
    await page.get_by_role("link", name="Clear").click()
    await expect(page.get_by_text("31 calls")).to_be_visible()


async def test_a_recording_is_played_with_its_transcript(house: House, open_as: OpenAs) -> None:
    await the_lamp(house)
    window = await open_as("Alex", "/desk/calls")
    page = window.page
    await page.get_by_role("row").filter(has_text="Maria Delgado").get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Maria Delgado")
    await expect(page.get_by_text("Not recorded for")).to_contain_text("a code was spoken")

    # A click on a turn plays from there; the turn that is heard is marked.
    wanted = turn(page, "seven one five two oh four")
    await wanted.click()
    await expect(wanted).to_have_attribute("aria-current", "true")
    await page.wait_for_function("document.querySelector('audio').currentTime > 16.5")
    assert not await page.evaluate("document.querySelector('audio').paused")
    await page.wait_for_function("document.querySelector('audio').currentTime > 20.2")
    await expect(turn(page, "still with the carrier")).to_have_attribute("aria-current", "true")

    # Space, left and right, up and down.
    await page.keyboard.press("Space")
    await page.wait_for_function("document.querySelector('audio').paused")
    before = await time_of(page)
    await page.keyboard.press("ArrowRight")
    assert await time_of(page) == pytest.approx(before + 5, abs=0.2)
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowUp")
    await expect(wanted).to_have_attribute("aria-current", "true")
    await expect(wanted).to_be_focused()
    for _ in range(11):
        await page.keyboard.press("ArrowDown")
    last = turn(page, "alright thank you")
    await expect(last).to_have_attribute("aria-current", "true")
    await expect(last).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollTop") == 0
    await page.keyboard.press("Space")
    await page.wait_for_function("!document.querySelector('audio').paused")
    assert window.problems == []
    entries = await Audit(house.db).entries(call_id="lamp")
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("recording_played", "Alex (supervisor)")
    ]


async def test_what_became_of_a_call(house: House, open_as: OpenAs) -> None:
    await the_lamp(house)
    page = (await open_as("Dana", "/desk/calls/lamp")).page
    about = page.get_by_role("complementary", name="About the call")
    for words in (
        "Is upset",
        "The floor lamp of order 715204 is six days late.",
        "Resolved",
        "Sent again by express.",
        "See that the lamp has left the warehouse.",
        "Owner: Sam",
    ):
        await expect(about).to_contain_text(words)
    doubtful = page.get_by_text("monday", exact=True)
    await expect(doubtful).to_have_attribute("title", "Not sure that this was said (40 %)")


async def test_a_call_without_a_recording_is_read(house: House, open_as: OpenAs) -> None:
    await the_lamp(house, recorded=False)
    window = await open_as("Dana", "/desk/calls/lamp")
    page = window.page
    await expect(page.get_by_text("This call was not recorded.")).to_be_visible()
    await expect(page.get_by_role("button", name="Play")).to_have_count(0)
    await expect(page.get_by_text("alright thank you")).to_be_visible()
    assert window.problems == []


async def test_a_recording_whose_file_is_gone_leaves_the_transcript(
    house: House, open_as: OpenAs
) -> None:
    await the_lamp(house)
    (house.folder / "lamp.flac").unlink()
    page = (await open_as("Dana", "/desk/calls/lamp")).page
    await expect(page.get_by_text("The recording cannot be played now.")).to_be_visible()
    await expect(page.get_by_text("alright thank you")).to_be_visible()


async def test_a_call_that_is_not_there(house: House, open_as: OpenAs) -> None:
    page = (await open_as("Dana", "/desk/calls/nothing")).page
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no such call")


async def test_calls_are_not_for_agents(house: House, open_as: OpenAs) -> None:
    page = (await open_as("Sam", "/desk/calls", is_for_them=False)).page
    await expect(page.get_by_role("heading", level=1)).to_have_text("This page is not for you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_has_the_contrast_of_wcag_aa(
    house: House, open_as: OpenAs, scheme: str
) -> None:
    await an_archive(house)
    page = (await open_as("Alex", "/desk/calls", color_scheme=scheme)).page
    await expect(page.locator("tbody tr")).to_have_count(25)
    assert await page.evaluate(CONTRAST) == []
    if SCREENSHOTS:
        await page.screenshot(path=Path(SCREENSHOTS) / f"calls_list_{scheme}.png")
    await page.goto(f"{house.url}/desk/calls/lamp")
    await turn(page, "seven one five two oh four").click()
    await page.wait_for_function("document.querySelector('audio').currentTime > 16.5")
    await page.keyboard.press("Space")
    assert await page.evaluate(CONTRAST) == []
    if SCREENSHOTS:
        await page.screenshot(path=Path(SCREENSHOTS) / f"calls_player_{scheme}.png")
