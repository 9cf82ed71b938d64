"""A disk may be full, slow or gone: the call never waits for it, and one reason is told."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from voice_gateway.recording.sound_file import SoundFile, SoundFileError, length_of
from voice_gateway.recording.timeline import Block
from voice_gateway.recording.writer import RecordingWriter

from .conftest import files_in

RATE = 8000
SECOND = [Block(b"\1\0" * RATE, b"\2\0" * RATE)]
PATIENCE_S = 30.0

NO_ROOM = """
import asyncio, json, os, resource, sys
from pathlib import Path
from voice_gateway.recording.timeline import Block
from voice_gateway.recording.writer import RecordingWriter

resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

async def main():
    reasons = []
    writer = RecordingWriter(Path(sys.argv[1]), sys.argv[2], 16000, reasons.append)
    for _ in range(100):
        writer.write([Block(os.urandom(6400), os.urandom(6400))])
        await asyncio.sleep(0.002)
    print(json.dumps({"written": await writer.close(30), "reasons": reasons}))

asyncio.run(main())
"""


@pytest.mark.parametrize("format", ["flac", "opus"])
def test_what_fits_on_a_full_disk_is_kept_and_the_reason_told_once(
    tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"call.{format}"
    child = subprocess.run(
        [sys.executable, "-c", NO_ROOM, path, format], capture_output=True, text=True, check=True
    )
    told = json.loads(child.stdout)
    seconds, size, broken = told["written"]
    assert [broken] == told["reasons"]
    assert size == path.stat().st_size <= 60_000
    assert 0 < seconds < 20.0
    assert seconds == length_of(path)


def test_a_folder_is_made_for_us_alone(folder: Path) -> None:
    writer = RecordingWriter(folder / "call.opus", "opus", RATE)
    writer.write(SECOND)
    written = asyncio.run(writer.close(PATIENCE_S))
    assert written == (1.0, (folder / "call.opus").stat().st_size, None)
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_folder_that_cannot_be_made_breaks_the_recording(
    folder: Path, blocked_folder: None
) -> None:
    reasons: list[str] = []
    writer = RecordingWriter(folder / "call.opus", "opus", RATE, reasons.append)
    writer.write(SECOND)
    written = await writer.close(PATIENCE_S)
    assert (written.seconds, written.size) == (0.0, 0)
    assert reasons == [written.broken]


async def test_a_folder_that_vanishes_breaks_the_recording(folder: Path) -> None:
    reasons: list[str] = []
    writer = RecordingWriter(folder / "call.flac", "flac", RATE, reasons.append)
    while not files_in(folder):
        await asyncio.sleep(0.01)
    shutil.rmtree(folder)
    writer.write(SECOND)
    written = await writer.close(PATIENCE_S)
    assert (written.seconds, written.size) == (0.0, 0)
    assert reasons == [written.broken] == ["No such file or directory"]


async def test_an_encoder_that_breaks_leaves_what_came_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = SoundFile.write
    writes = 0

    def break_down(self: SoundFile, left: bytes, right: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:
            raise SoundFileError("the encoder broke")
        write(self, left, right)

    monkeypatch.setattr(SoundFile, "write", break_down)
    reasons: list[str] = []
    writer = RecordingWriter(folder / "call.opus", "opus", RATE, reasons.append)
    for _ in range(5):
        writer.write(SECOND)
    written = await writer.close(PATIENCE_S)
    assert (written.seconds, written.broken) == (2.0, "the encoder broke")
    assert reasons == ["the encoder broke"]
    assert writes == 3


async def test_writing_that_falls_behind_breaks_the_recording_and_holds_little(
    folder: Path, stuck_disk: threading.Event
) -> None:
    reasons: list[str] = []
    writer = RecordingWriter(folder / "call.opus", "opus", RATE, reasons.append)
    for _ in range(60):
        writer.write(SECOND)
    assert reasons == ["writing fell 30 seconds behind"]
    stuck_disk.set()
    written = await writer.close(PATIENCE_S)
    assert written.broken == reasons[0]
    assert reasons == [written.broken]


async def test_a_disk_that_does_not_answer_is_not_waited_for(
    folder: Path, stuck_disk: threading.Event
) -> None:
    writer = RecordingWriter(folder / "call.opus", "opus", RATE)
    writer.write(SECOND)
    with pytest.raises(TimeoutError):
        await writer.close(0.01)
    stuck_disk.set()
    assert (await writer.close(PATIENCE_S)).seconds == 1.0
