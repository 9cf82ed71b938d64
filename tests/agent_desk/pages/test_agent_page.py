"""The agent's page as an agent meets it, in a real browser.

With WARMLINE_SCREENSHOTS=docs/screenshots the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import asyncio
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from contact_center.routing.roster import Abilities, Roster
from tests.agent_desk.pages.conftest import OpenDesk, ServedDesk
from tests.agent_desk.pages.fake_desk import (
    caller_packet,
    conversation,
    stranger,
    turn,
    upset_parent,
    waiting,
)
from tests.page_checks import CONTRAST

SCREENSHOTS = os.environ.get("WARMLINE_SCREENSHOTS")
SIZES = [(1280, 720), (1366, 768), (1440, 900)]


async def picture(page: Page, name: str) -> None:
    if SCREENSHOTS:
        await page.screenshot(path=Path(SCREENSHOTS) / f"desk_{name}.png")


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


async def scrolls(page: Page) -> bool:
    """Whether the page itself could be scrolled."""
    return bool(
        await page.evaluate(
            "['scrollHeight', 'scrollWidth'].some((side) => document.documentElement[side] > "
            "document.documentElement[side.replace('scroll', 'client')])"
        )
    )


async def is_whole(page: Page, selector: str) -> bool:
    """Whether all of an element can be seen without scrolling anything."""
    return bool(
        await page.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const { top, bottom, left, right } = element.getBoundingClientRect();
              for (let at = element.parentElement; at; at = at.parentElement) {
                const box = at.getBoundingClientRect();
                if (getComputedStyle(at).overflowY === "visible") continue;
                if (top < box.top - 1 || bottom > box.bottom + 1) return false;
              }
              return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
                && element.scrollHeight <= element.clientHeight + 1;
            }""",
            selector,
        )
    )


class TestOffers:
    async def test_a_caller_is_announced_and_taken_by_a_key(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        window = await open_desk()
        page = window.page
        served.workplace.ask(upset_parent())
        card = page.get_by_role("region", name="Jonas Berg")
        await expect(card).to_be_visible()
        await expect(card).to_contain_text("Has a complaint")
        await expect(card).to_contain_text("L1 safety complaint")
        await expect(card).to_contain_text("VIP")
        await expect(card).to_contain_text(re.compile(r"Waiting 0:4\d"))
        await expect(card.get_by_role("timer", name="seconds left")).to_be_visible()
        alert = page.get_by_role("alert").filter(has_text="A caller for you: Jonas Berg")
        await expect(alert).to_be_attached()
        assert await page.title() == "Jonas Berg is calling"

        await page.keyboard.press("a")
        await expect(page.get_by_role("heading", name="Do not ask again")).to_be_visible()
        await expect(page).to_have_title("Desk - Northwind Outfitters")
        assert served.workplace.did == [("accept", "h2")]
        assert window.problems == []

    async def test_one_can_decline(self, served: ServedDesk, open_desk: OpenDesk) -> None:
        page = (await open_desk()).page
        served.workplace.ask(caller_packet())
        await page.get_by_role("button", name="Decline").click()
        await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()
        assert served.workplace.did == [("decline", "h1")]

    async def test_it_tells_when_the_time_was_over(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        from agent_desk.desk_protocol import Withdrawn

        page = (await open_desk()).page
        served.workplace.ask(caller_packet())
        await expect(page.get_by_role("button", name="Accept")).to_be_visible()
        served.workplace.be("break", reason="no answer")
        served.workplace.tell(Withdrawn(handoff_id="h1", outcome="timed_out"))
        await expect(page.get_by_role("alert")).to_contain_text(["You did not answer in time"])
        await expect(page.get_by_text("On a break", exact=True)).to_be_visible()


class TestWaiting:
    async def test_who_waits_is_listed_with_reason_time_and_who_is_asked(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        page = (await open_desk()).page
        served.workplace.wait(
            waiting(upset_parent(), 31, "Ana Ruiz"),
            waiting(stranger("h3", "repeated_failure", "+15550100088"), 185),
        )
        entries = page.get_by_role("list", name="Waiting").get_by_role("listitem")
        await expect(entries).to_have_count(2)
        await expect(entries.nth(0)).to_contain_text("Jonas Berg")
        await expect(entries.nth(0)).to_contain_text("Ana Ruiz is asked")
        await expect(entries.nth(1)).to_contain_text("+15550100088")
        await expect(entries.nth(1)).to_contain_text("The bot failed more than once")
        clock = entries.nth(1).get_by_role("timer")
        before = await clock.text_content()
        assert before is not None
        assert before.startswith("3:0")
        await expect(clock).not_to_have_text(before)

    async def test_a_break_is_taken_with_its_reason_and_ended(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        page = (await open_desk()).page
        await page.keyboard.press("b")
        await expect(page.get_by_role("dialog", name="Take a break")).to_be_visible()
        await page.keyboard.press("1")
        await expect(page.get_by_role("heading", name="You are on a break")).to_be_visible()
        await expect(page.get_by_role("button", name="I am back")).to_be_visible()
        await page.keyboard.press("b")
        await until(lambda: served.workplace.did == [("take_break", "Lunch"), ("come_back",)])


class TestCall:
    @pytest.mark.parametrize(("width", "height"), SIZES)
    async def test_what_the_caller_wants_is_seen_at_once_without_scrolling(
        self, served: ServedDesk, open_desk: OpenDesk, width: int, height: int
    ) -> None:
        served.workplace.begin_call(caller_packet())
        window = await open_desk(viewport={"width": width, "height": height})
        page = window.page
        strip = page.get_by_role("region", name="Do not ask again")
        await expect(strip).to_contain_text("Verified by one-time code")
        await expect(strip).to_contain_text("Order number715204")
        await expect(strip).to_contain_text("Delivery townPortlandnot confirmed")
        summary = page.get_by_role("region", name="Summary of the call so far")
        for said in (
            "The floor lamp of order 715204 is six days late",
            "Order look-up",
            "A delivery date she can rely on, or her money back",
            "A colleague takes over and knows the order",
            "Checked the carrier: last seen in Boise",
            "No refund was made",
        ):
            await expect(summary).to_contain_text(said)
        for part in (".strip", ".summary", ".customer-head", ".call-bar", ".notes"):
            assert await is_whole(page, part), part
        assert not await scrolls(page)
        assert window.problems == []

    async def test_doubtful_words_and_what_was_not_heard_are_marked(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        log = page.get_by_role("log", name="Transcript")
        await expect(log.get_by_role("listitem")).to_have_count(7)
        doubtful = log.get_by_title("Not sure that this was said (41 %)")
        await expect(doubtful).to_have_text(["lamp", "third"])
        unheard = log.get_by_title("The caller did not hear this")
        await expect(unheard).to_have_text(" Shall I tell you more about the delay?")
        await expect(page.get_by_role("img", name="Mood: Very upset, rising")).to_be_visible()

    async def test_text_from_outside_is_never_html(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        packet = caller_packet()
        evil = "<img src=x onerror=alert(1)> <b>late</b>"
        packet = packet.model_copy(
            update={"summary": packet.summary.model_copy(update={"issue": evil})}
        )
        served.workplace.begin_call(packet, [turn(0, "caller", evil)])
        window = await open_desk()
        summary = window.page.get_by_role("region", name="Summary of the call so far")
        await expect(summary).to_contain_text(evil)
        await expect(window.page.get_by_role("log")).to_contain_text(evil)
        assert await window.page.locator("img[src=x], main b").count() == 0
        assert window.problems == []

    async def test_nothing_moves_when_thirty_turns_arrive(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem")).to_have_count(7)
        await page.evaluate(
            """() => {
              window.shift = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) {
                  window.shift += entry.value;
                  window.moved = entry.sources.map((each) => each.node?.outerHTML?.slice(0, 90));
                }
              }).observe({ type: "layout-shift", buffered: false });
              window.last = document.querySelector(".turns").lastElementChild;
            }"""
        )
        for number in range(7, 37):
            speaker = "agent" if number % 2 else "caller"
            served.workplace.tell(turn(number, speaker, f"turn number {number} " * 6, affect=0.3))
        await expect(log.get_by_role("listitem")).to_have_count(37)
        await expect(log.get_by_role("listitem").last).to_be_in_viewport()
        # What is there stays the same element: nothing is built anew.
        assert await page.evaluate("window.last.isConnected")
        assert await page.evaluate("[window.shift, window.moved]") == [0, None]
        assert not await scrolls(page)

    async def test_who_has_scrolled_up_is_left_there_and_told_of_news(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        said = [turn(number, "caller", f"sentence {number} " * 8) for number in range(30)]
        served.workplace.begin_call(caller_packet(), said)
        page = (await open_desk()).page
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem").last).to_be_in_viewport()
        await log.evaluate("(list) => (list.scrollTop = 40)")
        # The list learns of it with the next frame that is drawn.
        await page.evaluate(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        served.workplace.tell(turn(30, "caller", "and another thing"))
        fresh = page.get_by_role("button", name="New below")
        await expect(fresh).to_be_visible()
        assert await log.evaluate("(list) => list.scrollTop") == 40
        await fresh.click()
        await expect(log.get_by_role("listitem").last).to_be_in_viewport()
        await expect(fresh).to_be_hidden()

    async def test_a_turn_that_is_corrected_is_replaced(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet(), [turn(0, "bot", "One moment please.")])
        page = (await open_desk()).page
        served.workplace.tell(
            turn(0, "bot", "One moment please.", heard="One moment", complete=False)
        )
        items = page.get_by_role("log").get_by_role("listitem")
        await expect(items.get_by_title("The caller did not hear this")).to_have_text(" please.")
        await expect(items).to_have_count(1)

    async def test_the_call_is_worked_by_keys(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        mute = page.get_by_role("button", name="Mute")
        await page.keyboard.press("m")
        await expect(mute).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("m")
        await expect(mute).to_have_attribute("aria-pressed", "false")
        await page.keyboard.press("h")
        await expect(page.get_by_text("On hold", exact=True)).to_be_visible()
        await page.keyboard.press("h")
        await page.keyboard.press("s")
        await expect(page.get_by_label("Say to the caller")).to_be_focused()
        # Letters that are typed are no keys.
        await page.keyboard.type("hmm, a moment")
        await page.keyboard.press("Enter")
        await until(lambda: served.workplace.did[-1] == ("say", "hmm, a moment"))
        await expect(page.get_by_label("Say to the caller")).to_have_value("")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Control+e")
        await expect(page.get_by_role("heading", name="How did it come out?")).to_be_visible()
        assert served.workplace.did == [
            ("mute", True),
            ("mute", False),
            ("hold", True),
            ("hold", False),
            ("say", "hmm, a moment"),
            ("hang_up",),
        ]

    async def test_a_colleague_is_asked_and_joins(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        now = datetime.now(UTC)
        roster = Roster(served.database)
        await roster.sign_in("Ana Ruiz", now, abilities=Abilities(frozenset({"support"})))
        await roster.sign_in("Ben Okafor", now, abilities=Abilities(frozenset({"returns"})))
        await roster.take_break("Ben Okafor", "lunch", now)
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.keyboard.press("c")
        dialog = page.get_by_role("dialog", name="Ask a colleague")
        await expect(dialog.get_by_role("button", name="Ben Okafor")).to_be_disabled()
        await page.keyboard.press("1")
        await expect(page.get_by_text("Asking Ana Ruiz")).to_be_visible()
        await page.keyboard.press("3")
        await expect(page.get_by_text("With Ana Ruiz, all three")).to_be_visible()
        await page.keyboard.press("c")
        await until(lambda: len(served.workplace.did) == 3)
        assert served.workplace.did == [
            ("consult", "Ana Ruiz"),
            ("end_consult", True),
            ("end_consult", False),
        ]

    async def test_a_call_is_passed_on_with_a_note(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        now = datetime.now(UTC)
        returns = Abilities(frozenset({"returns"}))
        await Roster(served.database).sign_in("Ben Okafor", now, abilities=returns)
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.keyboard.press("t")
        await page.get_by_label("Note for the next agent").fill("wants the money back")
        await page.get_by_role("button", name="Returns").click()
        await expect(page.get_by_text("The caller waits for the next agent.")).to_be_visible()
        assert served.workplace.did == [("pass_on", "returns", "wants the money back")]

    async def test_what_cannot_be_done_is_told(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        now = datetime.now(UTC)
        await Roster(served.database).sign_in("Kim Vo", now, abilities=Abilities())
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.keyboard.press("c")
        await page.get_by_role("button", name="Kim Vo").click()
        await expect(page.get_by_role("alert")).to_contain_text(["Kim Vo is not free just now."])

    async def test_notes_are_kept_as_they_are_typed_and_a_ticket_is_one_click(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.keyboard.press("n")
        await page.keyboard.type("sounds like a kind person")
        await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        assert served.workplace.did == [("keep_notes", "sounds like a kind person")]
        await page.keyboard.press("Escape")
        await page.keyboard.press("k")
        await expect(page.get_by_text("Ticket #31")).to_be_visible()
        issue = "the floor lamp of order 715204 is six days late"
        assert served.tickets.opened == [("h1", "Sam Porter", "follow_up", issue)]
        await page.reload()
        await expect(page.get_by_role("textbox", name="Notes")).to_have_value(
            "sounds like a kind person"
        )

    async def test_knowledge_follows_what_the_caller_says(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.get_by_text("An order is late at the carrier").click()
        await expect(page.get_by_text("Open a search at the carrier.")).to_be_visible()
        served.workplace.tell(turn(7, "caller", "can i have my money back"))
        await until(lambda: served.knowledge.asked.endswith("can i have my money back"))
        # An article that is being read stays open.
        await expect(page.get_by_text("Open a search at the carrier.")).to_be_visible()

    async def test_a_reload_brings_everything_back(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.keyboard.press("h")
        await expect(page.get_by_text("On hold", exact=True)).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("On hold", exact=True)).to_be_visible()
        await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(7)
        await expect(page.get_by_role("region", name="Do not ask again")).to_be_visible()

    async def test_who_gives_advice_can_mute_and_leave_and_nothing_else(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet(), consulted_by="Ana Ruiz")
        page = (await open_desk()).page
        await expect(page.get_by_text("Advising Ana Ruiz")).to_be_visible()
        for name in ("Hold", "Hang up"):
            await expect(page.get_by_role("button", name=name)).to_be_disabled()
        for name in ("Consult", "Transfer"):
            await expect(page.get_by_role("button", name=name)).to_be_hidden()
        await page.get_by_role("button", name="Leave").click()
        await until(lambda: served.workplace.did == [("end_consult", False)])


# Stands in for the headset, which has tests of its own.
HEADSET = """
window.headset = { muted: [], closed: false };
export const connect = async ({ url, onState, onLevel }) => {
  if (window.refuses) {
    onState({ state: "blocked", message: "Microphone blocked: allow it." });
    throw new Error("Microphone blocked: allow it.");
  }
  Object.assign(window.headset, { url, onState, onLevel });
  onState({ state: "ready", message: "" });
  return { mute: (on) => window.headset.muted.push(on), close: () => {} };
};
"""


class TestVoice:
    @staticmethod
    async def with_headset(page: Page) -> None:
        await page.route(
            "**/static/desk_audio.js",
            lambda route: route.fulfill(content_type="text/javascript", body=HEADSET),
        )

    async def test_it_begins_by_a_click_and_by_itself_the_next_time(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await self.with_headset(page)
        await page.get_by_role("button", name="Go online").click()
        await expect(page.get_by_text("Ready to talk")).to_be_visible()
        assert await page.evaluate("headset.url") == "/desk/audio"
        await page.evaluate("headset.onState({ state: 'live', message: '' })")
        await expect(page.get_by_text("You are heard")).to_be_visible()
        await page.keyboard.press("m")
        await page.wait_for_function("headset.muted.at(-1) === true")
        await expect(page.get_by_text("Muted").first).to_be_visible()
        await page.evaluate("for (let i = 0; i < 50; i++) headset.onLevel(0.5, 0.25)")
        meter = page.get_by_role("meter", name="Your microphone")
        await expect(meter).to_have_attribute("aria-valuenow", "50")
        await page.reload()
        await expect(page.get_by_role("meter", name="The caller")).to_be_visible()
        # Who was muted still is.
        await page.wait_for_function("headset.muted.at(-1) === true")

    async def test_a_blocked_microphone_is_told(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        page = (await open_desk()).page
        await self.with_headset(page)
        await page.evaluate("window.refuses = true")
        await page.get_by_role("button", name="Go online").click()
        await expect(page.get_by_role("alert")).to_contain_text(["Microphone blocked: allow it."])
        await expect(page.get_by_role("button", name="Go online")).to_be_visible()


class TestWrapUp:
    async def test_a_call_is_wrapped_up_by_keys(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        served.workplace.end_call()
        page = (await open_desk()).page
        await expect(page.get_by_label("Summary", exact=True)).to_have_value(
            re.compile("Wanted: the floor lamp of order 715204 is six days late")
        )
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert")).to_contain_text(["Choose how it came out first."])
        await page.keyboard.press("1")
        await expect(page.get_by_role("radio", name="Resolved", exact=False).first).to_be_checked()
        await page.keyboard.press("u")
        await page.keyboard.press("Control+End")
        await page.keyboard.type(" Sent a new lamp.")
        await page.get_by_label("Follow-up").fill("see that it arrived")
        due = datetime.now(UTC) + timedelta(days=3)
        await page.get_by_label("Promised by").fill(f"{due:%Y-%m-%dT10:30}")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()
        assert served.workplace.did == [("close", "resolved", "available", None)]
        wrap_up = served.workplace.closed
        assert wrap_up is not None
        assert wrap_up.summary.endswith("Sent a new lamp.")
        assert wrap_up.follow_up is not None
        assert wrap_up.follow_up.what == "see that it arrived"
        assert f"{wrap_up.follow_up.due:%Y-%m-%d %H:%M}" == f"{due:%Y-%m-%d} 10:30"

    async def test_a_promise_in_the_past_is_refused(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        served.workplace.end_call()
        page = (await open_desk()).page
        await page.keyboard.press("2")
        await page.get_by_label("Follow-up").fill("call again")
        await page.get_by_label("Promised by").fill("2020-01-01T10:00")
        await page.get_by_role("button", name="Clear", exact=False).last.click()
        await expect(page.get_by_role("alert")).to_contain_text(["is past"])
        assert served.workplace.did == []


class TestKeys:
    async def test_a_question_mark_lists_them(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        page = (await open_desk()).page
        await page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        await expect(dialog).to_contain_text("Accept the caller you are asked for")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()

    async def test_single_keys_can_be_switched_off(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        page = (await open_desk()).page
        await page.keyboard.press("?")
        await page.get_by_label("Single keys work").uncheck()
        await page.keyboard.press("Escape")
        served.workplace.ask(caller_packet())
        await expect(page.get_by_role("button", name="Accept")).to_be_visible()
        await page.keyboard.press("a")
        await page.get_by_role("button", name="Accept").click()
        await expect(page.get_by_role("log")).to_be_visible()
        assert served.workplace.did == [("accept", "h1")]

    async def test_everything_can_be_reached_by_tab_with_its_focus_seen(
        self, served: ServedDesk, open_desk: OpenDesk
    ) -> None:
        served.workplace.begin_call(caller_packet())
        page = (await open_desk()).page
        await page.wait_for_function("document.activeElement.id === 'conversation'")
        await page.evaluate("document.activeElement.blur()")
        reached = set()
        for _ in range(40):
            await page.keyboard.press("Tab")
            name, outline = await page.evaluate(
                """() => {
                  const at = document.activeElement;
                  if (at === document.body) return ["", "the browser's own"];
                  const label = at.getAttribute("aria-label") || at.textContent;
                  return [label.trim(), getComputedStyle(at).outlineStyle];
                }"""
            )
            assert outline != "none", name
            reached.add(name)
        for wanted in ("MuteM", "HoldH", "ConsultC", "TransferT", "Hang upCtrl E", "Notes",
                       "Say to the caller", "Transcript", "Customer"):  # fmt: skip
            assert wanted in reached


async def test_a_lost_connection_is_shown_and_comes_back(
    served: ServedDesk, open_desk: OpenDesk
) -> None:
    served.workplace.begin_call(caller_packet())
    page = (await open_desk()).page
    popup = page.get_by_role("alert").filter(has_text="No connection to the server")
    await expect(popup).to_be_hidden()
    await page.evaluate("window.socket.io.reconnection(false); window.socket.io.engine.close()")
    await expect(popup).to_be_visible()
    await until(lambda: not served.workplace.listeners)
    served.workplace.tell(turn(7, "caller", "are you still there"))
    await page.evaluate("window.socket.io.reconnection(true); window.socket.connect()")
    await expect(popup).to_be_hidden()
    await expect(page.get_by_role("log")).to_contain_text("are you still there")


async def test_the_policy_lets_nothing_in_from_outside(
    served: ServedDesk, open_desk: OpenDesk
) -> None:
    window = await open_desk()
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    answer = await window.page.reload()
    await window.page.wait_for_function("window.did_handshake === true")
    assert answer is not None
    policy = await answer.header_value("content-security-policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert all(url.startswith((served.url, "data:")) for url in asked)
    # An inline script that is not the page's own does not run.
    await window.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.foreign = true";
          document.body.append(script);
        }"""
    )
    assert await window.page.evaluate("window.foreign") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_has_the_contrast_of_wcag_aa(
    served: ServedDesk, open_desk: OpenDesk, scheme: str
) -> None:
    place = served.workplace
    window = await open_desk(color_scheme=scheme, reduced_motion="reduce")
    page = window.page

    async def check(name: str) -> None:
        assert await page.evaluate(CONTRAST) == [], name
        assert not await scrolls(page), name
        await picture(page, f"{name}_{scheme}")

    place.wait(
        waiting(upset_parent(), 31, "Ana Ruiz"),
        waiting(caller_packet(), 42),
        waiting(stranger("h3", "repeated_failure", "+15550100088"), 185),
    )
    await expect(page.get_by_text("Ana Ruiz is asked")).to_be_visible()
    await check("quiet")

    place.wait(
        waiting(upset_parent(), 31, "Sam Porter"),
        waiting(stranger("h3", "repeated_failure", "+15550100088"), 185),
    )
    place.ask(upset_parent(), waited_s=31)
    await expect(page.get_by_role("button", name="Accept")).to_be_visible()
    await check("offer")

    place.begin_call(caller_packet(), conversation())
    place.wait(waiting(stranger("h3", "repeated_failure", "+15550100088"), 185))
    place.tell(turn(7, "agent", "Hello Maria, this is Sam. I see the lamp hangs in Boise."))
    place.tell(turn(8, "caller", "yes finally somebody who knows", affect=0.5, doubtful="knows"))
    await expect(page.get_by_role("log")).to_contain_text("somebody who")
    await page.keyboard.press("k")
    await expect(page.get_by_text("Ticket #31")).to_be_visible()
    await check("call")

    place.end_call()
    await expect(page.get_by_role("heading", name="How did it come out?")).to_be_visible()
    await page.keyboard.press("1")
    await expect(page.get_by_role("radio", name="Resolved").first).to_be_checked()
    await check("wrap_up")

    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await check("keys")
    await page.keyboard.press("Escape")
    served.workplace.tell(turn(9, "caller", "bye"))
    await page.evaluate("document.querySelector('#popup').ariaHidden = 'false'")
    assert await page.evaluate(CONTRAST) == []
    assert window.problems == []


async def test_the_switch_overrules_the_system(served: ServedDesk, open_desk: OpenDesk) -> None:
    page = (await open_desk(color_scheme="light")).page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.get_by_role("button", name="Colours: system").click()
    await page.get_by_role("button", name="Colours: light").click()
    assert await page.evaluate(ground) != light
    await page.reload()
    await expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert await page.evaluate(ground) != light
