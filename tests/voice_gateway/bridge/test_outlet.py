"""What cannot be sent in time is dropped, and nobody waits for it."""

from __future__ import annotations

import asyncio

from voice_gateway.bridge.outlet import MOST_WAITING, Outlet


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_everything_arrives_in_order() -> None:
    sent: list[int] = []

    async def send(item: int) -> None:
        sent.append(item)

    outlet = Outlet(send, "sam")
    for number in range(5):
        outlet.put(number)
    await settle()
    assert sent == [0, 1, 2, 3, 4]
    await outlet.stop()


async def test_a_far_end_that_does_not_read_loses_the_oldest() -> None:
    reads = asyncio.Event()
    sent: list[int] = []

    async def send(item: int) -> None:
        await reads.wait()
        sent.append(item)

    outlet = Outlet(send, "sam")
    outlet.put(0)
    await settle()
    for number in range(1, MOST_WAITING + 6):
        outlet.put(number)
    reads.set()
    await settle()
    assert sent == [0, *range(6, MOST_WAITING + 6)]
    assert outlet.dropped == 5
    await outlet.stop()


async def test_one_that_breaks_is_sent_nothing_more() -> None:
    tried: list[int] = []

    async def send(item: int) -> None:
        tried.append(item)
        raise OSError("gone")

    outlet = Outlet(send, "sam")
    for _ in range(3):
        outlet.put(1)
        await settle()
    assert tried == [1]
    await outlet.stop()


async def test_what_is_forgotten_is_not_sent() -> None:
    sent: list[int] = []

    async def send(item: int) -> None:
        sent.append(item)

    outlet = Outlet(send, "sam")
    outlet.put(1)
    outlet.forget()
    outlet.put(2)
    await settle()
    assert sent == [2]
    await outlet.stop()
