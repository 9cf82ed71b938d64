"""It is noticed when the bot's voice is torn, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from voice_gateway import metrics
from voice_gateway.transports.line import HungUp, Received
from voice_gateway.watched_line import WatchedLine

RATE = 16_000
FRAME = bytes(640)


class Line:
    """Writes down what it is asked for; its network may be slow."""

    sample_rate = RATE
    channel = "test"

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.network_s = 0.0

    async def send_audio(self, pcm: bytes) -> None:
        self.asked.append(pcm)
        await asyncio.sleep(self.network_s)

    async def send_mark(self, mark_id: int) -> None:
        self.asked.append(mark_id)

    async def clear(self) -> None:
        self.asked.append("clear")

    async def notify(self, message: Mapping[str, Any]) -> None:
        self.asked.append(message)

    async def received(self) -> AsyncIterator[Received]:
        yield HungUp("caller_hung_up")

    async def close(self, reason: str) -> None:
        self.asked.append(reason)


class Clock:
    """The event loop's time, which stands still unless it is told to pass."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def far() -> Line:
    return Line()


@pytest.fixture
def line(far: Line) -> WatchedLine:
    return WatchedLine(far)


@pytest.fixture
def torn() -> Callable[[], float]:
    before = metrics.reading(metrics.VOICE_TORN, "_total")
    return lambda: metrics.reading(metrics.VOICE_TORN, "_total") - before


async def test_audio_in_time_is_well(line: WatchedLine, clock: Clock, torn: Any) -> None:
    await line.send_audio(FRAME * 10)
    for _ in range(50):
        await line.send_audio(FRAME)
        clock.passes(0.02)
    assert torn() == 0


async def test_each_gap_in_an_utterance_is_counted(
    line: WatchedLine, clock: Clock, torn: Any
) -> None:
    await line.send_audio(FRAME)
    for _ in range(3):
        clock.passes(0.05)
        await line.send_audio(FRAME)
    assert torn() == 3


async def test_between_utterances_nothing_is_torn(
    line: WatchedLine, clock: Clock, torn: Any
) -> None:
    await line.send_audio(FRAME)
    await line.send_mark(1)
    clock.passes(0.1)
    await line.send_audio(FRAME)
    await line.clear()
    clock.passes(0.1)
    await line.send_audio(FRAME)
    clock.passes(2.0)
    await line.send_audio(FRAME)
    assert torn() == 0


async def test_people_who_talk_are_not_counted(line: WatchedLine, clock: Clock, torn: Any) -> None:
    await line.notify({"type": "live", "on": True})
    for _ in range(5):
        await line.send_audio(FRAME)
        clock.passes(0.03)
    await line.notify({"type": "live", "on": False})
    await line.send_audio(FRAME)
    assert torn() == 0


async def test_a_slow_network_is_not_the_servers_fault(
    line: WatchedLine, far: Line, clock: Clock, torn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(pcm: bytes) -> None:
        clock.passes(0.1)

    monkeypatch.setattr(far, "send_audio", slow)
    for _ in range(5):
        await line.send_audio(FRAME)
    assert torn() == 0


async def test_it_is_the_line_that_it_watches(line: WatchedLine, far: Line) -> None:
    assert (line.sample_rate, line.channel) == (RATE, "test")
    await line.send_audio(FRAME)
    await line.send_mark(1)
    await line.clear()
    await line.notify({"type": "state", "state": "listening"})
    await line.close("completed")
    assert far.asked == [FRAME, 1, "clear", {"type": "state", "state": "listening"}, "completed"]
    assert [received async for received in line.received()] == [HungUp("caller_hung_up")]
