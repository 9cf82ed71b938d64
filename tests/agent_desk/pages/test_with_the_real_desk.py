"""The agent's page over the real desk: queue, dispatcher, hand-off and wrap-up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from agent_desk.web.audio_socket import audio_routes
from agent_desk.web.session_guard import staff_of
from contact_center.customer_profile import CustomerProfiles
from contact_center.models import CustomerRow
from contact_center.tickets import Tickets
from contact_center.wrap_up import WrapUps
from tests.agent_desk.pages.conftest import Knowledge, OpenWindow, serve_pages
from tests.agent_desk.pages.fake_desk import AGENT, caller_packet
from voice_gateway.conversation import events as ev


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_caller_is_taken_talked_to_and_cleared(
    line: Any, tmp_path: Path, open_window: OpenWindow
) -> None:
    parts = {
        "desk": line.desk,
        "tickets": Tickets(line.db),
        "knowledge": Knowledge(),
        "profiles": CustomerProfiles(line.db),
        "more": audio_routes(line.legs, lambda socket: staff_of(socket).staff.name),
    }
    async with serve_pages(line.db, tmp_path, **parts) as served:
        window = await open_window(served)
        page = window.page
        # Nobody is asked before they can be heard.
        await expect(page.get_by_role("heading", name="You are not online yet")).to_be_visible()
        assert await line.state_of(AGENT) == "break"
        await page.get_by_role("button", name="Go online").click()
        await expect(page.get_by_text("Available", exact=True)).to_be_visible(timeout=30_000)
        assert await line.state_of(AGENT) == "available"

        async with line.db.session() as session:
            session.add(CustomerRow(id=1, name="Maria Delgado", tier="gold", is_staff=False))
        events = await line.call("c-h1")
        await line.turn("t0", "bot", "Thank you for calling.", "c-h1")
        await line.turn("t1", "caller", "where is my lamp", "c-h1", affect=0.4)
        await line.offer(caller_packet())
        await expect(page.get_by_role("button", name="Accept")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("region", name="Do not ask again")).to_be_visible()
        assert ev.AgentAccepted(AGENT, voice=True) in events
        await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(2)
        await line.turn("t2", "caller", "hello is somebody there", "c-h1")
        await expect(page.get_by_role("log")).to_contain_text("hello is somebody there")

        await page.get_by_label("Say to the caller").fill("Hello Maria.")
        await page.keyboard.press("Enter")
        await until(lambda: ev.AgentSaid("Hello Maria.", AGENT) in events)
        await page.get_by_role("textbox", name="Notes").fill("very friendly")
        await page.get_by_role("button", name="Open a ticket").click()
        await expect(page.get_by_text("Ticket #")).to_be_visible()

        # A window that is opened later shows the same.
        await page.reload()
        await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(3)
        await expect(page.get_by_role("textbox", name="Notes")).to_have_value("very friendly")

        await line.hang_up("c-h1")
        await expect(page.get_by_role("heading", name="How did it come out?")).to_be_visible()
        await page.get_by_role("radio", name="Resolved").first.click()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Available", exact=True)).to_be_visible()
        stored = await WrapUps(line.db).get("h1")
        assert stored is not None
        assert (stored.disposition, stored.notes) == ("resolved", "very friendly")
        assert window.problems == []


async def test_an_agent_whose_window_closes_is_soon_gone_from_the_queue(
    line: Any, tmp_path: Path, open_window: OpenWindow
) -> None:
    parts = {"desk": line.desk, "tickets": None, "knowledge": Knowledge(), "profiles": None}
    async with serve_pages(line.db, tmp_path, **parts) as served:
        window = await open_window(served)
        await expect(window.page.get_by_text("You are not online yet")).to_be_visible()
        await window.page.close()
        async with asyncio.timeout(30):
            while await line.state_of(AGENT) != "offline":
                await asyncio.sleep(0.05)


async def test_an_agent_who_has_gone_online_is_in_the_conversation_with_their_voice(
    line: Any, tmp_path: Path, open_window: OpenWindow
) -> None:
    parts = {
        "desk": line.desk,
        "tickets": None,
        "knowledge": Knowledge(),
        "profiles": CustomerProfiles(line.db),
        "more": audio_routes(line.legs, lambda socket: staff_of(socket).staff.name),
    }
    async with serve_pages(line.db, tmp_path, **parts) as served:
        window = await open_window(served)
        page = window.page
        await page.get_by_role("button", name="Go online").click()
        await expect(page.get_by_text("Ready to talk")).to_be_visible(timeout=30_000)
        events = await line.call("c-h1")
        await line.offer(caller_packet())
        await expect(page.get_by_role("button", name="Accept")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_text("You are heard")).to_be_visible()
        assert ev.AgentAccepted(AGENT, voice=True) in events
        assert line.registry.bridge("c-h1").parties == {AGENT: "agent"}
        await expect(page.get_by_role("button", name="Mute")).to_be_enabled()
        await page.keyboard.press("m")
        await expect(page.get_by_text("Muted").first).to_be_visible()
        assert window.problems == []
