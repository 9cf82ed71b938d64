"""Where only reading is allowed: it holds for whoever entered, and for nobody else."""

from __future__ import annotations

import asyncio

import pytest

from contact_center.only_reading import WriteRefused, only_reading, refuse_if_only_reading


def test_elsewhere_nothing_is_refused() -> None:
    refuse_if_only_reading("something is written")


def test_the_refusal_says_what_was_about_to_be_done() -> None:
    with only_reading(), pytest.raises(WriteRefused, match="something is written"):
        refuse_if_only_reading("something is written")


def test_it_ends_also_by_an_exception() -> None:
    with pytest.raises(LookupError), only_reading():
        raise LookupError
    refuse_if_only_reading("something is written")


async def test_it_holds_for_the_tasks_that_are_started_in_it_and_for_no_other() -> None:
    entered, tried = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        refuse_if_only_reading("something is written")

    async def read() -> None:
        with only_reading():
            entered.set()
            await tried.wait()
            with pytest.raises(WriteRefused):
                await asyncio.create_task(write())

    reading = asyncio.create_task(read())
    await entered.wait()
    await write()
    tried.set()
    await reading
