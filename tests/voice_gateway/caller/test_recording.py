from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_gateway.caller.recording import StereoRecording


def test_the_caller_is_on_the_left_and_the_bot_on_the_right(tmp_path: Path) -> None:
    recording = StereoRecording(tmp_path / "calls" / "one.wav", 8000)
    recording.write(b"\1\0" * 160, b"\2\0" * 160)
    recording.write(b"\3\0" * 160, b"\4\0" * 160)
    recording.close()
    recording.close()
    samples, rate = soundfile.read(recording.path, dtype="int16")
    assert rate == 8000
    assert np.unique(samples[:160], axis=0).tolist() == [[1, 2]]
    assert np.unique(samples[160:], axis=0).tolist() == [[3, 4]]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder.wav"
    folder.mkdir()
    with pytest.raises(OSError, match=r"folder\.wav"):
        StereoRecording(folder, 8000)


def test_a_full_disk_costs_the_recording_and_nothing_else(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    recording = StereoRecording(tmp_path / "call.wav", 8000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    for _ in range(20):
        recording.write(bytes(16000), bytes(16000))
    recording.close()
    assert recording.path.stat().st_size <= 100_000
