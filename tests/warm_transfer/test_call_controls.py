"""What an agent and a supervisor can do during a call, as everybody on it hears it.

Everybody has a tone of their own in place of a voice, so that who is heard where is known even when
all are heard at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Locator, expect
from sqlalchemy import select

from contact_center.audit import Audit
from contact_center.call_list import CallFilter, CallList
from contact_center.calls import Calls
from contact_center.models import TicketRow
from tests.warm_transfer.conftest import House
from tests.warm_transfer.people import AGENT, CALLER, COLLEAGUE, SUPERVISOR, Agent, Caller


async def test_a_caller_on_hold_hears_music_and_an_agent_who_is_muted_is_not_heard(
    hire: Any, ring: Any
) -> None:
    agent = await hire("Holly", AGENT)
    caller = await ring(CALLER, loop=True)
    await agent.accept()
    await _all(caller.hears_just(AGENT), agent.hears_just(CALLER))

    await agent.press("h")
    await agent.is_shown("On hold")
    await _all(caller.hears_music(), agent.hears_just())
    await agent.press("h")
    await agent.is_shown("Talking")
    await _all(caller.hears_just(AGENT), agent.hears_just(CALLER))

    await agent.press("m")
    await agent.is_shown("Muted")
    await _all(caller.hears_just(), agent.hears_just(CALLER))
    await agent.press("m")
    await agent.is_shown("Talking")
    await caller.hears_just(AGENT)
    await _is_over(caller, agent)


async def test_a_colleague_is_asked_joins_and_keeps_the_caller(hire: Any, ring: Any) -> None:
    agent = await hire("Connie", AGENT)
    caller = await ring(CALLER, loop=True)
    await agent.accept()
    colleague = await hire("Kim", COLLEAGUE)

    await agent.press("c")
    await agent.button("Kim").click()
    await agent.is_shown("Asking Kim")
    await colleague.is_shown("Advising Connie")
    await colleague.is_on_a_call()
    await expect(colleague.page.get_by_role("heading", name="Maria Delgado")).to_be_visible()
    await expect(_transcript(colleague)).to_contain_text("Northwind Outfitters")
    await _all(caller.hears_music(), colleague.hears_just(AGENT), agent.hears_just(COLLEAGUE))

    await agent.press("3")
    await agent.is_shown("With Kim, all three")
    await _all(
        caller.hears_just(AGENT, COLLEAGUE),
        colleague.hears_just(AGENT, CALLER),
        agent.hears_just(COLLEAGUE, CALLER),
    )

    await agent.press("Control+e")
    await agent.is_shown("Available")
    await colleague.is_shown("Talking")
    await _all(caller.hears_just(COLLEAGUE), colleague.hears_just(CALLER), agent.hears_nothing())
    await _is_over(caller, colleague)


async def test_a_caller_is_given_on_to_another_queue_with_all_that_is_known(
    hire: Any, ring: Any
) -> None:
    agent, other = await _all(
        hire("Tara", 1.0, "hello this is the customer service", 1.0),
        hire("Bo", COLLEAGUE, queues={"billing"}),
    )
    caller = await ring(1.5, "my order is late", 1.5, loop=True)
    await agent.accept()
    await expect(agent.turns_of("You").first).to_be_visible()

    await agent.press("t")
    await agent.page.get_by_label("Note for the next agent").fill("She was charged twice.")
    await agent.button("Billing").click()
    await agent.is_shown("Available")
    await other.accept()
    await expect(other.page.get_by_text("From Tara: She was charged twice.")).to_be_visible()
    for speaker in ("Maria", "Tara"):
        await expect(other.turns_of(speaker).first).to_be_visible()
    await caller.is_told("Talking to a person")
    await _all(caller.hears_just(COLLEAGUE), other.hears("order"), agent.hears_nothing())
    await _is_over(caller, other)


async def test_a_supervisor_listens_whispers_and_barges_in(
    house: House, hire: Any, ring: Any
) -> None:
    agent = await hire("Lea", AGENT)
    caller = await ring(CALLER, loop=True)
    await agent.accept()
    supervisor = await hire("Mona", SUPERVISOR, role="supervisor")

    await _join(supervisor, "Listen")
    await _all(
        supervisor.hears_just(AGENT, CALLER), agent.hears_just(CALLER), caller.hears_just(AGENT)
    )
    await _join(supervisor, "Whisper")
    await _all(
        supervisor.hears_just(AGENT, CALLER),
        agent.hears_just(CALLER, SUPERVISOR),
        caller.hears_just(AGENT),
    )
    await _join(supervisor, "Barge in")
    await _all(
        supervisor.hears_just(AGENT, CALLER),
        agent.hears_just(CALLER, SUPERVISOR),
        caller.hears_just(AGENT, SUPERVISOR),
    )
    await supervisor.press("x")
    await _all(supervisor.hears_nothing(), caller.hears_just(AGENT))
    await _is_over(caller, agent)

    entries = await Audit(house.database).entries(call_id=await _latest_call(house))
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("listened_in", "Mona"),
        ("whispered", "Mona"),
        ("barged_in", "Mona"),
    ]


async def test_a_typed_line_is_spoken_and_a_ticket_is_one_key(
    house: House, hire: Any, ring: Any
) -> None:
    agent = await hire("Tim", 1.0)
    caller = await ring(2.0, "my order is late", 600.0)
    await agent.accept()
    await caller.is_told("Talking to a person")

    await agent.press("s")
    await agent.page.keyboard.insert_text("You can return it within thirty days.")
    await agent.press("Enter")
    await caller.hears("thirty", "days")
    await expect(_transcript(agent)).to_contain_text("You can return it within thirty days.")
    await expect(caller.conversation).to_contain_text("You can return it within thirty days.")

    await agent.press("Escape", "k")
    ticket = agent.page.get_by_text("Ticket #")
    await expect(ticket).to_be_visible()
    await expect(agent.page.get_by_title("Settle by")).to_contain_text("settle in")
    number = int((await ticket.inner_text()).removeprefix("Ticket #"))
    call_id = await _latest_call(house)
    call = await Calls(house.database).get(call_id)
    assert call is not None
    assert call.customer_id is not None
    async with house.database.reading() as session:
        row = (await session.scalars(select(TicketRow).where(TicketRow.id == number))).one()
    assert (row.call_id, row.customer_id, row.owner) == (call_id, call.customer_id, "Tim")
    assert row.opened_at < row.respond_by <= row.resolve_by
    await _is_over(caller, agent)


async def _all(*what: Any) -> list[Any]:
    return await asyncio.gather(*what)


async def _join(supervisor: Agent, way: str) -> None:
    button = supervisor.button(way)
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")


async def _is_over(caller: Caller, agent: Agent) -> None:
    await caller.hang_up()
    await agent.wrap_up()


async def _latest_call(house: House) -> str:
    return (await CallList(house.database).find(CallFilter())).calls[0].call_id


def _transcript(agent: Agent) -> Locator:
    return agent.page.get_by_role("log")
