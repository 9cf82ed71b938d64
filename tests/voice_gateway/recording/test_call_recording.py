"""A call and its recording: both directions on their channels, and the call never any the worse."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import soundfile
import structlog

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.recordings import ClockMark, Recordings, Span
from voice_gateway.recording import call_recording
from voice_gateway.recording.call_recording import CallRecording
from voice_gateway.transports.line import Audio, HungUp, PlayedMark, Received, frame_bytes

from .conftest import NOW, ScriptedLine, files_in

RATE = 16000
FRAME = frame_bytes(RATE)
CALL_ID = "5f0c2f4ad0a94c0d8a3a0d9c8a7b6c5d"


def frame(level: int) -> bytes:
    return level.to_bytes(2, "little", signed=True) * (FRAME // 2)


class RecordedCall:
    """A call in which the test is both sides."""

    def __init__(self, recording: CallRecording, line: ScriptedLine) -> None:
        self.recording = recording
        self.far = line
        self.line = recording.line
        self.got: list[Received] = []
        self._received = self.line.received()

    async def caller(self, *received: Received) -> None:
        for each in received:
            self.far.said.put_nowait(each)
            self.got.append(await anext(self._received))

    async def talk(self, seconds: float, caller: int, bot: int) -> None:
        for _ in range(round(seconds / 0.02)):
            await self.line.send_audio(frame(bot))
            await self.caller(Audio(frame(caller)))


MakeCall = Callable[..., RecordedCall]


@pytest.fixture
async def make_call(database: Database, recordings: Recordings, folder: Path) -> MakeCall:
    await Calls(database).start(CALL_ID, "+15550100042", "browser", NOW)

    def make(
        format: Literal["flac", "opus"] = "flac", clock: Callable[[], datetime] = lambda: NOW
    ) -> RecordedCall:
        line = ScriptedLine(RATE)
        return RecordedCall(CallRecording(CALL_ID, line, recordings, folder, format, clock), line)

    return make


@pytest.mark.parametrize("format", ["flac", "opus"])
async def test_a_call_is_recorded_in_stereo_and_known(
    make_call: MakeCall, recordings: Recordings, folder: Path, format: Literal["flac", "opus"]
) -> None:
    call = make_call(format)
    await call.recording.start()
    assert call.recording.recording
    await call.talk(2.0, caller=3000, bot=0)
    await call.talk(2.0, caller=0, bot=3000)
    await call.recording.stop()
    assert not call.recording.recording
    stored = await recordings.of_call(CALL_ID)
    assert stored is not None
    assert (stored.file, stored.format, stored.broken) == (f"{CALL_ID}.{format}", format, None)
    assert stored.seconds == pytest.approx(4.0)
    assert (stored.started_at, stored.finished_at) == (NOW, NOW)
    path = folder / stored.file
    assert stored.size == path.stat().st_size
    samples, _ = soundfile.read(path)
    loud = np.abs(samples).reshape(4, RATE, 2).mean(axis=1) > 0.01
    if format == "flac":
        assert loud.tolist() == [[True, False]] * 2 + [[False, True]] * 2
        assert np.all(samples[:RATE, 0] == 3000 / 32768)


async def test_the_line_that_the_call_uses_is_the_one_it_was_given(make_call: MakeCall) -> None:
    call = make_call()
    assert (call.line.sample_rate, call.line.channel) == (RATE, "test")
    await call.line.send_audio(frame(1))
    await call.line.send_mark(7)
    await call.line.clear()
    await call.line.notify({"type": "state"})
    await call.caller(Audio(frame(2)), PlayedMark(7), HungUp("caller_hung_up"))
    await call.line.close("completed")
    assert call.far.done == [frame(1), 7, "clear", {"type": "state"}, "completed"]
    assert call.got == [Audio(frame(2)), PlayedMark(7), HungUp("caller_hung_up")]


async def test_a_call_that_is_not_recorded_leaves_nothing(
    make_call: MakeCall, recordings: Recordings, folder: Path
) -> None:
    call = make_call()
    await call.talk(1.0, caller=1, bot=1)
    await call.recording.stop()
    assert await recordings.of_call(CALL_ID) is None
    assert files_in(folder) is None


async def test_a_recording_that_begins_later_knows_how_much_it_missed(
    make_call: MakeCall, recordings: Recordings
) -> None:
    call = make_call()
    await call.talk(3.0, caller=1, bot=1)
    await call.recording.start()
    await call.talk(1.0, caller=1, bot=1)
    await call.recording.stop()
    stored = await recordings.of_call(CALL_ID)
    assert stored is not None
    assert stored.seconds == pytest.approx(1.0)
    assert stored.caller_clock == (ClockMark(3.0, 0.0),)


async def test_codes_are_silence_on_both_sides(
    make_call: MakeCall, recordings: Recordings, folder: Path
) -> None:
    call = make_call()
    await call.recording.start()
    await call.talk(1.0, caller=3000, bot=3000)
    call.recording.pause(True)
    await call.talk(1.0, caller=3000, bot=3000)
    call.recording.pause(False)
    await call.talk(1.0, caller=3000, bot=3000)
    await call.recording.stop()
    stored = await recordings.of_call(CALL_ID)
    assert stored is not None
    assert stored.paused == (Span(1.0, 2.0),)
    samples, _ = soundfile.read(folder / stored.file, dtype="int16")
    assert np.all(samples[:RATE] == 3000)
    assert not np.any(samples[RATE : 2 * RATE])
    assert np.all(samples[2 * RATE :] == 3000)


async def test_what_the_caller_interrupts_is_not_in_the_recording(
    make_call: MakeCall, recordings: Recordings, folder: Path
) -> None:
    call = make_call()
    await call.recording.start()
    for _ in range(10):
        await call.line.send_audio(frame(3000))
    await call.caller(Audio(frame(0)), Audio(frame(0)))
    await call.line.clear()
    for _ in range(48):
        await call.caller(Audio(frame(0)))
    await call.recording.stop()
    samples, _ = soundfile.read(folder / f"{CALL_ID}.flac", dtype="int16")
    assert np.all(samples[: RATE // 25, 1] == 3000)
    assert not np.any(samples[RATE // 25 :, 1])


async def test_a_call_is_recorded_once(make_call: MakeCall, folder: Path) -> None:
    call = make_call()
    await call.recording.start()
    await call.talk(0.5, caller=1, bot=1)
    await call.recording.start()
    await call.talk(0.5, caller=1, bot=1)
    await call.recording.stop()
    await call.recording.stop()
    await call.recording.start()
    assert not call.recording.recording
    assert soundfile.info(folder / f"{CALL_ID}.flac").frames == RATE


async def test_a_recording_whose_file_cannot_be_made_is_broken_and_the_call_goes_on(
    make_call: MakeCall, recordings: Recordings, blocked_folder: None
) -> None:
    call = make_call()
    with structlog.testing.capture_logs() as logs:
        await call.recording.start()
        await call.talk(1.0, caller=1, bot=1)
        await call.recording.stop()
    assert len(call.got) == 50
    (entry,) = [log for log in logs if log["log_level"] == "error"]
    assert entry["event"] == "recording_broken"
    stored = await recordings.of_call(CALL_ID)
    assert stored is not None
    assert stored.broken == entry["error"]
    assert not stored.playable


async def test_a_recording_that_cannot_be_stored_is_not_made(
    make_call: MakeCall, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(Recordings, "begin", refuse)
    call = make_call()
    with structlog.testing.capture_logs() as logs:
        await call.recording.start()
        await call.talk(1.0, caller=1, bot=1)
        await call.recording.stop()
    assert len(call.got) == 50
    assert [log["event"] for log in logs] == ["recording_not_begun"]
    assert files_in(folder) is None


async def test_what_is_said_while_the_beginning_is_stored_is_recorded(
    make_call: MakeCall, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Recordings.begin
    may_begin = asyncio.Event()

    async def slow(self: Recordings, *told: Any, **more: Any) -> None:
        await may_begin.wait()
        await begin(self, *told, **more)

    monkeypatch.setattr(Recordings, "begin", slow)
    call = make_call()
    starting = asyncio.create_task(call.recording.start())
    await asyncio.sleep(0)
    await call.talk(1.0, caller=1, bot=1)
    may_begin.set()
    await starting
    await call.recording.stop()
    assert soundfile.info(folder / f"{CALL_ID}.flac").frames == RATE


async def test_a_file_that_takes_too_long_is_left_to_the_retention(
    make_call: MakeCall,
    recordings: Recordings,
    stuck_disk: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(call_recording, "PATIENCE_S", 0.01)
    call = make_call()
    await call.recording.start()
    await call.talk(1.0, caller=1, bot=1)
    with structlog.testing.capture_logs() as logs:
        await call.recording.stop()
    assert [log["event"] for log in logs] == ["recording_not_finished"]
    stored = await recordings.of_call(CALL_ID)
    assert stored is not None
    assert stored.finished_at is None
