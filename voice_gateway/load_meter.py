"""Measures from outside how hard the server works, and keeps admission informed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np

from voice_gateway import metrics
from voice_gateway.admission import Admission, Load
from voice_gateway.transports.line import FRAME_MS

P = ParamSpec("P")
T = TypeVar("T")

TICK_S: Final = 0.05
WEIGH_S: Final = 1.0
WINDOW_S: Final = 3.0
# Answers are fewer than frames.
_ANSWERS_WINDOW_S: Final = 10.0
_FEWEST_ANSWERS: Final = 3
_FEWEST_PIECES: Final = 20
_FEWEST_FRAMES: Final = 1000


class Recent:
    """Measured values of the last few seconds; thread-safe.

    Args:
        window_s: How long a value counts.
    """

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._values: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    def note(self, value: float) -> None:
        """Take in a value.

        Args:
            value: As measured at this moment.
        """
        now = time.monotonic()
        with self._lock:
            self._values.append((now, value))
            self._forget(now)

    def values(self) -> list[float]:
        """List the values that still count."""
        with self._lock:
            self._forget(time.monotonic())
            return [value for _, value in self._values]

    def _forget(self, now: float) -> None:
        while self._values and self._values[0][0] < now - self._window_s:
            self._values.popleft()


def worst_tenth(values: Sequence[float], fewest: int = 1) -> float:
    """Say what nine tenths of the values do not exceed.

    Args:
        values: Not negative.
        fewest: Where fewer are there, zeros are added: what befell one of three tells of chance.
            At least 1.

    Returns:
        The 90th percentile.
    """
    padded = [*values, *[0.0] * (fewest - len(values))]
    return float(np.percentile(padded, 90))


class TimedThreads(Executor):
    """Threads, and how long work waits for one of them.

    Args:
        threads: Do the work.
    """

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._waits = Recent()
        self._waiting: dict[object, float] = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have something done; see `concurrent.futures.Executor`."""
        work = object()

        def begin() -> T:
            self._waits.note(time.monotonic() - self._waiting.pop(work))
            return fn(*args, **kwargs)

        self._waiting[work] = time.monotonic()
        try:
            future = self._threads.submit(begin)
        except RuntimeError:
            del self._waiting[work]
            raise
        # What is cancelled before it begins waits no more.
        future.add_done_callback(lambda _: self._waiting.pop(work, None))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; see `concurrent.futures.Executor`."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def waited(self) -> float:
        """Say how long work waited lately, or waits still, in seconds: the worst tenth."""
        now = time.monotonic()
        still = [now - since for since in self._waiting.copy().values()]
        return worst_tenth([*self._waits.values(), *still], _FEWEST_PIECES)


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the metrics stood at."""

    at: float
    answers: float
    answering_s: float
    torn: float
    frames: float


class LoadMeter:
    """Measures for as long as it is entered.

    Args:
        admission: Told once a second.
        calls: Says how many calls are going on.
        hearing: Threads for recognition.
        speaking: Threads for synthesis.
    """

    def __init__(
        self,
        admission: Admission,
        calls: Callable[[], int],
        hearing: TimedThreads,
        speaking: TimedThreads,
    ) -> None:
        self._admission = admission
        self._calls = calls
        self._hearing = hearing
        self._speaking = speaking
        self._late = Recent()
        self._counts: deque[_Counts] = deque()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> LoadMeter:
        self._task = asyncio.create_task(self._run(), name="load meter")
        return self

    async def __aexit__(self, *_: Any) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        weighed_at = loop.time()
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            now = loop.time()
            self._late.note(max(0.0, now - due))
            if now - weighed_at >= WEIGH_S:
                weighed_at = now
                load = self._measure(now)
                self._admission.weigh(load, self._calls(), now)
                for measure, value in asdict(load).items():
                    metrics.LOAD.labels(measure).set(value)
                metrics.CALLS_CARRIED.set(self._admission.carried)

    def _measure(self, now: float) -> Load:
        self._counts.append(_counts(now))
        while self._counts[0].at < now - _ANSWERS_WINDOW_S:
            self._counts.popleft()
        first, last = self._counts[0], self._counts[-1]
        answers = last.answers - first.answers
        answering_s = last.answering_s - first.answering_s
        frames = max(last.frames - first.frames, _FEWEST_FRAMES)
        return Load(
            loop=worst_tenth(self._late.values()),
            hearing=self._hearing.waited(),
            speaking=self._speaking.waited(),
            answers=answering_s / answers if answers >= _FEWEST_ANSWERS else 0.0,
            torn=(last.torn - first.torn) / frames,
        )


def _counts(now: float) -> _Counts:
    delays = metrics.RESPONSE_DELAY
    total = metrics.reading(delays, "_sum", part="total")
    return _Counts(
        at=now,
        answers=metrics.reading(delays, "_count", part="total"),
        answering_s=total - metrics.reading(delays, "_sum", part="endpoint"),
        torn=metrics.reading(metrics.VOICE_TORN, "_total"),
        frames=metrics.reading(metrics.AUDIO_SENT, "_total") * 1000 / FRAME_MS,
    )
