"""Files that are sound at any moment: a process that is killed loses a second or so, no more."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile

from contact_center.recordings import RecordingFormat
from voice_gateway.recording.sound_file import SoundFile, SoundFileError, length_of

FORMATS = ("flac", "opus")
RATES = (8000, 16000)

KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from voice_gateway.recording.sound_file import SoundFile

path, format, rate, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
file = SoundFile(path, format, rate)
time = np.arange(rate // 5) / rate
left, right = (
    (8000 * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes() for hertz in (400, 1000)
)
for _ in range(round(seconds * 5)):
    file.write(left, right)
os.kill(os.getpid(), signal.SIGKILL)
"""


def tone(hertz: float, seconds: float, rate: int) -> bytes:
    time = np.arange(round(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes()


def pitch(samples: np.ndarray[tuple[int], np.dtype[np.float64]], rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.fixture(params=FORMATS)
def format(request: pytest.FixtureRequest) -> RecordingFormat:
    return cast(RecordingFormat, request.param)


@pytest.mark.parametrize("rate", RATES)
def test_each_side_is_on_its_own_channel(
    tmp_path: Path, format: RecordingFormat, rate: int
) -> None:
    path = tmp_path / f"call.{format}"
    file = SoundFile(path, format, rate)
    for _ in range(10):
        file.write(tone(400, 0.2, rate), tone(1000, 0.2, rate))
    assert file.seconds == pytest.approx(2.0)
    file.close()
    samples, read_rate = soundfile.read(path)
    assert read_rate == rate
    assert length_of(path) == pytest.approx(2.0)
    assert pitch(samples[:, 0], rate) == pytest.approx(400, abs=2)
    assert pitch(samples[:, 1], rate) == pytest.approx(1000, abs=2)


def test_flac_keeps_every_sample(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    noise = np.random.default_rng(1).integers(-32768, 32767, (16123, 2), dtype="<i2")
    file = SoundFile(path, "flac", 8000)
    for at in range(0, len(noise), 1600):
        part = noise[at : at + 1600]
        file.write(part[:, 0].tobytes(), part[:, 1].tobytes())
    file.close()
    samples, _ = soundfile.read(path, dtype="int16")
    assert np.array_equal(samples, noise)


@pytest.mark.parametrize("rate", RATES)
def test_a_killed_process_loses_little_more_than_a_second(
    tmp_path: Path, format: RecordingFormat, rate: int
) -> None:
    path = tmp_path / f"call.{format}"
    seconds = 9.4
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, path, format, str(rate), str(seconds)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    length = length_of(path)
    assert seconds - 1.2 <= length <= seconds
    samples, _ = soundfile.read(path)
    assert len(samples) / rate == pytest.approx(length)
    last_second = samples[-rate:]
    assert pitch(last_second[:, 0], rate) == pytest.approx(400, abs=2)
    assert pitch(last_second[:, 1], rate) == pytest.approx(1000, abs=2)


def test_nobody_else_may_read_it(tmp_path: Path, format: RecordingFormat) -> None:
    path = tmp_path / f"call.{format}"
    SoundFile(path, format, 8000).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "call.opus"
    path.write_bytes(b"something else")
    with pytest.raises(FileExistsError):
        SoundFile(path, "opus", 8000)
    assert path.read_bytes() == b"something else"


def test_a_rate_that_opus_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError):
        SoundFile(tmp_path / "call.opus", "opus", 11025)


@pytest.mark.parametrize("content", [b"", b"this is no sound at all" * 100])
def test_what_is_no_sound_file_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "call.opus"
    path.write_bytes(content)
    with pytest.raises(SoundFileError):
        length_of(path)


def test_a_file_that_ended_in_its_first_moments_has_nothing_to_play(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, path, "flac", "8000", "0.2"], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert length_of(path) == 0.0
