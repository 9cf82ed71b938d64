"""Writes down what an agent says to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Final

from voice_gateway.conversation.events import (
    AgentSpoke,
    FinalTranscript,
    SpeechStarted,
    SpeechStopped,
)
from voice_gateway.ear import Ear, Heard
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES

END_OF_TURN_S: Final = 0.7
"""Silence that ends an agent's turn; nobody waits for it, so it need not be clever."""
LONGEST_TURN_S: Final = 20.0
"""A longer turn is written down in pieces, so that the transcript keeps up with it."""
_LAST_TURN_S: Final = 1.0
# Nobody waits for the words, so the threads are bothered ten times a second and not fifty.
_BLOCK_BYTES: Final = LISTENING_RATE // 10 * SAMPLE_BYTES


class AgentEar:
    """Hears one agent and tells each of their turns.

    Made in the event loop; it listens until it is closed.

    Args:
        name: The agent's name.
        listener: A recogniser of its own, at 16 kHz.
        threads: Where it runs.
        report: Takes each turn in which words were recognised.
    """

    def __init__(
        self,
        name: str,
        listener: Listener,
        threads: Executor,
        report: Callable[[AgentSpoke], None],
    ) -> None:
        self._name = name
        self._report = report
        self._waiting = bytearray()
        self._ear = Ear(listener, threads, self._on_heard)
        self._loop = asyncio.get_running_loop()
        self._turn_ends: asyncio.TimerHandle | None = None
        self._finishing = 0
        self._finished = asyncio.Event()
        self._running = asyncio.create_task(self._ear.run(), name="agent ear")

    def hear(self, frame: bytes) -> None:
        """Take in the next 20 ms.

        Args:
            frame: Signed 16-bit mono samples at 16 kHz; silence where the agent is not heard.
        """
        self._waiting += frame
        if len(self._waiting) >= _BLOCK_BYTES:
            self._pass_on()

    async def close(self) -> None:
        """Hear the last turn to its end, and stop."""
        self._cancel_timer()
        self._pass_on()
        self._finish()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_TURN_S):
                while self._finishing:
                    self._finished.clear()
                    await self._finished.wait()
        self._running.cancel()

    def _pass_on(self) -> None:
        self._ear.hear(bytes(self._waiting))
        self._waiting.clear()

    def _on_heard(self, heard: Heard) -> None:
        match heard:
            case SpeechStarted():
                self._end_turn_in(LONGEST_TURN_S)
            case SpeechStopped(silence):
                self._end_turn_in(END_OF_TURN_S - silence)
            case FinalTranscript(transcript):
                self._finishing -= 1
                self._finished.set()
                if transcript.text:
                    self._report(AgentSpoke(self._name, transcript))

    def _end_turn_in(self, seconds: float) -> None:
        self._cancel_timer()
        self._turn_ends = self._loop.call_later(seconds, self._finish)

    def _finish(self) -> None:
        self._finishing += 1
        self._ear.finish()

    def _cancel_timer(self) -> None:
        if self._turn_ends:
            self._turn_ends.cancel()
