"""Talks to the line through this machine's microphone and loudspeaker."""

from __future__ import annotations

from collections import deque
from typing import Any

from voice_gateway.caller.audio import (
    CallerAudioError,
    CallerFrame,
    CallSnapshot,
    level_dbfs,
)
from voice_gateway.transports.line import FRAME_MS, frame_bytes

_VOICED_DBFS = -40.0
# What piles up in either direction while the two clocks disagree is dropped beyond this.
_MOST_FRAMES = 200 // FRAME_MS


class Microphone:
    """A `CallerAudio` for a person at the keyboard; needs the extra `microphone`.

    Args:
        device: As sounddevice names it; None for the default.
    """

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device
        self._heard: deque[bytes] = deque(maxlen=_MOST_FRAMES)
        self._to_play: deque[bytes] = deque(maxlen=_MOST_FRAMES)
        self._stream: Any = None
        self._silence = b""
        self._hang_up = False

    @property
    def failure(self) -> str | None:
        """People do not fail."""
        return None

    def hang_up(self) -> None:
        """End the call with the next frame."""
        self._hang_up = True

    async def start(self, sample_rate: int) -> None:
        """Open the devices.

        Args:
            sample_rate: In hertz.

        Raises:
            CallerAudioError: The extra or the system library is not installed, or no device is
                there.
        """
        try:
            import sounddevice
        except ImportError as error:
            raise CallerAudioError(
                "the microphone needs the package sounddevice: install warmline[microphone]"
            ) from error
        except OSError as error:
            raise CallerAudioError(
                "the microphone needs the system library PortAudio "
                "(on Debian and Ubuntu: apt-get install libportaudio2)"
            ) from error
        size = frame_bytes(sample_rate)
        self._silence = bytes(size)
        try:
            self._stream = sounddevice.RawStream(
                samplerate=sample_rate,
                blocksize=size // 2,
                channels=1,
                dtype="int16",
                device=self._device,
                callback=self._exchange,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise CallerAudioError(f"no microphone and loudspeaker to be had: {error}") from error

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms from the microphone."""
        pcm = self._heard.popleft() if self._heard else self._silence
        return CallerFrame(pcm, level_dbfs(pcm) > _VOICED_DBFS, hang_up=self._hang_up)

    def hear(self, pcm: bytes) -> None:
        """Play 20 ms through the loudspeaker."""
        self._to_play.append(pcm)

    async def close(self) -> None:
        """Close the devices."""
        if self._stream is not None:
            self._stream.close()

    def _exchange(self, heard: Any, to_play: Any, frames: int, time: Any, status: Any) -> None:
        # Called by the sound system's thread; deques are safe between two threads.
        self._heard.append(bytes(heard))
        to_play[:] = self._to_play.popleft() if self._to_play else self._silence
