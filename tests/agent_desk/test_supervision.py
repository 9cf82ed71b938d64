"""Supervisors in other people's calls: what they become in them, what is noted, and when not."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent_desk.supervision import Supervised, Supervision, SupervisionRefused
from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.customers import Customers
from contact_center.database import Database, StorageError
from contact_center.seed import DEMO_CUSTOMER, seed
from tests.agent_desk.silent import SilentLine, Voice
from voice_gateway.bridge.bridge import Bridge
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.registry import CallRegistry

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


class House:
    """Calls with bridges, and a supervisor, Alex, whose voice is connected."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.registry = CallRegistry()
        self.legs = AgentLegs()
        self.supervision = Supervision(db, self.registry, self.legs, clock=lambda: NOW)
        self.bridges: dict[str, Bridge] = {}
        self.alex = Voice("Alex")
        self.legs.connect(self.alex)
        self.legs.connect(Voice("Sam"))

    async def call(self, call_id: str = "c1", agent: str | None = "Sam") -> Bridge:
        await Calls(self.db).start(call_id, DEMO_CUSTOMER.phone, "browser", NOW)
        line: Any = SilentLine()
        bridge = self.bridges[call_id] = Bridge(line, self.legs, None, lambda event: None)
        self.registry.add(call_id, lambda event: None, bridge)
        if agent is not None:
            bridge.start()
            assert bridge.join(agent, "agent")
        return bridge

    async def end(self, call_id: str = "c1") -> None:
        await self.bridges[call_id].stop()
        self.registry.remove(call_id)
        await Calls(self.db).end(call_id, "completed", NOW)

    async def audited(self, call_id: str = "c1") -> list[tuple[str, str]]:
        entries = await Audit(self.db).entries(call_id=call_id)
        return [(entry.action, entry.detail) for entry in entries]

    async def refusal(self, call_id: str = "c1") -> str:
        with pytest.raises(SupervisionRefused) as refused:
            await self.supervision.listen("Alex", call_id)
        assert self.supervision.current("Alex") is None
        return refused.value.code


@pytest.fixture
async def house(empty_database: Path, tmp_path: Path) -> AsyncIterator[House]:
    file = Path(shutil.copy(empty_database, tmp_path))
    db = Database(f"sqlite:///{file}")
    await seed(db, NOW.date(), customers=0, orders=0)
    house = House(db)
    yield house
    for bridge in house.bridges.values():
        await bridge.stop()
    await db.close()


@pytest.mark.parametrize(
    ("way", "role", "action"),
    [
        ("listen", "listener", "listened_in"),
        ("whisper", "whisperer", "whispered"),
        ("barge_in", "agent", "barged_in"),
    ],
)
async def test_each_way_into_a_call_is_a_role_in_it_and_is_noted(
    house: House, way: Any, role: str, action: str
) -> None:
    bridge = await house.call()
    await getattr(house.supervision, way)("Alex", "c1")
    assert bridge.parties == {"Sam": "agent", "Alex": role}
    assert house.supervision.current("Alex") == Supervised("c1", way)
    assert await house.audited() == [(action, "Alex")]


async def test_what_is_noted_says_whose_call_it_was(house: House) -> None:
    await house.call()
    await house.supervision.listen("Alex", "c1")
    (entry,) = await Audit(house.db).entries(call_id="c1")
    maria = await Customers(house.db).find_by_phone(DEMO_CUSTOMER.phone)
    assert maria is not None
    assert (entry.customer_id, entry.at) == (maria.id, NOW)


async def test_it_is_noted_before_it_begins(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = await house.call()

    async def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(Audit, "record", full)
    with pytest.raises(StorageError):
        await house.supervision.listen("Alex", "c1")
    assert bridge.parties == {"Sam": "agent"}


async def test_from_listening_to_whispering_to_speaking_and_back(house: House) -> None:
    bridge = await house.call()
    for way in ("listen", "whisper", "barge_in", "listen"):
        await getattr(house.supervision, way)("Alex", "c1")
    assert bridge.parties["Alex"] == "listener"
    assert [action for action, _ in await house.audited()] == [
        "listened_in",
        "whispered",
        "barged_in",
        "listened_in",
    ]


async def test_leaving_takes_nobody_else_out(house: House) -> None:
    bridge = await house.call()
    await house.supervision.listen("Alex", "c1")
    house.supervision.leave("Alex")
    house.supervision.leave("Alex")
    assert bridge.parties == {"Sam": "agent"}
    assert house.supervision.current("Alex") is None


async def test_joining_another_call_leaves_the_first(house: House) -> None:
    first = await house.call("c1")
    house.legs.connect(Voice("Kim"))
    second = await house.call("c2", "Kim")
    await house.supervision.listen("Alex", "c1")
    await house.supervision.whisper("Alex", "c2")
    assert (first.parties, second.parties["Alex"]) == ({"Sam": "agent"}, "whisperer")
    assert house.supervision.current("Alex") == Supervised("c2", "whisper")


async def test_the_end_of_the_call_ends_it(house: House) -> None:
    await house.call()
    await house.supervision.barge_in("Alex", "c1")
    await house.end()
    assert house.supervision.current("Alex") is None


async def test_a_call_that_goes_on_with_another_agent_is_to_be_joined_anew(house: House) -> None:
    bridge = await house.call()
    await house.supervision.listen("Alex", "c1")
    await bridge.stop()
    bridge.start()
    assert house.supervision.current("Alex") is None
    assert dict(bridge.parties) == {}


class TestRefusals:
    async def test_a_call_that_nobody_knows_or_that_is_over(self, house: House) -> None:
        assert await house.refusal("nothing") == "over"
        await house.call()
        await house.end()
        assert await house.refusal() == "over"
        assert await house.audited() == []

    async def test_a_call_of_another_server(self, house: House) -> None:
        await Calls(house.db).start("far", None, "browser", NOW, server="two")
        assert await house.refusal("far") == "elsewhere"

    async def test_a_call_that_no_agent_has(self, house: House) -> None:
        await house.call(agent=None)
        assert await house.refusal() == "no_agent"

    async def test_a_call_that_cannot_be_joined_at_all(self, house: House) -> None:
        await Calls(house.db).start("typed", None, "browser", NOW)
        house.registry.add("typed", lambda event: None)
        assert await house.refusal("typed") == "no_agent"

    async def test_a_supervisor_without_a_voice(self, house: House) -> None:
        await house.call()
        house.legs.disconnect(house.alex)
        assert await house.refusal() == "no_voice"
        assert await house.audited() == []

    async def test_a_supervisor_who_is_on_a_call_of_their_own(self, house: House) -> None:
        await house.call("own", "Alex")
        await house.call("c1")
        assert await house.refusal("c1") == "own_call"
        assert await house.refusal("own") == "own_call"

    async def test_a_call_that_ends_while_it_is_being_noted(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bridge = await house.call()
        record = Audit.record

        async def slow(*arguments: Any, **named: Any) -> None:
            await record(*arguments, **named)
            await bridge.stop()

        monkeypatch.setattr(Audit, "record", slow)
        assert await house.refusal() == "no_agent"
        assert dict(bridge.parties) == {}

    async def test_each_says_what_to_do(self, house: House) -> None:
        await house.call()
        house.legs.disconnect(house.alex)
        with pytest.raises(SupervisionRefused, match="allow the microphone"):
            await house.supervision.listen("Alex", "c1")


async def test_two_clicks_at_once_leave_one_place_in_the_call(house: House) -> None:
    bridge = await house.call()
    await asyncio.gather(
        house.supervision.listen("Alex", "c1"), house.supervision.whisper("Alex", "c1")
    )
    current = house.supervision.current("Alex")
    assert current is not None
    assert bridge.parties["Alex"] == {"listen": "listener", "whisper": "whisperer"}[current.way]
