"""A program can work a desk as an agent does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from agent_desk.client import DeskClient, DeskConnectionError, desk_url
from agent_desk.desk_protocol import Accepted, Closed, Offered
from contact_center.handoff_packet import HandoffPacket

if TYPE_CHECKING:
    from tests.agent_desk.conftest import Line


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("http://127.0.0.1:8900", "ws://127.0.0.1:8900/v1/desk"),
        ("http://127.0.0.1:8900/", "ws://127.0.0.1:8900/v1/desk"),
        ("https://line.example/warm", "wss://line.example/warm/v1/desk"),
        ("ws://127.0.0.1:8900/v1/desk", "ws://127.0.0.1:8900/v1/desk"),
    ],
)
def test_the_address_of_the_desk_follows_from_the_servers(server: str, address: str) -> None:
    assert desk_url(server) == address


@pytest.mark.parametrize("server", ["127.0.0.1:8900", "ftp://host", "", "http://"])
def test_what_is_no_address_is_refused_in_words(server: str) -> None:
    with pytest.raises(ValueError, match=r"http://127\.0\.0\.1:8900"):
        desk_url(server)


async def test_a_program_waits_takes_and_closes(
    line: Line, packet: Callable[..., HandoffPacket]
) -> None:
    await line.call()
    async with line.connect() as desk:
        waiting = asyncio.create_task(desk.next_offer(within_s=20))
        await asyncio.sleep(0)
        await line.offer(packet())
        item = await waiting
        await desk.accept(item.handoff_id)
        await desk.wait_for(Accepted)
        await desk.close("call_back_promised", "tomorrow at nine")
        closed = await desk.wait_for(Closed)

    assert closed.disposition == "call_back_promised"
    assert desk.state.active is None


async def test_nobody_waiting_is_reported_in_time(line: Line) -> None:
    async with line.connect() as desk:
        with pytest.raises(TimeoutError):
            await desk.next_offer(within_s=0.01)
        with pytest.raises(TimeoutError):
            await desk.wait_for(Offered, within_s=0.01)


async def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(DeskConnectionError, match=r"No server answers at ws://127\.0\.0\.1:9/"):
        async with DeskClient.connect("http://127.0.0.1:9", "token"):
            pass


async def test_a_server_that_goes_away_is_noticed(line: Line) -> None:
    async with line.connect() as desk:
        line.server.close()
        with pytest.raises(DeskConnectionError) as lost:
            await desk.wait_for(Offered)
        assert not lost.value.final
        with pytest.raises(DeskConnectionError):
            await desk.say("hello")
