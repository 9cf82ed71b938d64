"""Stereo sound files that can be played up to the last second while they are being written.

Opus goes to the disk in pages of a second. FLAC goes there in blocks of 4096 samples, but its
length stands in its beginning and would be written at the end only, without which hardly anything
plays it; so the length is put there as the file grows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from contact_center.recordings import RecordingFormat

SAMPLE_RATES: Final = (8000, 12000, 16000, 24000, 48000)
"""What Opus takes, in hertz; FLAC takes them too."""

_SUBTYPES: Final[dict[RecordingFormat, tuple[str, str]]] = {
    "opus": ("OGG", "OPUS"),
    "flac": ("FLAC", "PCM_16"),
}
_CHANNELS = 2
# In a FLAC file's first block: the size of its blocks, and at the end of eight bytes of other
# facts, in 36 bits, how many samples it has on each channel.
_BLOCK_SIZE_AT = 8
_LENGTH_AT = 18
_LENGTH_BITS = 36


class SoundFileError(OSError):
    """A sound file cannot be made, written or read; the message says why."""


class SoundFile:
    """A new sound file, which nobody else may read.

    Args:
        path: Where; nothing may be there yet.
        format: `opus` or `flac`.
        sample_rate: One of `SAMPLE_RATES`, in hertz.

    Raises:
        OSError: It cannot be made.
    """

    def __init__(self, path: Path, format: RecordingFormat, sample_rate: int) -> None:
        container, subtype = _SUBTYPES[format]
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            self._file = soundfile.SoundFile(
                self._fd,
                "w",
                samplerate=sample_rate,
                channels=_CHANNELS,
                format=container,
                subtype=subtype,
                closefd=False,
            )
        except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
            os.close(self._fd)
            raise SoundFileError(str(error)) from error
        self._is_flac = format == "flac"
        self._sample_rate = sample_rate
        self._frames = 0
        self._told_blocks = 0

    @property
    def seconds(self) -> float:
        """How much has been written."""
        return self._frames / self._sample_rate

    def write(self, left: bytes, right: bytes) -> None:
        """Add audio.

        Args:
            left: Signed 16-bit mono samples.
            right: As many samples.

        Raises:
            OSError: The disk is full, or the encoder failed.
        """
        both = np.column_stack((np.frombuffer(left, "<i2"), np.frombuffer(right, "<i2")))
        try:
            self._file.write(both)
        except (soundfile.SoundFileError, RuntimeError, AssertionError) as error:
            raise SoundFileError(str(error)) from error
        self._frames += len(both)
        if self._is_flac:
            self._tell_length()

    def close(self) -> None:
        """Finish the file.

        Raises:
            OSError: Its end could not be written.
        """
        try:
            self._file.close()
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise SoundFileError(str(error)) from error
        finally:
            os.close(self._fd)

    def _tell_length(self) -> None:
        """Write down how many samples a reader finds, which is whole blocks only."""
        block = int.from_bytes(os.pread(self._fd, 2, _BLOCK_SIZE_AT), "big")
        # A block is written when a sample of the next one has come.
        blocks = (self._frames - 1) // block if block else 0
        if blocks <= self._told_blocks:
            return
        self._told_blocks = blocks
        facts = int.from_bytes(os.pread(self._fd, 8, _LENGTH_AT), "big")
        facts = facts >> _LENGTH_BITS << _LENGTH_BITS | blocks * block
        os.pwrite(self._fd, facts.to_bytes(8, "big"), _LENGTH_AT)


def length_of(path: Path) -> float:
    """Measure a sound file that may have no proper end.

    Args:
        path: The file.

    Returns:
        How many seconds of it can be played.

    Raises:
        OSError: It cannot be read, or is no sound file.
    """
    with path.open("rb") as opened:
        try:
            with soundfile.SoundFile(opened.fileno(), closefd=False) as file:
                # A FLAC file that ended within its first block says nothing of its length.
                known = file.frames < 1 << _LENGTH_BITS
                return float(file.frames / file.samplerate) if known else 0.0
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise SoundFileError(str(error)) from error
