"""Calls of two and more people, with real frames in real time and ends of the line in memory.

Everybody says a tone of their own, so that it can be told by ear who is heard where.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from voice_gateway.bridge.bridge import CATCH_UP_S, Bridge, ticks
from voice_gateway.bridge.hold_music import hold_music
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.bridge.mixing import Role
from voice_gateway.conversation.events import AgentSpoke, Event
from voice_gateway.conversation.transcript import Transcript

from .conftest import FRAME_S, MemoryLeg, MemoryLine, Talk, loud_hertz

CALLER, SAM, KIM, EVE = 500, 1000, 1500, 2000
FRAMES = 20
"""How many frames are listened to at a time."""


class WrittenDown:
    """Stands in for a recogniser: keeps which of an agent's frames it was given."""

    def __init__(self, name: str, report: Callable[[AgentSpoke], None]) -> None:
        self.name = name
        self.frames: list[bytes] = []
        self._report = report

    def hear(self, frame: bytes) -> None:
        self.frames.append(frame)

    async def close(self) -> None:
        self._report(AgentSpoke(self.name, Transcript("and that was all")))


class Call:
    """A bridged call: Sam has it, Kim and Eve are about."""

    def __init__(self, sample_rate: int = 16000) -> None:
        self.line = MemoryLine(sample_rate)
        self.legs = AgentLegs()
        self.sam, self.kim, self.eve = (MemoryLeg(name) for name in ("sam", "kim", "eve"))
        for leg in (self.sam, self.kim, self.eve):
            self.legs.connect(leg)
        self.ears: dict[str, WrittenDown] = {}
        self.reported: list[Event] = []
        self.bridge = Bridge(self.line, self.legs, self._transcriber, self.reported.append)  # type: ignore[arg-type]

    def _transcriber(self, name: str, report: Callable[[AgentSpoke], None]) -> WrittenDown:
        self.ears[name] = WrittenDown(name, report)
        return self.ears[name]

    async def caller_hears(self) -> set[int]:
        return loud_hertz(await later(self.line.heard), self.line.sample_rate)


async def later(heard: list[bytes]) -> list[bytes]:
    """What somebody hears once all that is in flight has arrived."""
    start = len(heard) + 10
    while len(heard) < start + FRAMES:
        await asyncio.sleep(FRAME_S)
    return heard[start : start + FRAMES]


async def heard_by(leg: MemoryLeg) -> set[int]:
    return loud_hertz(await later(leg.heard))


def speaks_into(leg: MemoryLeg) -> Callable[[bytes], None]:
    return lambda frame: leg.hear(frame) if leg.hear else None


@pytest.fixture(params=[16000])
async def call(request: pytest.FixtureRequest, talk: Talk) -> AsyncIterator[Call]:
    """Everybody talks all the time; who is not in the call talks to nobody."""
    call = Call(request.param)
    call.bridge.start()
    talk(call.bridge.hear_caller, CALLER, request.param)
    for leg, hertz in ((call.sam, SAM), (call.kim, KIM), (call.eve, EVE)):
        talk(speaks_into(leg), hertz)
    yield call
    await call.bridge.stop()


@pytest.mark.parametrize("call", [8000, 16000], indirect=True)
async def test_caller_and_agent_hear_each_other_and_not_themselves(call: Call) -> None:
    assert call.bridge.join("sam", "agent")
    assert await call.caller_hears() == {SAM}
    assert await heard_by(call.sam) == {CALLER}


async def test_an_agent_without_a_headset_here_cannot_join(call: Call) -> None:
    assert not call.bridge.join("nobody", "agent")
    assert call.bridge.parties == {}


async def test_the_caller_is_sent_nothing_before_an_agent_is_there(call: Call) -> None:
    call.bridge.join("eve", "listener")
    assert await heard_by(call.eve) == {CALLER}
    assert call.line.heard == []


async def test_consulting_a_colleague_behind_the_callers_back_and_taking_them_in(
    call: Call,
) -> None:
    call.bridge.join("sam", "agent")
    call.bridge.hold(True)
    call.bridge.join("kim", "consulted")
    assert await heard_by(call.sam) == {KIM}
    assert await heard_by(call.kim) == {SAM}
    assert set(await later(call.line.heard)) <= set(hold_music(16000))

    call.bridge.hold(False)
    call.bridge.set_role("kim", "agent")
    assert await call.caller_hears() == {SAM, KIM}
    assert await heard_by(call.kim) == {CALLER, SAM}
    assert call.bridge.parties == {"sam": "agent", "kim": "agent"}

    call.bridge.leave("sam")
    assert await call.caller_hears() == {KIM}
    assert call.sam.hear is None


@pytest.mark.parametrize(
    ("role", "caller", "agent"),
    [
        ("listener", {SAM}, {CALLER}),
        ("whisperer", {SAM}, {CALLER, EVE}),
        ("agent", {SAM, EVE}, {CALLER, EVE}),
    ],
)
async def test_a_supervisor_listens_whispers_or_barges_in(
    call: Call, role: Role, caller: set[int], agent: set[int]
) -> None:
    call.bridge.join("sam", "agent")
    call.bridge.join("eve", role)
    assert await heard_by(call.eve) == {CALLER, SAM}
    assert await call.caller_hears() == caller
    assert await heard_by(call.sam) == agent


async def test_a_muted_agent_is_heard_by_nobody_and_hears_all_the_same(call: Call) -> None:
    call.bridge.join("sam", "agent")
    call.bridge.mute("sam", True)
    assert await call.caller_hears() == set()
    assert await heard_by(call.sam) == {CALLER}
    call.bridge.mute("sam", False)
    assert await call.caller_hears() == {SAM}


async def test_while_the_line_itself_speaks_the_bridge_leaves_the_callers_ear_alone(
    call: Call,
) -> None:
    call.bridge.join("sam", "agent")
    await call.caller_hears()
    call.bridge.bot_speaks(True)
    await asyncio.sleep(3 * FRAME_S)
    sent = len(call.line.heard)
    assert await heard_by(call.sam) == {CALLER}
    assert len(call.line.heard) == sent
    call.bridge.bot_speaks(False)
    assert await call.caller_hears() == {SAM}
    assert call.line.told == [{"type": "live", "on": on} for on in (True, False, True)]


async def test_the_callers_page_is_told_where_live_audio_begins_and_ends(call: Call) -> None:
    call.bridge.join("sam", "agent")
    await call.caller_hears()
    await call.bridge.stop()
    assert call.line.order[0] == "True"
    assert call.line.order[-1] == "False"
    assert set(call.line.order[1:-1]) == {"audio"}


class TestALegThatGoesAway:
    async def test_the_caller_hears_music_until_it_is_back(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        await call.caller_hears()
        call.legs.disconnect(call.sam)
        call.sam.hear = None
        await asyncio.sleep(1.2)
        assert set(await later(call.line.heard)) <= set(hold_music(16000))
        again = MemoryLeg("sam")
        call.legs.connect(again)
        while again.hear is None:
            await asyncio.sleep(FRAME_S)
        assert await heard_by(again) == {CALLER}

    async def test_a_new_one_goes_on_in_its_place(self, call: Call, talk: Talk) -> None:
        call.bridge.join("sam", "agent")
        again = MemoryLeg("sam")
        talk(speaks_into(again), SAM + 200)
        call.legs.connect(again)
        assert await call.caller_hears() == {SAM + 200}
        assert await heard_by(again) == {CALLER}
        assert call.sam.hear is None

    async def test_one_that_breaks_costs_nobody_else_anything(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        call.bridge.join("kim", "agent")
        call.kim.broken = True
        assert await heard_by(call.sam) == {CALLER, KIM}
        assert await call.caller_hears() == {SAM, KIM}

    async def test_a_caller_who_does_not_read_costs_the_agent_nothing(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        call.line.stuck.clear()
        assert await heard_by(call.sam) == {CALLER}
        call.line.stuck.set()
        assert await call.caller_hears() == {SAM}

    async def test_frames_that_are_none_are_not_heard(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        await call.caller_hears()
        assert call.sam.hear is not None
        call.sam.hear(b"")
        call.sam.hear(b"odd")
        call.sam.hear(bytes(6400))
        assert await call.caller_hears() == {SAM}


async def test_an_agent_who_joins_another_call_leaves_the_first(call: Call) -> None:
    call.bridge.join("sam", "agent")
    call.bridge.join("kim", "agent")
    other = Bridge(MemoryLine(), call.legs, None, call.reported.append)
    other.start()
    assert other.join("kim", "agent")
    assert await call.caller_hears() == {SAM}
    assert call.bridge.parties == {"sam": "agent"}
    assert other.parties == {"kim": "agent"}
    assert call.kim.hear is not None
    await other.stop()
    assert call.kim.hear is None


class TestWritingDown:
    async def test_what_the_caller_hears_of_an_agent_is_written_down(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        assert loud_hertz(await later(call.ears["sam"].frames)) == {SAM}

    async def test_what_is_said_behind_the_callers_back_is_not(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        call.bridge.join("kim", "consulted")
        call.bridge.join("eve", "whisperer")
        assert set(call.ears) == {"sam"}
        for silencing in (call.bridge.hold, call.bridge.bot_speaks):
            silencing(True)
            assert loud_hertz(await later(call.ears["sam"].frames)) == set()
            silencing(False)
        call.bridge.mute("sam", True)
        assert loud_hertz(await later(call.ears["sam"].frames)) == set()

    async def test_the_last_words_are_reported_before_the_bridge_is_gone(self, call: Call) -> None:
        call.bridge.join("sam", "agent")
        await call.bridge.stop()
        assert call.reported == [AgentSpoke("sam", Transcript("and that was all"))]

    async def test_a_recogniser_that_does_not_start_costs_the_words_alone(
        self, call: Call, talk: Talk
    ) -> None:
        def broken(*_: object) -> WrittenDown:
            raise RuntimeError("no model")

        line = MemoryLine()
        bridge = Bridge(line, call.legs, broken, call.reported.append)  # type: ignore[arg-type]
        bridge.start()
        assert bridge.join("sam", "agent")
        assert loud_hertz(await later(line.heard)) == {SAM}
        await bridge.stop()


async def test_it_can_be_stopped_and_started_again(call: Call) -> None:
    call.bridge.join("sam", "agent")
    await call.caller_hears()
    await call.bridge.stop()
    await call.bridge.stop()
    assert not call.bridge.active
    assert call.bridge.parties == {}
    assert call.sam.hear is None
    sent = len(call.line.heard)
    await asyncio.sleep(5 * FRAME_S)
    assert len(call.line.heard) == sent
    call.bridge.start()
    call.bridge.start()
    call.bridge.join("kim", "agent")
    assert await call.caller_hears() == {KIM}


async def test_after_a_stall_there_is_no_burst() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def tick() -> None:
        async for now in ticks():
            times.append(now)

    ticking = asyncio.create_task(tick())
    while len(times) < 3:
        await asyncio.sleep(0.001)
    stalled_until = loop.time() + 1.0
    while loop.time() < stalled_until:
        pass
    while len(times) < 10:
        await asyncio.sleep(0.001)
    ticking.cancel()
    after = [time for time in times if time > stalled_until]
    assert len(after) <= (after[-1] - after[0] + CATCH_UP_S) / FRAME_S + 1
