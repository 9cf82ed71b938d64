"""Answers that take the same time whatever was found, so that waiting tells a caller nothing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from contact_center.only_reading import refuse_if_only_reading

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


def rest_s(spent_s: float, step_s: float, least_s: float = 0.0) -> float:
    """Tell how much longer an answer has to wait.

    Work that outlasts the usual time is not answered when it is done but at the next step, because
    on a busy machine the end of the work would tell what the work was.

    Args:
        spent_s: How long the work took, in seconds.
        step_s: Answers are given only at whole multiples of this time; 0 to wait for nothing.
        least_s: Added to every multiple, in seconds.

    Returns:
        The time still to wait, in seconds.
    """
    if step_s <= 0:
        return max(0.0, least_s - spent_s)
    steps = max(1, math.ceil((spent_s - least_s) / step_s))
    return least_s + steps * step_s - spent_s


class EvenTime:
    """Pads whatever runs in it.

    Args:
        step_s: Answers are given only at whole multiples of this time, in seconds.
        clock: A clock that only goes forward, in seconds.
        sleep: How to wait a number of seconds.
    """

    def __init__(
        self, step_s: float, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._step_s = step_s
        self._clock = clock
        self._sleep = sleep

    @asynccontextmanager
    async def padded(self) -> AsyncIterator[Padding]:
        """Run something, and leave when its time is up, also by an exception.

        Returns:
            What can be told to wait longer.

        Raises:
            WriteRefused: This runs in `only_reading`; nothing has been looked up, so that neither
                the refusal nor its speed tells anything.
        """
        refuse_if_only_reading("the answer has to take its time")
        padding = Padding()
        began = self._clock()
        try:
            yield padding
        finally:
            await self._sleep(rest_s(self._clock() - began, self._step_s, padding.least_s))


class Padding:
    """How long an answer waits at least, besides the usual time.

    Attributes:
        least_s: In seconds.
    """

    least_s: float = 0.0
