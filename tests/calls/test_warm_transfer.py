"""A whole call in two browsers, through all processes: the bot steps back, and a person knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from line import LineUnderTest
from playwright.async_api import expect

from contact_center.call_list import CallFilter, CallList
from contact_center.handoffs import Handoffs
from contact_center.passwords import Passwords
from contact_center.staff import StaffAccounts
from tests.warm_transfer.browsers import browsers
from tests.warm_transfer.people import Agent, Caller

PASSWORD = "correct horse battery staple"


async def test_the_agent_knows_what_the_caller_wants_before_saying_hello(
    line: LineUnderTest, tmp_path: Path
) -> None:
    await StaffAccounts(line.database, Passwords()).add("Robin", PASSWORD, datetime.now(UTC))
    async with browsers() as open_browser:
        agent = Agent("Robin", line.settings.desk_url, open_browser)
        await agent.come(PASSWORD, tmp_path / "agent.wav", 1.0, "what is your order number", 1.0)
        caller = Caller(line.settings.public_url, open_browser)
        await caller.call(
            "+15550100042",
            tmp_path / "caller.wav",
            *(6.0, "this is unacceptable nobody is helping me i want to talk to a person", 60.0),
        )
        await agent.accept()
        await caller.hears("order", "number")

        page = agent.page
        await expect(page.get_by_role("log")).to_contain_text("to a person")
        await expect(page.get_by_text("Maria Delgado").first).to_be_in_viewport()
        for question in ("Issue", "Asks for", "Already tried", "Promised"):
            await expect(page.get_by_text(question, exact=True).first).to_be_in_viewport()

        await caller.hang_up()
        await agent.wrap_up()

    calls = await CallList(line.database).find(CallFilter(agent="Robin"))
    assert len(calls.calls) == 1
    handoff = await Handoffs(line.database).of_call(calls.calls[0].call_id)
    assert handoff is not None
    assert handoff.packet.reason in ("requested", "emotion")
    assert handoff.packet.summary.issue
    assert handoff.disposition == "resolved"
