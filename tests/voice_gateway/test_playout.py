"""Text to a caller's ear, with the real voice and a line that plays in real time or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from voice_gateway.conversation.events import PlayoutMark, SpeechFailed
from voice_gateway.playout import Playout, heard_chars
from voice_gateway.speech.synthesiser import SpokenSentence, Synthesiser
from voice_gateway.speech.voice import Voice
from voice_gateway.transports.line import HungUp, Received, frame_bytes

RATE = 16000


class EarLine:
    """A line whose far end plays everything at once and keeps it."""

    sample_rate = RATE
    channel = "test"

    def __init__(self) -> None:
        self.audio: list[bytes] = []
        self.marks: list[int] = []
        self.cleared = 0

    async def send_audio(self, pcm: bytes) -> None:
        self.audio.append(pcm)

    async def send_mark(self, mark_id: int) -> None:
        self.marks.append(mark_id)

    async def clear(self) -> None:
        self.cleared += 1

    async def notify(self, message: Mapping[str, Any]) -> None: ...

    async def received(self) -> AsyncIterator[Received]:
        yield HungUp("caller_hung_up")

    async def close(self, reason: str) -> None: ...


@pytest.fixture(scope="module")
def synthesiser(tmp_path_factory: pytest.TempPathFactory) -> Synthesiser:
    return Synthesiser(Voice.load(), tmp_path_factory.mktemp("speech"))


class Stage:
    def __init__(self, synthesiser: Any) -> None:
        self.line = EarLine()
        self.reports: asyncio.Queue[PlayoutMark | SpeechFailed] = asyncio.Queue()
        self.first: list[int] = []
        self.playout = Playout(
            self.line,
            synthesiser,
            ThreadPoolExecutor(1),
            self.reports.put_nowait,
            self.first.append,
        )

    async def until_sent(self, marks: int) -> None:
        while len(self.line.marks) < marks:
            await asyncio.sleep(0.01)

    async def play_to_the_end(self) -> list[PlayoutMark]:
        """The far end tells of every mark as soon as it comes."""
        told = 0
        heard: list[PlayoutMark] = []
        while not (heard and heard[-1].finished):
            await self.until_sent(told + 1)
            self.playout.played(self.line.marks[told])
            told += 1
            report = self.reports.get_nowait()
            assert isinstance(report, PlayoutMark)
            heard.append(report)
        return heard


@pytest.fixture
async def stage(synthesiser: Synthesiser) -> AsyncIterator[Stage]:
    stage = Stage(synthesiser)
    yield stage
    await stage.playout.close()


async def test_a_text_becomes_20_ms_frames_of_audible_speech(stage: Stage) -> None:
    stage.playout.say(1, "Hello there.")
    await stage.play_to_the_end()
    assert {len(frame) for frame in stage.line.audio} == {frame_bytes(RATE)}
    samples = np.frombuffer(b"".join(stage.line.audio), "<i2")
    assert np.abs(samples).max() > 1000
    assert stage.first == [1]


async def test_the_marks_tell_how_far_the_caller_has_heard_word_by_word(stage: Stage) -> None:
    text = "Your order is on its way. It arrives tomorrow."
    stage.playout.say(7, text)
    heard = await stage.play_to_the_end()
    positions = [mark.heard_chars for mark in heard]
    assert positions == sorted(positions)
    assert positions[-1] == len(text)
    assert [mark.finished for mark in heard].count(True) == 1
    assert all(p == len(text) or p == 0 or not text[p - 1 : p + 1].isalpha() for p in positions)


async def test_stopping_clears_the_line_and_later_marks_mean_nothing(stage: Stage) -> None:
    stage.playout.say(1, "This is a rather long sentence that nobody will hear to its end.")
    await stage.until_sent(2)
    await stage.playout.stop()
    sent = len(stage.line.audio)
    stage.playout.played(stage.line.marks[-1])
    await asyncio.sleep(0.3)
    assert stage.line.cleared == 1
    assert len(stage.line.audio) == sent
    assert stage.reports.empty()


async def test_what_was_paused_goes_on_where_the_caller_last_heard_it(stage: Stage) -> None:
    stage.playout.say(1, "This is a rather long sentence that is said without a break.")
    await stage.until_sent(4)
    await stage.playout.pause()
    before = len(stage.line.audio)
    await asyncio.sleep(0.3)
    assert len(stage.line.audio) == before
    assert stage.line.cleared == 1
    stage.playout.resume()
    await stage.until_sent(8)
    # What was on its way when the line was cleared is sent once more, and nothing is left out.
    again = stage.line.audio[before]
    repeated = before - stage.line.audio.index(again)
    assert 0 < repeated <= 11
    assert (
        stage.line.audio[before : before + repeated] == stage.line.audio[before - repeated : before]
    )


async def test_what_is_said_next_is_not_held_up_by_an_earlier_pause(stage: Stage) -> None:
    stage.playout.say(1, "This is a rather long sentence that is said without a break.")
    await stage.until_sent(2)
    await stage.playout.pause()
    await stage.playout.stop()
    stage.line.marks.clear()
    stage.playout.say(2, "Hello.")
    assert (await stage.play_to_the_end())[-1] == PlayoutMark(2, 6, finished=True)


async def test_pausing_when_nothing_plays_does_nothing(stage: Stage) -> None:
    await stage.playout.pause()
    stage.playout.say(1, "Hello.")
    await stage.play_to_the_end()
    await stage.playout.pause()
    assert stage.line.cleared == 0


async def test_what_was_prepared_is_not_synthesised_again() -> None:
    class Counting(Synthesiser):
        rendered = 0

        def _render(self, key: Any) -> bytes:
            self.rendered += 1
            return super()._render(key)

    synthesiser = Counting()
    stage = Stage(synthesiser)
    stage.playout.prepare("Hello there.")
    while not synthesiser.rendered:
        await asyncio.sleep(0.01)
    stage.playout.say(1, "Hello there.")
    await stage.play_to_the_end()
    assert synthesiser.rendered == 1


async def test_audio_runs_only_a_little_ahead_of_the_caller(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    stage.playout.say(1, "One two three four five six seven eight nine ten eleven twelve.")
    await stage.until_sent(1)
    began = loop.time()
    before = len(stage.line.audio)
    await asyncio.sleep(0.5)
    sent_s = (len(stage.line.audio) - before) * 0.02
    assert sent_s <= loop.time() - began + 0.25


async def test_hold_music_plays_until_it_is_stopped(stage: Stage) -> None:
    stage.playout.hold(True)
    while len(stage.line.audio) < 20:
        await asyncio.sleep(0.01)
    stage.playout.hold(False)
    await asyncio.sleep(0.05)
    sent = len(stage.line.audio)
    await asyncio.sleep(0.2)
    assert len(stage.line.audio) == sent


async def test_a_voice_that_breaks_is_reported() -> None:
    class Broken:
        def speak(self, *_: object) -> object:
            raise RuntimeError("no voice today")

    stage = Stage(Broken())
    stage.playout.say(3, "Hello.")
    assert await stage.reports.get() == SpeechFailed(3, "no voice today")


@pytest.mark.parametrize(
    ("fraction", "heard"), [(0.0, ""), (0.4, "Good"), (0.99, "Good"), (1.0, "Good morning.")]
)
def test_a_word_counts_as_heard_when_it_is_over(fraction: float, heard: str) -> None:
    text = "Good morning."
    sentence = SpokenSentence(text, 0, len(text), b"")
    assert text[: heard_chars(sentence, text, fraction)].strip() == heard
