"""When a training stops: by itself, by the clock or by Ctrl-C, and always between two steps."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Tells whether it is time to stop.

    Args:
        minutes: How long there is; None without end.
    """

    def __init__(self, minutes: float | None = None) -> None:
        self._end = None if minutes is None else time.monotonic() + 60 * minutes
        self.asked = False

    @property
    def due(self) -> bool:
        """Whether somebody asked, or time is up."""
        return self.asked or (self._end is not None and time.monotonic() >= self._end)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the first Ctrl-C (or SIGTERM) as a wish to stop; the second one interrupts."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.getsignal(number) for number in signals}

        def ask(number: int, frame: FrameType | None) -> None:
            self.asked = True
            for known, handler in before.items():
                signal.signal(known, handler)

        for number in signals:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
