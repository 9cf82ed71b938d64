"""Runs one call's listener in a thread, in order, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import structlog

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.events import (
    FinalTranscript,
    PartialTranscript,
    SpeechStarted,
    SpeechStopped,
)
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.listener import Listener

log = structlog.get_logger(__name__)

Heard = SpeechStarted | SpeechStopped | PartialTranscript | FinalTranscript
# Frames that wait are decoded together; a batch is short enough to let other calls have a turn.
BATCH_FRAMES = 10
UNHURRIED_S = 0.1


class _Finish:
    """Stands in the queue where the turn ended."""


class Ear:
    """Hears one call.

    Args:
        listener: Voice activity and recognition; blocking, so it runs in `threads`.
        threads: Where it runs; one call is never in two threads at once.
        report: Takes what was heard.
    """

    def __init__(
        self, listener: Listener, threads: Executor, report: Callable[[Heard], None]
    ) -> None:
        self._listener = listener
        self._threads = threads
        self._report = report
        self.unhurried = False
        """Nobody waits for the words, as while people talk with each other: frames are gathered
        for a tenth of a second, and the threads are bothered that much less often."""
        self._work: asyncio.Queue[bytes | _Finish | Expect] = asyncio.Queue()

    def hear(self, frame: bytes) -> None:
        """Take in 20 ms of the caller's audio."""
        self._work.put_nowait(frame)

    def finish(self) -> None:
        """The turn has ended: a `FinalTranscript` follows for all that was heard so far."""
        self._work.put_nowait(_Finish())

    def expect(self, expected: Expect) -> None:
        """Listen for something else from here on."""
        self._work.put_nowait(expected)

    async def run(self) -> None:
        """Hear until cancelled. A listener that breaks loses a turn, not the call."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._work.get()]
            if self.unhurried:
                await asyncio.sleep(UNHURRIED_S)
            while len(batch) < BATCH_FRAMES and not self._work.empty():
                batch.append(self._work.get_nowait())
            arrived = loop.time()
            for heard in await loop.run_in_executor(self._threads, self._process, batch):
                self._report(_since(heard, loop.time() - arrived))

    def _process(self, batch: list[bytes | _Finish | Expect]) -> list[Heard]:
        heard: list[Heard] = []
        for item in batch:
            try:
                match item:
                    case bytes():
                        heard += self._listener.hear(item)
                    case Expect(grammar, choices, length):
                        self._listener.expect(grammar, choices, length)
                    case _Finish():
                        heard.append(self._listener.finish())
            except Exception:
                log.exception("listener_failed")
                if isinstance(item, _Finish):
                    heard.append(FinalTranscript(Transcript("")))
        return heard


def _since(heard: Heard, seconds: float) -> Heard:
    """Silence goes on while words are made of what was before it."""
    if isinstance(heard, SpeechStopped):
        return replace(heard, silence=heard.silence + seconds)
    return heard
