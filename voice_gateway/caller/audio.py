"""What a caller says: frames of audio, where they come from, and how loud they are."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from voice_gateway.transports.line import SAMPLE_BYTES, frame_bytes

AUDIBLE_DBFS = -50.0
SILENCE_DBFS = -120.0


class CallerAudioError(Exception):
    """The caller's audio cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CallerFrame:
    """20 ms of the caller's side.

    Args:
        pcm: Signed 16-bit mono samples, one frame.
        voiced: True while the caller speaks; what response delays are measured from.
        said: The text of the utterance this frame belongs to, if it is known.
        keys: Keys of the keypad pressed now.
        hang_up: True to end the call after this frame.
    """

    pcm: bytes
    voiced: bool = False
    said: str = ""
    keys: str = ""
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class CallSnapshot:
    """What the caller knows of the call at one moment.

    Args:
        at: Seconds since the call was placed.
        state: What the line does, as last told by the server; `connecting` before that.
        state_for_s: For how long it has.
        bot_quiet_for_s: For how long nothing has been playing; 0 while the bot can be heard.
        bot_answered: True when the bot has been heard since the caller last spoke.
        bot_speaking_for_s: For how long the bot has been heard without a pause; 0 when quiet.
        bot_said: What bot or agent have said since the caller last spoke.
    """

    at: float
    state: str = "connecting"
    state_for_s: float = 0.0
    bot_quiet_for_s: float = 0.0
    bot_answered: bool = False
    bot_speaking_for_s: float = 0.0
    bot_said: str = ""


class CallerAudio(Protocol):
    """A source of what the caller says and does."""

    @property
    def failure(self) -> str | None:
        """Why the caller gave up, if so."""

    async def start(self, sample_rate: int) -> None:
        """Get ready, before the call is placed.

        Args:
            sample_rate: Of the frames, in hertz.

        Raises:
            CallerAudioError: The audio cannot be had.
        """

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms; must not wait.

        Args:
            call: How the call stands.
        """

    def hear(self, pcm: bytes) -> None:
        """Take 20 ms of what is being played to the caller; must not wait."""

    async def close(self) -> None:
        """Let go of devices; called once after the call."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An utterance cut into frames.

    Args:
        frames: In order, 20 ms each.
        voiced: For each frame, whether it is speech rather than silence around it.
        text: What is said, if it is known.
    """

    frames: tuple[bytes, ...]
    voiced: tuple[bool, ...]
    text: str = ""

    @classmethod
    def of(cls, pcm: bytes, sample_rate: int, text: str = "") -> Clip:
        """Cut audio into frames and tell speech from silence.

        Args:
            pcm: Signed 16-bit mono samples.
            sample_rate: In hertz.
            text: What is said, if it is known.
        """
        size = frame_bytes(sample_rate)
        frames = tuple(pcm[at : at + size].ljust(size, b"\0") for at in range(0, len(pcm), size))
        levels = [level_dbfs(frame) for frame in frames]
        if not levels:
            return cls((), (), text)
        # Speech is well above the recording's own noise, and not far below its own loudest part.
        loudest, noise = float(np.percentile(levels, 95)), float(np.percentile(levels, 10))
        threshold = min(max(loudest - 30, noise + 6, -55.0), max(loudest - 12, -55.0))
        loud = [level > threshold for level in levels]
        return cls(frames, _filled(loud), text)

    @property
    def duration_s(self) -> float:
        """How long it lasts, in seconds."""
        return len(self.frames) * 0.02


def _filled(loud: Sequence[bool]) -> tuple[bool, ...]:
    """Everything between the first and the last loud frame is speech, pauses included."""
    if True not in loud:
        return (False,) * len(loud)
    first = loud.index(True)
    last = len(loud) - 1 - list(reversed(loud)).index(True)
    return tuple(first <= at <= last for at in range(len(loud)))


def level_dbfs(pcm: bytes) -> float:
    """How loud audio is.

    Args:
        pcm: Signed 16-bit samples.

    Returns:
        The root mean square in decibels relative to full scale, -120 for silence.
    """
    samples = np.frombuffer(pcm, dtype="<i2")
    if not samples.size:
        return SILENCE_DBFS
    power = float(np.mean(np.square(samples.astype(np.float32))))
    return max(SILENCE_DBFS, 10 * math.log10(power / 32768**2)) if power else SILENCE_DBFS


def load_audio(path: Path, sample_rate: int) -> bytes:
    """Read a sound file as the line wants it.

    Args:
        path: WAV, FLAC, OGG or what else libsndfile reads; of several channels the first counts.
        sample_rate: Wanted, in hertz.

    Returns:
        Signed 16-bit mono samples.

    Raises:
        CallerAudioError: There is no such file, or it holds no audio.
    """
    if not path.is_file():
        raise CallerAudioError(f"there is no file {path}")
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise CallerAudioError(f"{path} is not a sound file that can be read: {error}") from error
    first: npt.NDArray[np.int16] = np.ascontiguousarray(samples[:, 0])
    if not first.size:
        raise CallerAudioError(f"{path} holds no audio")
    if rate != sample_rate:
        first = soxr.resample(first, rate, sample_rate)
    return first.astype("<i2").tobytes()


class RecordedAudio:
    """Plays sound files one after the other; once begun, whatever the bot does meanwhile.

    Args:
        paths: What to play.
        wait_s: How long to wait, at most, for the greeting to end before the first file.
        gap_s: Silence before each file.
        tail_s: Silence after the last one, before hanging up.
    """

    def __init__(
        self, *paths: Path, wait_s: float = 15.0, gap_s: float = 0.5, tail_s: float = 5.0
    ) -> None:
        self._paths = paths
        self._wait_s = wait_s
        self._gap_s = gap_s
        self._tail_s = tail_s
        self._frames: list[CallerFrame] = []
        self._next = 0
        self._silence = b""

    @property
    def failure(self) -> str | None:
        """Files do not give up."""
        return None

    async def start(self, sample_rate: int) -> None:
        """Read the files.

        Args:
            sample_rate: In hertz.

        Raises:
            CallerAudioError: A file cannot be read.
        """
        self._silence = bytes(frame_bytes(sample_rate))
        for path in self._paths:
            pcm = await asyncio.to_thread(load_audio, path, sample_rate)
            clip = Clip.of(bytes(int(self._gap_s * sample_rate) * SAMPLE_BYTES) + pcm, sample_rate)
            self._frames += [
                CallerFrame(frame, voiced, path.name)
                for frame, voiced in zip(clip.frames, clip.voiced, strict=True)
            ]
        self._frames += [CallerFrame(self._silence)] * int(self._tail_s / 0.02)

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms of the files; after the last one, hang up."""
        greeted = call.bot_answered and call.state == "listening" and call.bot_quiet_for_s > 0
        if self._next == 0 and not greeted and call.at < self._wait_s:
            return CallerFrame(self._silence)
        if self._next >= len(self._frames):
            return CallerFrame(self._silence, hang_up=True)
        self._next += 1
        return self._frames[self._next - 1]

    def hear(self, pcm: bytes) -> None:
        """A file does not listen."""

    async def close(self) -> None:
        """Nothing to let go of."""
