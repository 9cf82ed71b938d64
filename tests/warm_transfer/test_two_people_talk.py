"""From the caller's wish for a person to the agent's wrap-up, in two browsers."""

from __future__ import annotations

from typing import Any

import numpy as np
import soundfile
from playwright.async_api import expect

from contact_center.call_list import CallFilter, CallList
from contact_center.handoffs import Handoffs
from contact_center.recordings import Recordings
from contact_center.wrap_up import WrapUps
from tests.warm_transfer.conftest import House


async def test_caller_and_agent_hear_each_other_and_nothing_is_lost(
    house: House, hire: Any, ring: Any
) -> None:
    agent = await hire("Sam", 1.0, "hello this is the customer service", 1.0)
    caller = await ring(4.0, "I want to talk to a person", 4.0, "my order is late", 4.0, loop=True)
    await agent.is_asked()
    await expect(agent.page.get_by_role("heading", name="Maria Delgado").first).to_be_visible()
    await agent.accept()

    await caller.is_told("Talking to a person")
    await agent.forget_what_was_heard()
    await caller.hears("customer", "service")
    await agent.hears("order", "late")

    transcript = agent.page.get_by_role("log")
    await expect(transcript).to_contain_text("Thanks for calling")  # what was said before
    await expect(transcript).to_contain_text("to a person")
    await expect(transcript).to_contain_text("order is late")
    await expect(transcript).to_contain_text("customer service")
    await expect(caller.conversation).to_contain_text("customer service")

    await agent.press("Control+e")
    await caller.is_told("Call ended by the person you talked to")
    await agent.wrap_up()
    await agent.is_shown("Available")

    call_id = (await _calls(house))[0]
    handoff = await Handoffs(house.database).of_call(call_id)
    assert handoff is not None
    assert (handoff.state, handoff.agent_name, handoff.disposition) == ("closed", "Sam", "resolved")
    assert [change.state for change in handoff.history] == [
        "offered",
        "offered",
        "accepted",
        "connected",
        "closed",
    ]
    wrap_up = await WrapUps(house.database).get(handoff.id)
    assert wrap_up is not None
    assert wrap_up.summary

    recording = await Recordings(house.database).of_call(call_id)
    assert recording is not None
    sound, _ = soundfile.read(house.settings.recordings_dir / recording.file)
    caller_side, line_side = sound.T
    assert np.abs(caller_side).max() > 0.05
    assert np.abs(line_side).max() > 0.05


async def _calls(house: House) -> list[str]:
    page = await CallList(house.database).find(CallFilter())
    return [call.call_id for call in page.calls]
