"""The listener runs in threads, in order, and a break costs a turn and not the call."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.events import FinalTranscript, PartialTranscript, SpeechStopped
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.ear import Ear, Heard


class ScriptedListener:
    """Stands in for Vosk, to see the order of things: a frame is heard as its own text."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.threads: set[int] = set()

    def hear(self, frame: bytes) -> list[Heard]:
        self.threads.add(threading.get_ident())
        if frame == b"break":
            raise RuntimeError("decoder broke")
        self.heard.append(frame.decode())
        return [PartialTranscript(" ".join(self.heard))]

    def finish(self) -> FinalTranscript:
        if self.heard == ["cursed"]:
            raise RuntimeError("decoder broke")
        text, self.heard = " ".join(self.heard), []
        return FinalTranscript(Transcript(text))

    def expect(self, grammar: str, choices: Sequence[str], length: int | None) -> None:
        self.heard.append(f"<{grammar}>")


@asynccontextmanager
async def hearing(listener: ScriptedListener) -> AsyncIterator[tuple[Ear, asyncio.Queue[Heard]]]:
    reports: asyncio.Queue[Heard] = asyncio.Queue()
    ear = Ear(listener, ThreadPoolExecutor(2), reports.put_nowait)  # type: ignore[arg-type]
    running = asyncio.create_task(ear.run())
    yield ear, reports
    running.cancel()


async def final(reports: asyncio.Queue[Heard]) -> str:
    while not isinstance(heard := await reports.get(), FinalTranscript):
        pass
    return heard.transcript.text


async def test_frames_grammars_and_ends_of_turns_keep_their_order() -> None:
    listener = ScriptedListener()
    async with hearing(listener) as (ear, reports):
        ear.hear(b"one")
        ear.expect(Expect("digits"))
        ear.hear(b"two")
        ear.finish()
        ear.hear(b"three")
        ear.finish()
        assert await final(reports) == "one <digits> two"
        assert await final(reports) == "three"


async def test_hearing_never_happens_in_the_event_loops_thread() -> None:
    listener = ScriptedListener()
    async with hearing(listener) as (ear, reports):
        for _ in range(50):
            ear.hear(b"x")
        ear.finish()
        await final(reports)
    assert threading.get_ident() not in listener.threads


async def test_while_nobody_waits_for_the_words_frames_are_heard_many_at_once() -> None:
    class Counting(ThreadPoolExecutor):
        hops = 0

        def submit(self, *work: Any, **more: Any) -> Any:
            self.hops += 1
            return super().submit(*work, **more)

    threads, reports = Counting(1), asyncio.Queue[Heard]()
    ear = Ear(ScriptedListener(), threads, reports.put_nowait)  # type: ignore[arg-type]
    ear.unhurried = True
    running = asyncio.create_task(ear.run())
    for _ in range(10):
        ear.hear(b"x")
        await asyncio.sleep(0)
    for _ in range(10):
        await reports.get()
    running.cancel()
    assert threads.hops == 1


async def test_a_listener_that_breaks_on_a_frame_goes_on_with_the_next() -> None:
    async with hearing(ScriptedListener()) as (ear, reports):
        ear.hear(b"break")
        ear.hear(b"still here")
        ear.finish()
        assert await final(reports) == "still here"


async def test_a_listener_that_breaks_at_the_end_of_a_turn_gives_an_empty_transcript() -> None:
    async with hearing(ScriptedListener()) as (ear, reports):
        ear.hear(b"cursed")
        ear.finish()
        assert await final(reports) == ""


async def test_silence_is_told_with_the_time_that_hearing_took() -> None:
    class Slow(ScriptedListener):
        def hear(self, frame: bytes) -> list[Heard]:
            time.sleep(0.1)
            return [SpeechStopped(0.16)]

    async with hearing(Slow()) as (ear, reports):
        ear.hear(b"quiet")
        stopped = await reports.get()
        assert isinstance(stopped, SpeechStopped)
        assert stopped.silence >= 0.26
