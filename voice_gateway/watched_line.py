"""A line on which it is noticed when the bot's voice is torn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from voice_gateway import metrics
from voice_gateway.transports.line import SAMPLE_BYTES, Line, Received

# A longer pause is a pause between utterances, not a gap torn into one.
_GAP_S: Final = 0.3


class WatchedLine:
    """Another line, and a count of how often audio came to it after all before it was played.

    What people say to each other is passed on as it comes and is not counted, and time spent
    waiting for a caller's slow network does not count either.

    Args:
        line: The connection to the caller.
    """

    def __init__(self, line: Line) -> None:
        self.sample_rate: int = line.sample_rate
        self.channel: str = line.channel
        self._line = line
        self._played_until = 0.0
        self._unfinished = False
        self._live = False

    async def send_audio(self, pcm: bytes) -> None:
        """Send audio to be played after all that was sent before."""
        loop = asyncio.get_running_loop()
        if self._unfinished and 0 < loop.time() - self._played_until < _GAP_S:
            metrics.VOICE_TORN.inc()
        await self._line.send_audio(pcm)
        length_s = len(pcm) / (self.sample_rate * SAMPLE_BYTES)
        self._played_until = max(self._played_until, loop.time()) + length_s
        self._unfinished = not self._live

    async def send_mark(self, mark_id: int) -> None:
        """Ask to be told when all audio sent so far has been played."""
        self._unfinished = False
        await self._line.send_mark(mark_id)

    async def clear(self) -> None:
        """Stop playing at once."""
        self._played_until = 0.0
        self._unfinished = False
        await self._line.clear()

    async def notify(self, message: Mapping[str, Any]) -> None:
        """Tell the caller's page something."""
        if message["type"] == "live":
            self._live = message["on"]
            self._unfinished = False
        await self._line.notify(message)

    def received(self) -> AsyncIterator[Received]:
        """What comes from the caller."""
        return self._line.received()

    async def close(self, reason: str) -> None:
        """End the call at once."""
        await self._line.close(reason)
