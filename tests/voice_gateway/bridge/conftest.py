"""Parties of a bridged call in memory: a caller's line and agents' headsets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import numpy as np
import pytest

from voice_gateway.bridge.leg import Hear
from voice_gateway.transports.line import HungUp, Received, frame_bytes

FRAME_S = 0.02


def sound_of(frames: list[bytes]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(b"".join(frames), "<i2").astype(np.float64)


def loud_hertz(frames: list[bytes], rate: int = 16000, above: float = 0.15) -> set[int]:
    """The tones in a piece of sound, to the nearest 50 Hz."""
    samples = sound_of(frames) * np.hanning(len(b"".join(frames)) // 2)
    strengths = np.abs(np.fft.rfft(samples))
    if not strengths.size or strengths.max() < 1e5:
        return set()
    places = np.flatnonzero(strengths > above * strengths.max())
    return {round(place * rate / samples.size / 50) * 50 for place in places}


class MemoryLine:
    """A caller's line that keeps what it is sent, in order."""

    channel = "test"

    def __init__(self, sample_rate: int = 16000) -> None:
        self.sample_rate = sample_rate
        self.heard: list[bytes] = []
        self.told: list[Mapping[str, Any]] = []
        self.order: list[str] = []
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def send_audio(self, pcm: bytes) -> None:
        await self.stuck.wait()
        self.heard.append(pcm)
        self.order.append("audio")

    async def send_mark(self, mark_id: int) -> None: ...

    async def clear(self) -> None: ...

    async def notify(self, message: Mapping[str, Any]) -> None:
        self.told.append(message)
        self.order.append(str(message.get("on")))

    async def received(self) -> AsyncIterator[Received]:
        yield HungUp("caller_hung_up")

    async def close(self, reason: str) -> None: ...


class MemoryLeg:
    """An agent's headset that keeps what it is sent."""

    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[bytes] = []
        self.hear: Hear | None = None
        self.broken = False

    def attach(self, hear: Hear) -> None:
        self.hear = hear

    def detach(self) -> None:
        self.hear = None

    async def send_audio(self, pcm: bytes) -> None:
        if self.broken:
            raise OSError("the headset fell into the coffee")
        self.heard.append(pcm)


class Talker:
    """Says a tone in frames of 20 ms, in real time, for as long as it is let."""

    def __init__(self, say: Callable[[bytes], None], hertz: float, rate: int = 16000) -> None:
        self._say = say
        self._hertz = hertz
        self._rate = rate
        self.task = asyncio.create_task(self._talk())

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        due, at = loop.time(), 0
        size = frame_bytes(self._rate) // 2
        while True:
            time = np.arange(at, at + size) / self._rate
            wave = 6000 * np.sin(2 * np.pi * self._hertz * time)
            self._say(wave.astype("<i2").tobytes())
            at += size
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))


Talk = Callable[..., Talker]


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """Lets somebody talk until the test is over."""
    talkers: list[Talker] = []

    def begin(say: Callable[[bytes], None], hertz: float, rate: int = 16000) -> Talker:
        talkers.append(Talker(say, hertz, rate))
        return talkers[-1]

    yield begin
    for talker in talkers:
        talker.task.cancel()
