"""Agents' sound over real WebSockets, in calls and out of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent_desk.web.audio_socket import AUDIO_PATH, audio_routes
from agent_desk.web.server import WebServer
from voice_gateway.bridge.leg import AgentLeg, AgentLegs

FRAME = np.arange(320, dtype="<i2").tobytes()


def named_in_address(socket: WebSocket) -> str | None:
    """Stands in for the session: the address says who it is."""
    return socket.query_params.get("name")


@dataclass
class Served:
    """The desk's sound, and what there is of agents."""

    legs: AgentLegs
    url: str

    def dial(self, name: str = "sam") -> connect:
        return connect(f"{self.url}?name={name}", compression=None, proxy=None)

    async def leg_of(self, name: str = "sam", but: AgentLeg | None = None) -> AgentLeg:
        while (leg := self.legs.get(name)) is None or leg is but:
            await asyncio.sleep(0.005)
        return leg

    async def gone(self, name: str = "sam") -> None:
        while self.legs.get(name) is not None:
            await asyncio.sleep(0.005)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    legs = AgentLegs()
    app = Starlette(routes=audio_routes(legs, named_in_address))
    async with WebServer(app, host="127.0.0.1", port=0) as server:
        yield Served(legs, f"ws://127.0.0.1:{server.port}{AUDIO_PATH}")


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


async def closed(desk: ClientConnection) -> tuple[int, str]:
    """Why the server closed the connection."""
    await desk.wait_closed()
    assert desk.close_code is not None
    return desk.close_code, desk.close_reason or ""


async def test_nothing_is_heard_before_a_call_is_joined(served: Served) -> None:
    heard: list[bytes] = []
    async with served.dial() as desk:
        leg = await served.leg_of()
        assert (leg.name, leg.sample_rate) == ("sam", 16000)
        await desk.send(FRAME)
        await (await desk.ping())  # answered after all that was sent before it
        leg.attach(heard.append)
        assert json.loads(await desk.recv()) == {"type": "live", "on": True}
        await desk.send(FRAME[::-1])
        await until(lambda: bool(heard))
        assert heard == [FRAME[::-1]]


async def test_sound_goes_both_ways_until_the_call_is_over(served: Served) -> None:
    heard: list[bytes] = []
    async with served.dial() as desk:
        leg = await served.leg_of()
        leg.attach(heard.append)
        await desk.recv()
        await desk.send(FRAME)
        await leg.send_audio(FRAME)
        assert await desk.recv() == FRAME
        await until(lambda: heard == [FRAME])
        leg.detach()
        leg.detach()
        assert json.loads(await desk.recv()) == {"type": "live", "on": False}
        await desk.send(FRAME)
        await leg.send_audio(FRAME)
        assert await desk.recv() == FRAME
        assert heard == [FRAME]


async def test_sound_in_other_pieces_is_cut_into_frames(served: Served) -> None:
    heard: list[bytes] = []
    async with served.dial() as desk:
        (await served.leg_of()).attach(heard.append)
        for piece in (FRAME[:100], FRAME[100:] + FRAME + FRAME[:2], b"", FRAME[2:]):
            await desk.send(piece)
        await until(lambda: heard == [FRAME] * 3)


async def test_a_leg_is_gone_with_its_connection_and_sending_to_it_is_no_error(
    served: Served,
) -> None:
    async with served.dial():
        leg = await served.leg_of()
        leg.attach(lambda _: None)
    await served.gone()
    for _ in range(3):
        await leg.send_audio(FRAME)
    leg.detach()


async def test_a_browser_that_is_killed_is_noticed(served: Served) -> None:
    desk = await served.dial()
    await served.leg_of()
    desk.transport.abort()
    await served.gone()


async def test_the_window_opened_last_has_the_agents_voice(served: Served) -> None:
    async with served.dial():
        first = await served.leg_of()
        async with served.dial():
            assert await served.leg_of(but=first) is not first
        await until(lambda: served.legs.get("sam") is first)


async def test_nobody_talks_without_being_signed_in(served: Served) -> None:
    async with connect(served.url, proxy=None) as desk:
        assert await closed(desk) == (4401, "sign in first")
    assert served.legs.names == frozenset()


@pytest.mark.parametrize(
    ("nonsense", "code", "reason"),
    [
        ("hello", 1003, "nothing but sound"),
        (b"odd", 1007, "two bytes a sample"),
        (bytes(6402), 1009, "too long"),
    ],
)
async def test_nonsense_ends_that_connection_with_a_reason_and_no_other(
    served: Served, nonsense: Any, code: int, reason: str
) -> None:
    heard: list[bytes] = []
    async with served.dial("kim") as other, served.dial() as desk:
        (await served.leg_of("kim")).attach(heard.append)
        await served.leg_of()
        await desk.send(nonsense)
        why = await closed(desk)
        assert why[0] == code
        assert reason in why[1]
        await served.gone()
        await other.send(FRAME)
        await until(lambda: heard == [FRAME])


async def test_a_flood_is_cut_off(served: Served) -> None:
    async with served.dial() as desk:
        await served.leg_of()
        with suppress(ConnectionClosed):
            for _ in range(200):
                await desk.send(bytes(6400))
                await asyncio.sleep(0)
        code, reason = await closed(desk)
        await served.gone()
    assert code == 1008
    assert "faster than real time" in reason
