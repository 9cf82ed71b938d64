"""The loudspeaker of the pages, sample by sample, in a real browser and in made-up time.

The audio thread is played by a page: it says what time it is and asks for sound.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

import voice_gateway

CHROMIUM = shutil.which("chromium") or "chromium"
WORKLETS = Path(voice_gateway.__file__).parent / "page" / "audio_worklets.js"
RATE = 16000

# `play(said, seconds)`: `said` is a list of [time, what is told to the speaker]; a number stands
# for a frame of that value. Returns the samples heard and what the speaker told.
STAGE = """
globalThis.sampleRate = 16000;
globalThis.currentTime = 0;
globalThis.AudioWorkletProcessor = class {
  constructor() { this.port = { postMessage: (message) => told.push(message) }; }
};
globalThis.parts = {};
globalThis.registerProcessor = (name, part) => (parts[name] = part);
globalThis.told = [];
globalThis.play = (said, seconds) => {
  told.length = 0;
  globalThis.speaker = new parts.speaker({ processorOptions: { lineRate: 16000 } });
  const heard = [];
  const waiting = [...said];
  for (let block = 0; block * 128 < seconds * 16000; block++) {
    currentTime = block * 128 / 16000;
    while (waiting.length && waiting[0][0] <= currentTime + 1e-9) {
      const data = waiting.shift()[1];
      const frame = typeof data === "number" && new Int16Array(320).fill(data).buffer;
      speaker.port.onmessage({ data: frame ? { audio: frame } : data });
    }
    const samples = new Float32Array(128);
    speaker.process([], [[samples]]);
    heard.push(...samples);
  }
  return {
    heard: heard.map((sample) => Math.round(sample * 32768)),
    marks: told.filter(({ mark }) => mark !== undefined).map(({ mark }) => mark),
    underruns: speaker.live?.underruns, dropped: speaker.live?.dropped, delay: speaker.live?.delay,
  };
};
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page()
        await page.add_script_tag(content=STAGE + WORKLETS.read_text())
        yield page
        await browser.close()


async def play(page: Page, said: list[tuple[float, Any]], seconds: float) -> dict[str, Any]:
    result: dict[str, Any] = await page.evaluate(
        "([said, seconds]) => play(said, seconds)", [said, seconds]
    )
    return result


def frames(heard: list[int]) -> list[int]:
    """The values of the frames heard, leaving out fades."""
    runs = [(value, len(list(run))) for value, run in groupby(heard)]
    return [value for value, length in runs if value and length >= 100]


class TestSpeechThatIsSentAhead:
    async def test_it_is_played_at_once_and_to_its_end(self, page: Page) -> None:
        said = [(0.0, 100 * (number + 1)) for number in range(50)]
        heard = (await play(page, said, 1.2))["heard"]
        assert heard[1:16001] == [value for _, value in said for _ in range(320)]
        assert not any(heard[16001:])

    async def test_marks_come_back_when_what_is_before_them_has_been_heard(
        self, page: Page
    ) -> None:
        said = [(0.0, 100), (0.0, {"mark": 1}), (0.0, 200), (0.0, {"mark": 2})]
        assert (await play(page, said, 0.016))["marks"] == []
        assert (await play(page, said, 0.032))["marks"] == [1]
        assert (await play(page, said, 0.056))["marks"] == [1, 2]

    async def test_what_is_cleared_is_not_heard_and_its_marks_do_not_come_back(
        self, page: Page
    ) -> None:
        said = [(0.0, 100), (0.0, {"mark": 1}), (0.008, {"clear": True}), (0.04, 300)]
        result = await play(page, said, 0.1)
        assert frames(result["heard"]) == [100, 300]
        assert result["heard"].count(100) < 200
        assert result["marks"] == []


LIVE = (0.0, {"live": True})


class TestLiveAudio:
    async def test_it_waits_a_little_and_then_runs_without_a_gap(self, page: Page) -> None:
        said = [LIVE, *((number * 0.02, 1000) for number in range(50))]
        result = await play(page, said, 1.0)
        first = next(at for at, value in enumerate(result["heard"]) if value)
        assert 0.02 <= first / RATE <= 0.06
        assert set(result["heard"][first + 100 :]) == {1000}
        assert (result["underruns"], result["dropped"]) == (0, 0)

    async def test_it_learns_how_uneven_the_network_is(self, page: Page) -> None:
        # Three frames at a time, as some networks deliver them.
        said = [LIVE, *((number // 3 * 0.06, 1000) for number in range(300))]
        result = await play(page, said, 6.0)
        assert result["delay"] > 0.04
        assert not any(value == 0 for value in result["heard"][RATE : 5 * RATE])
        assert result["underruns"] <= 2

    async def test_what_piles_up_in_a_stall_is_dropped(self, page: Page) -> None:
        def when(number: int) -> float:
            return 0.7 if 20 <= number < 35 else number * 0.02

        said = [LIVE, *((when(number), 100 * (number + 1)) for number in range(100))]
        result = await play(page, said, 2.2)
        assert result["dropped"] >= 10
        heard = frames(result["heard"])
        assert heard[-1] == 10_000
        assert heard == sorted(heard)
        middle_of_a_late_one = result["heard"].index(9000, 8 * RATE // 5)
        assert middle_of_a_late_one / RATE - when(89) <= 0.08

    async def test_after_a_stall_there_is_no_click(self, page: Page) -> None:
        said = [
            LIVE,
            *((number * 0.02 + (0.1 if number > 20 else 0), 8000) for number in range(60)),
        ]
        heard = (await play(page, said, 1.4))["heard"]
        assert max(abs(b - a) for a, b in pairwise(heard)) <= 8000 / 60

    async def test_a_pause_is_no_underrun(self, page: Page) -> None:
        said = [
            LIVE,
            *((number * 0.02 + (1.0 if number > 20 else 0), 1000) for number in range(60)),
        ]
        assert (await play(page, said, 2.4))["underruns"] == 0

    async def test_what_was_sent_ahead_is_heard_first_and_nothing_is_lost_in_between(
        self, page: Page
    ) -> None:
        said = [
            *((0.0, value) for value in (100, 200, 300)),
            (0.04, {"live": True}),
            (0.04, 400),
            (0.06, 500),
            (0.06, {"live": False}),
            (0.06, 600),
            (0.06, {"mark": 7}),
        ]
        result = await play(page, said, 0.3)
        assert frames(result["heard"]) == [100, 200, 300, 400, 500, 600]
        assert result["marks"] == [7]
