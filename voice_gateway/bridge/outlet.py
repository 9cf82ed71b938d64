"""What is sent to one party, so that a slow network makes nobody else wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

MOST_WAITING: Final = 10
"""After 200 ms that could not be sent, newer frames are worth more than older ones."""


class Outlet(Generic[T]):
    """Sends one thing after the other; what cannot be sent in time is dropped, oldest first.

    Args:
        send: Sends one; when it fails, nothing more is sent.
        name: For the log.

    Attributes:
        dropped: How many could not be sent in time.
    """

    def __init__(self, send: Callable[[T], Awaitable[None]], name: str) -> None:
        self._send = send
        self._name = name
        self._waiting: deque[T] = deque()
        self._more = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"bridge to {name}")
        self.dropped = 0

    def put(self, item: T) -> None:
        """Send something as soon as may be.

        Args:
            item: What to send.
        """
        if self._task.done():
            return
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(item)
        self._more.set()

    def forget(self) -> None:
        """Drop what has not been sent."""
        self._waiting.clear()

    def stop(self) -> Awaitable[object]:
        """Send nothing more.

        Returns:
            To be awaited by whoever must know that nothing more comes.
        """
        self._task.cancel()
        return asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    await self._send(self._waiting.popleft())
        except Exception:
            log.exception("bridge_cannot_send", to=self._name)
            self._waiting.clear()
