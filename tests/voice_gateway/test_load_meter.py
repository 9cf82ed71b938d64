"""What is measured of the server's load, with real threads and a real event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from voice_gateway import load_meter, metrics
from voice_gateway.admission import Admission, Load
from voice_gateway.load_meter import LoadMeter, Recent, TimedThreads, worst_tenth


class Remembers(Admission):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(32)
        self.loads: list[Load] = []
        self.calls: list[int] = []

    def weigh(self, load: Load, calls: int, now: float) -> None:
        super().weigh(load, calls, now)
        self.loads.append(load)
        self.calls.append(calls)

    async def until(self, wanted: Callable[[Load], bool]) -> Load:
        while not (self.loads and wanted(self.loads[-1])):
            await asyncio.sleep(0.01)
        return self.loads[-1]


@pytest.fixture
def threads() -> Iterator[TimedThreads]:
    with ThreadPoolExecutor(1) as one:
        yield TimedThreads(one)


@pytest.fixture
def go_on(threads: TimedThreads) -> Iterator[threading.Event]:
    """What the work of a test waits for; set in the end, as threads are waited for."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_meter, "TICK_S", 0.01)
    monkeypatch.setattr(load_meter, "WEIGH_S", 0.02)


class TestWorstTenth:
    def test_one_bad_moment_among_many_good_ones_does_not_count(self) -> None:
        assert worst_tenth([0.001] * 99 + [5.0]) == pytest.approx(0.001)

    def test_a_bad_tenth_counts(self) -> None:
        assert worst_tenth([5.0] * 20 + [0.001] * 80) == pytest.approx(5.0)

    def test_one_of_a_few_tells_of_chance(self) -> None:
        assert worst_tenth([5.0, 0.0, 0.0], fewest=20) == 0.0
        assert worst_tenth([5.0] * 4, fewest=20) == pytest.approx(5.0)

    def test_without_values_there_is_none(self) -> None:
        assert worst_tenth([]) == 0.0


def test_what_is_long_ago_is_forgotten() -> None:
    old, recent = Recent(window_s=0.0), Recent()
    for values in (old, recent):
        values.note(5.0)
    time.sleep(0.001)
    assert old.values() == []
    assert recent.values() == [5.0]


class TestTimedThreads:
    def test_the_work_is_done_with_its_arguments(self, threads: TimedThreads) -> None:
        assert threads.submit(divmod, 7, 2).result() == (3, 1)
        assert threads.submit(int, "11", base=2).result() == 3

    def test_an_error_comes_to_who_asked(self, threads: TimedThreads) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            threads.submit(int, "eleven").result()

    def test_work_that_waits_shows_before_and_after_it_begins(
        self, threads: TimedThreads, go_on: threading.Event
    ) -> None:
        threads.submit(go_on.wait)
        waiting = [threads.submit(int) for _ in range(20)]
        while threads.waited() < 0.02:
            time.sleep(0.001)
        go_on.set()
        assert [future.result() for future in waiting] == [0] * 20
        assert threads.waited() > 0.01

    def test_one_piece_of_work_that_waits_is_no_strain(
        self, threads: TimedThreads, go_on: threading.Event
    ) -> None:
        threads.submit(go_on.wait)
        threads.submit(int)
        time.sleep(0.02)
        assert threads.waited() < 0.001

    def test_what_is_cancelled_waits_no_more(
        self, threads: TimedThreads, go_on: threading.Event
    ) -> None:
        begun = threading.Event()

        def work() -> None:
            begun.set()
            go_on.wait()

        threads.submit(work)
        begun.wait()
        waiting = [threads.submit(int) for _ in range(20)]
        while threads.waited() < 0.01:
            time.sleep(0.001)
        assert all(future.cancel() for future in waiting)
        assert threads.waited() < 0.01

    def test_threads_that_are_shut_down_take_no_work(self, threads: TimedThreads) -> None:
        threads.shutdown()
        with pytest.raises(RuntimeError):
            threads.submit(int)
        assert threads.waited() == 0.0


@pytest.mark.usefixtures("often")
class TestLoadMeter:
    async def test_admission_is_told_again_and_again(self, threads: TimedThreads) -> None:
        admission = Remembers()
        async with LoadMeter(admission, lambda: 7, threads, threads):
            while len(admission.loads) < 3:
                await asyncio.sleep(0.01)
        assert set(admission.calls) == {7}

    async def test_a_blocked_event_loop_shows(self, threads: TimedThreads) -> None:
        admission = Remembers()
        async with LoadMeter(admission, lambda: 1, threads, threads):
            for _ in range(3):
                await asyncio.sleep(0.011)
                time.sleep(0.1)  # noqa: ASYNC251
            load = await admission.until(lambda load: load.loop > 0.05)
        assert load.hearing == load.speaking == 0.0
        assert admission.why_not(1) == "loop"

    async def test_work_that_waits_shows_by_what_it_is_for(
        self, threads: TimedThreads, go_on: threading.Event
    ) -> None:
        admission = Remembers()
        with ThreadPoolExecutor(1) as idle:
            async with LoadMeter(admission, lambda: 1, TimedThreads(idle), threads):
                for _ in range(20):
                    threads.submit(go_on.wait)
                load = await admission.until(lambda load: load.speaking > 0.1)
        assert load.hearing == 0.0

    async def test_answers_and_torn_voices_are_those_since_it_began(
        self, threads: TimedThreads
    ) -> None:
        def answer(endpoint: float, rest: float) -> None:
            metrics.RESPONSE_DELAY.labels("endpoint").observe(endpoint)
            metrics.RESPONSE_DELAY.labels("total").observe(endpoint + rest)

        answer(0.2, 60.0)
        admission = Remembers()
        async with LoadMeter(admission, lambda: 1, threads, threads):
            await admission.until(lambda load: True)
            answer(1.5, 0.2)
            answer(0.2, 0.4)
            metrics.VOICE_TORN.inc(3)
            torn = await admission.until(lambda load: load.torn > 0)
            answer(0.2, 0.6)
            load = await admission.until(lambda load: load.answers > 0)
        assert torn.answers == 0.0, "two answers tell of chance"
        assert torn.torn == pytest.approx(0.003)
        assert load.answers == pytest.approx(0.4)

    async def test_monitoring_sees_it(self, threads: TimedThreads) -> None:
        admission = Remembers()
        async with LoadMeter(admission, lambda: 1, threads, threads):
            await admission.until(lambda load: True)
        assert b'warmline_load{measure="hearing"} 0.0' in metrics.exposition()
        assert metrics.reading(metrics.CALLS_CARRIED, "_carried") == 32
