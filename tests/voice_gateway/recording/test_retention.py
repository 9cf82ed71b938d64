"""Recordings go when their time is over; whatever dies in between, file and row agree again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import structlog

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.recordings import Recordings
from voice_gateway.recording.retention import SERVER_LOST, RecordingRetention
from voice_gateway.recording.sound_file import SoundFile

from .conftest import NOW, files_in

KEEP = timedelta(days=90)
OLD = NOW - KEEP - timedelta(hours=1)
YOUNG = NOW - KEEP + timedelta(hours=1)


def make_sound(path: Path, seconds: float, written: datetime) -> None:
    path.parent.mkdir(exist_ok=True)
    file = SoundFile(path, "opus", 8000)
    silence = np.zeros(round(seconds * 8000), "<i2").tobytes()
    file.write(silence, silence)
    file.close()
    os.utime(path, (written.timestamp(), written.timestamp()))


def make_folder(path: Path) -> None:
    (path / "in the way").mkdir(parents=True)


def spoil(path: Path, content: bytes, written: datetime) -> None:
    path.write_bytes(content)
    os.utime(path, (written.timestamp(), written.timestamp()))


Record = Callable[..., Awaitable[str]]


@pytest.fixture
def record(database: Database, recordings: Recordings, folder: Path) -> Record:
    """Records a call of two seconds at any time."""

    async def make(call_id: str, at: datetime, *, finished: bool = True, file: bool = True) -> str:
        await Calls(database).start(call_id, None, "browser", at)
        await recordings.begin(call_id, f"{call_id}.opus", "opus", at)
        if file:
            make_sound(folder / f"{call_id}.opus", 2.0, at)
        if finished:
            await recordings.finish(call_id, 2.0, 1000, (), at)
        return call_id

    return make


@pytest.fixture
def retention(recordings: Recordings, folder: Path) -> RecordingRetention:
    return RecordingRetention(recordings, folder, KEEP, clock=lambda: NOW)


async def deleted(recordings: Recordings, call_id: str) -> bool:
    recording = await recordings.of_call(call_id)
    assert recording is not None
    return recording.deleted_at is not None


async def test_a_recording_goes_when_its_time_is_over(
    record: Record, retention: RecordingRetention, recordings: Recordings, folder: Path
) -> None:
    await record("old", OLD)
    await record("young", YOUNG)
    await retention.look()
    assert files_in(folder) == ["young.opus"]
    assert await deleted(recordings, "old")
    assert not await deleted(recordings, "young")


async def test_a_file_that_is_gone_already_is_marked_and_not_asked_for_again(
    record: Record, retention: RecordingRetention, recordings: Recordings
) -> None:
    await record("old", OLD, file=False)
    with structlog.testing.capture_logs() as logs:
        await retention.look()
        await retention.look()
    assert await deleted(recordings, "old")
    assert [log["event"] for log in logs] == ["recordings_deleted"]


async def test_what_cannot_be_deleted_holds_up_nothing_else(
    record: Record, retention: RecordingRetention, recordings: Recordings, folder: Path
) -> None:
    await record("stuck", OLD - timedelta(days=1), file=False)
    make_folder(folder / "stuck.opus")
    await record("old", OLD)
    with structlog.testing.capture_logs() as logs:
        await retention.look()
    assert await deleted(recordings, "old")
    assert not await deleted(recordings, "stuck"), "it is tried again at the next look"
    assert {log["file"] for log in logs if log["log_level"] == "error"} == {"stuck.opus"}


async def test_a_recording_that_a_dead_server_left_is_kept_with_its_true_length(
    record: Record, retention: RecordingRetention, recordings: Recordings, folder: Path
) -> None:
    await record("cut off", NOW - timedelta(hours=1), finished=False)
    await retention.look()
    recording = await recordings.of_call("cut off")
    assert recording is not None
    assert recording.seconds == pytest.approx(2.0)
    assert recording.size
    assert recording.broken == SERVER_LOST
    assert recording.playable
    assert files_in(folder) == ["cut off.opus"]


@pytest.mark.parametrize("content", [None, b"nothing that sounds"])
async def test_a_recording_that_cannot_be_read_any_more_is_deleted(
    record: Record,
    retention: RecordingRetention,
    recordings: Recordings,
    folder: Path,
    content: bytes | None,
) -> None:
    begun = NOW - timedelta(hours=1)
    await record("cut-off", begun, finished=False, file=content is not None)
    if content is not None:
        spoil(folder / "cut-off.opus", content, begun)
    await retention.look()
    assert not files_in(folder)
    assert await deleted(recordings, "cut-off")


async def test_a_recording_that_still_grows_is_left_alone(
    record: Record, retention: RecordingRetention, recordings: Recordings, folder: Path
) -> None:
    await record("live", NOW - timedelta(hours=1), finished=False)
    os.utime(folder / "live.opus", (NOW.timestamp(), NOW.timestamp()))
    await retention.look()
    recording = await recordings.of_call("live")
    assert recording is not None
    assert recording.finished_at is None


async def test_files_that_no_recording_has_go_when_their_time_is_over(
    record: Record, retention: RecordingRetention, folder: Path
) -> None:
    await record("known", YOUNG)
    os.utime(folder / "known.opus", (OLD.timestamp(), OLD.timestamp()))
    make_sound(folder / "stray.opus", 1.0, OLD)
    make_sound(folder / "young-stray.opus", 1.0, YOUNG)
    make_sound(folder / "not ours.ogg", 1.0, OLD)
    await retention.look()
    assert files_in(folder) == ["known.opus", "not ours.ogg", "young-stray.opus"]


async def test_without_a_folder_there_is_nothing_to_do(
    retention: RecordingRetention, folder: Path
) -> None:
    await retention.look()
    assert files_in(folder) is None


async def test_it_looks_again_and_again_and_outlives_a_failure(
    record: Record, recordings: Recordings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = Recordings.unfinished
    failures = 0

    async def fail_at_first(self: Recordings, before: datetime) -> object:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise RuntimeError("no database")
        return await unfinished(self, before)

    monkeypatch.setattr(Recordings, "unfinished", fail_at_first)
    await record("first", OLD)
    async with RecordingRetention(recordings, folder, KEEP, clock=lambda: NOW, look_every_s=0.01):
        while files_in(folder):
            await asyncio.sleep(0.01)
        await record("second", OLD)
        while not await deleted(recordings, "second"):
            await asyncio.sleep(0.01)
    assert failures > 1
