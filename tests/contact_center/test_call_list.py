"""Past calls, found again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contact_center.call_list import CallFilter, CallList
from contact_center.calls import Calls, TurnRecord
from contact_center.database import Database
from contact_center.handoff_packet import HandoffReason
from contact_center.handoffs import Handoffs
from contact_center.packet_builder import build_packet
from contact_center.routing.line import Line
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP
from contact_center.tickets import Tickets
from tests.taking_calls import take

from .conftest import NOW, TODAY

NEW_YORK = ZoneInfo("America/New_York")


class Archive:
    """A database to which calls are added, each a minute after the last."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.list = CallList(db, NEW_YORK)
        self.now = NOW

    async def call(
        self, call_id: str, number: str | None = None, at: datetime | None = None
    ) -> None:
        self.now = at or self.now + timedelta(minutes=1)
        await Calls(self.db).start(call_id, number, "browser", self.now)

    async def handoff(
        self,
        call_id: str,
        agent: str | None = None,
        reason: HandoffReason = "requested",
        disposition: str | None = None,
        name: str | None = None,
    ) -> str:
        self.now += timedelta(seconds=1)
        packet = await build_packet(
            self.db,
            call_id=call_id,
            reason=reason,
            details={},
            trigger_turn_id=None,
            state=None,
            wait_seconds=None,
            now=self.now,
        )
        packet = packet.model_copy(update={"handoff_id": name or f"h-{call_id}"})
        await Handoffs(self.db).open(packet)
        if agent is not None:
            await take(self.db, packet.handoff_id, agent, self.now)
        if agent is not None and disposition is not None:
            line = Line(self.db)
            await line.close(packet.handoff_id, agent, disposition, "", self.now)
        return packet.handoff_id

    async def found(self, **wanted: Any) -> list[str]:
        return [call.call_id for call in (await self.list.find(CallFilter(**wanted))).calls]


@pytest.fixture
def archive(seeded: Database) -> Archive:
    return Archive(seeded)


async def test_an_empty_list_has_one_empty_page(archive: Archive) -> None:
    page = await archive.list.find(CallFilter())
    assert (page.calls, page.total, page.page, page.pages) == ((), 0, 1, 1)
    assert (await archive.list.agents(), await archive.list.dispositions()) == ((), ())


async def test_a_line_tells_who_called_and_how_it_came_out(archive: Archive) -> None:
    await archive.call("c1", DEMO_VIP.phone)
    await archive.handoff("c1", "Sam", "complaint", "resolved")
    await Calls(archive.db).end("c1", "completed", archive.now)
    (call,) = (await archive.list.find(CallFilter())).calls
    assert (call.customer_name, call.tier, call.caller_number) == (
        DEMO_VIP.name,
        "vip",
        DEMO_VIP.phone,
    )
    assert (call.agent_name, call.reason, call.disposition) == ("Sam", "complaint", "resolved")
    assert (call.ended_at, call.end_reason) == (archive.now, "completed")


async def test_a_call_that_the_bot_kept_has_no_agent(archive: Archive) -> None:
    await archive.call("c1")
    (call,) = (await archive.list.find(CallFilter())).calls
    assert (call.agent_name, call.reason, call.disposition, call.customer_name) == (None,) * 4


async def test_of_several_hand_offs_the_latest_is_shown(archive: Archive) -> None:
    await archive.call("c1")
    await archive.handoff("c1", "Sam", "emotion", "transferred", name="z-first")
    await archive.handoff("c1", "Kim", "requested", "resolved", name="a-second")
    (call,) = (await archive.list.find(CallFilter())).calls
    assert (call.agent_name, call.reason, call.disposition) == ("Kim", "requested", "resolved")


async def test_the_newest_comes_first_and_pages_follow_one_another(archive: Archive) -> None:
    for number in range(7):
        await archive.call(f"c{number}")
    pages = [await archive.list.find(CallFilter(), page, per_page=3) for page in (1, 2, 3)]
    assert [[call.call_id for call in page.calls] for page in pages] == [
        ["c6", "c5", "c4"],
        ["c3", "c2", "c1"],
        ["c0"],
    ]
    assert {(page.total, page.pages) for page in pages} == {(7, 3)}


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (9, 2)])
async def test_a_page_that_is_not_there(archive: Archive, asked: int, given: int) -> None:
    for number in range(4):
        await archive.call(f"c{number}")
    page = await archive.list.find(CallFilter(), asked, per_page=3)
    assert (page.page, page.pages) == (given, 2)


class TestFilters:
    async def test_by_day_in_the_time_of_the_company(self, archive: Archive) -> None:
        midnight = datetime(2026, 3, 4, tzinfo=NEW_YORK)
        await archive.call("the day before", at=midnight - timedelta(seconds=1))
        await archive.call("first", at=midnight)
        await archive.call("last", at=midnight + timedelta(hours=23, minutes=59))
        await archive.call("the day after", at=midnight + timedelta(days=1))
        assert await archive.found(first_day=TODAY, last_day=TODAY) == ["last", "first"]
        assert await archive.found(last_day=date(2026, 3, 3)) == ["the day before"]
        assert await archive.found(first_day=date(2026, 3, 5)) == ["the day after"]

    async def test_by_the_end_of_the_number(self, archive: Archive) -> None:
        await archive.call("maria", DEMO_CUSTOMER.phone)
        await archive.call("eleanor", DEMO_VIP.phone)
        await archive.call("withheld")
        assert await archive.found(number_ending=DEMO_CUSTOMER.phone[-2:]) == ["maria"]
        assert await archive.found(number_ending="00") == []
        assert await archive.found(number_ending="%") == []

    async def test_by_agent_and_who_passed_a_call_on_took_it_too(self, archive: Archive) -> None:
        await archive.call("sam's")
        await archive.handoff("sam's", "Sam")
        await archive.call("passed on")
        handoff = await archive.handoff("passed on", "Sam")
        await Line(archive.db).pass_on(handoff, "Sam", archive.now)
        await take(archive.db, handoff, "Kim", archive.now)
        await archive.call("nobody's")
        await archive.handoff("nobody's")
        assert await archive.found(agent="Sam") == ["passed on", "sam's"]
        assert await archive.found(agent="Kim") == ["passed on"]

    async def test_by_reason_and_disposition_of_one_hand_off(self, archive: Archive) -> None:
        await archive.call("angry")
        await archive.handoff("angry", "Sam", "emotion", "resolved")
        await archive.call("both")
        await archive.handoff("both", "Sam", "emotion", "not_resolved", name="h1")
        await archive.handoff("both", "Sam", "complaint", "resolved", name="h2")
        assert await archive.found(reason="emotion") == ["both", "angry"]
        assert await archive.found(disposition="resolved") == ["both", "angry"]
        assert await archive.found(reason="emotion", disposition="resolved") == ["angry"]

    async def test_what_can_be_chosen(self, archive: Archive) -> None:
        for number, agent in enumerate(("Sam", "Kim", "Sam")):
            await archive.call(f"c{number}")
            await archive.handoff(f"c{number}", agent, disposition="resolved")
        assert await archive.list.agents() == ("Kim", "Sam")
        assert await archive.list.dispositions() == ("resolved",)


class TestOneCall:
    async def test_that_is_not_there(self, archive: Archive) -> None:
        assert await archive.list.open("nothing") is None

    async def test_with_all_that_is_kept_of_it(self, archive: Archive) -> None:
        await archive.call("c1", DEMO_CUSTOMER.phone)
        for number, text in enumerate(("where is my order", "the lamp is broken")):
            await Calls(archive.db).record_turn(
                TurnRecord(
                    call_id="c1",
                    turn_id=f"t{number}",
                    speaker="caller",
                    text=text,
                    started_at=archive.now + timedelta(seconds=number),
                )
            )
        await archive.handoff("c1", "Sam", "emotion", "transferred", name="z-first")
        await archive.handoff("c1", "Kim", "requested", "resolved", name="a-second")
        ticket = await Tickets(archive.db).open(
            kind="follow_up",
            subject="Send a new lamp.",
            reason="requested",
            promised_at=archive.now,
            now=archive.now,
            call_id="c1",
        )
        kept = await archive.list.open("c1")
        assert kept is not None
        assert kept.call.caller_number == DEMO_CUSTOMER.phone
        assert [turn.text for turn in kept.turns] == ["where is my order", "the lamp is broken"]
        assert [handoff.agent_name for handoff in kept.handoffs] == ["Sam", "Kim"]
        assert [each.id for each in kept.tickets] == [ticket.id]
