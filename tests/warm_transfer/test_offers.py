"""Who is asked for a caller: refusals, silence, two at once, and somebody gone in the middle."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import expect

from agent_desk.client import DeskClient
from agent_desk.desk_protocol import Error, Taken
from contact_center.call_list import CallFilter, CallList
from contact_center.calls import Calls
from contact_center.handoffs import Handoff, Handoffs
from contact_center.routing.agents import NO_ANSWER
from contact_center.routing.roster import Roster
from tests.warm_transfer.conftest import House
from tests.warm_transfer.people import AGENT, PATIENCE_S
from voice_gateway.tokens import TokenIssuer

ASKS_FOR_A_PERSON = (4.0, "I want to talk to a person", 60.0)
ASKS_AGAIN_AND_AGAIN = (*ASKS_FOR_A_PERSON[:2], 5.0, "my order is late", 5.0)
INTRODUCES_THEMSELVES = (1.0, "hello this is the customer service", 1.0)


async def test_after_a_refusal_the_next_agent_is_asked(house: House, hire: Any, ring: Any) -> None:
    sam, kim = await hire("Sam Ash"), await hire("Kim Ash")
    caller = await ring(*ASKS_FOR_A_PERSON, number="+15550100201")
    await sam.is_asked()
    await sam.press("d")
    await kim.accept()

    await caller.is_told("Talking to a person")
    await sam.is_shown("Available")
    await expect(sam.button("Accept")).to_be_hidden()
    assert (await Roster(house.database).get("Sam Ash")).state == "available"
    await _history_is(
        house,
        "0201",
        ("offered", None),
        ("offered", "Sam Ash"),
        ("declined", "Sam Ash"),
        ("offered", "Kim Ash"),
        ("accepted", "Kim Ash"),
        ("connected", "Kim Ash"),
    )
    await caller.hang_up()


async def test_who_does_not_answer_is_on_a_break_until_they_come_back(
    house: House, hire: Any, ring: Any
) -> None:
    sam, kim = await hire("Sam Birch"), await hire("Kim Birch")
    caller = await ring(*ASKS_FOR_A_PERSON, number="+15550100202")
    await sam.is_asked()
    await kim.accept()

    await sam.is_shown("On a break")
    await sam.is_shown("No answer")
    agent = await Roster(house.database).get("Sam Birch")
    assert (agent.state, agent.break_reason) == ("break", NO_ANSWER)
    await sam.button("I am back").click()
    await sam.is_shown("Available")
    await expect(sam.button("Accept")).to_be_hidden()
    await _history_is(
        house,
        "0202",
        ("offered", None),
        ("offered", "Sam Birch"),
        ("timed_out", "Sam Birch"),
        ("offered", "Kim Birch"),
        ("accepted", "Kim Birch"),
        ("connected", "Kim Birch"),
    )
    await caller.hang_up()


async def test_of_all_who_accept_at_the_same_moment_one_agent_gets_the_caller(
    house: House, hire: Any, ring: Any
) -> None:
    sam = await hire("Sam Cedar", AGENT)
    second_window = await sam.page.context.new_page()
    await second_window.goto(sam.page.url)
    caller = await ring(*ASKS_FOR_A_PERSON, number="+15550100203")
    await sam.is_asked()
    await expect(second_window.get_by_role("button", name="Accept")).to_be_visible()

    issuer = TokenIssuer(house.settings.token_secret.get_secret_value())
    token = issuer.issue("desk", now=datetime.now(UTC), name="Kim Cedar")
    async with DeskClient.connect(house.settings.public_url, token, within_s=PATIENCE_S) as kim:
        handoff = await _history_is(house, "0203", ("offered", None), ("offered", "Sam Cedar"))
        await asyncio.gather(
            sam.press("a"), second_window.keyboard.press("a"), kim.accept(handoff.id)
        )
        answer = await kim.wait_for(Taken, Error, within_s=PATIENCE_S)
        assert isinstance(answer, Taken)
        assert answer.why in ("taken", "not_offered")  # whether Sam was faster
        assert kim.state.active is None

    for window in (sam.page, second_window):
        await expect(window.get_by_text("Do not ask again")).to_be_visible()
        await expect(window.get_by_text("did not work")).to_be_hidden()
    await caller.is_told("Talking to a person")
    await caller.hears_just(AGENT)
    await _history_is(
        house,
        "0203",
        ("offered", None),
        ("offered", "Sam Cedar"),
        ("accepted", "Sam Cedar"),
        ("connected", "Sam Cedar"),
    )
    await caller.hang_up()


async def test_a_caller_whose_agent_is_lost_is_first_in_line_and_need_not_repeat_anything(
    house: House, hire: Any, ring: Any
) -> None:
    kim, sam = await hire("Kim Elm"), await hire("Sam Elm", *INTRODUCES_THEMSELVES)
    await kim.press("b", "1")
    await kim.is_shown("On a break")
    hugo = await ring(*ASKS_AGAIN_AND_AGAIN, number="+15550100058", loop=True)
    await sam.accept()
    for speaker in ("Hugo", "You"):
        await expect(sam.turns_of(speaker).first).to_be_visible()
    terrence = await ring(*ASKS_FOR_A_PERSON, number="+15550100063")
    await _history_is(house, "0063", ("offered", None))

    await sam.leave()
    await expect(hugo.conversation).to_contain_text(re.compile("you are first in line", re.I))
    await kim.press("b")
    await kim.is_asked()
    await expect(kim.page.get_by_role("heading", name="Hugo Lindqvist").first).to_be_visible()
    await kim.accept()

    await hugo.is_told("Talking to a person")
    handoff = await _history_is(
        house,
        "0058",
        ("offered", None),
        ("offered", "Sam Elm"),
        ("accepted", "Sam Elm"),
        ("connected", "Sam Elm"),
        ("offered", None),
        ("offered", "Kim Elm"),
        ("accepted", "Kim Elm"),
        ("connected", "Kim Elm"),
    )
    transcript = kim.page.get_by_role("log")
    said = await Calls(house.database).transcript(handoff.call_id)
    assert {record.speaker for record in said} == {"bot", "caller", "agent"}
    for record in said:
        await expect(transcript).to_contain_text(record.text)
    await terrence.hang_up()
    await hugo.hang_up()


async def test_an_agent_is_free_again_when_the_caller_hangs_up_before_the_answer(
    house: House, hire: Any, ring: Any
) -> None:
    sam = await hire("Sam Fir")
    caller = await ring(*ASKS_FOR_A_PERSON, number="+15550100205")
    await sam.is_asked()
    await caller.hang_up()

    await expect(sam.button("Accept")).to_be_hidden()
    await sam.is_shown("Available")
    await _history_is(house, "0205", ("offered", None), ("offered", "Sam Fir"), ("abandoned", None))


async def test_when_the_caller_hangs_up_the_agent_can_wrap_up_at_once(
    house: House, hire: Any, ring: Any
) -> None:
    sam = await hire("Sam Hazel")
    caller = await ring(*ASKS_FOR_A_PERSON, number="+15550100206")
    await sam.accept()
    await caller.is_told("Talking to a person")
    await caller.hang_up()

    await sam.is_shown("Wrap-up")
    await sam.wrap_up()
    await sam.is_shown("Available")
    await _history_is(
        house,
        "0206",
        ("offered", None),
        ("offered", "Sam Hazel"),
        ("accepted", "Sam Hazel"),
        ("connected", "Sam Hazel"),
        ("closed", "Sam Hazel"),
    )


async def _handoff_of(house: House, number_ending: str) -> Handoff | None:
    page = await CallList(house.database).find(CallFilter(number_ending=number_ending))
    return await Handoffs(house.database).of_call(page.calls[0].call_id) if page.calls else None


async def _history_is(house: House, number_ending: str, *steps: tuple[str, str | None]) -> Handoff:
    """Wait until the packet of this caller's hand-off tells these steps, and no others."""
    told: list[tuple[str, str | None]] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while told != list(steps):
                await asyncio.sleep(0.1)
                if handoff := await _handoff_of(house, number_ending):
                    told = [(step.state, step.agent_name) for step in handoff.packet.state_history]
    assert told == list(steps)
    assert handoff is not None
    return handoff
