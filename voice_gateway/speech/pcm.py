"""PCM as bytes and as arrays, and a line's rate brought to the 16 kHz that listening works at."""

from __future__ import annotations

from typing import cast

import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.int16]

LISTENING_RATE = 16_000
LINE_RATES = (8_000, 16_000)
SAMPLE_BYTES = 2


class AudioError(ValueError):
    """Bytes that are not 16-bit PCM, or a rate that no line has."""


def samples_of(pcm: bytes) -> Samples:
    """View 16-bit little-endian PCM as samples.

    Args:
        pcm: Mono PCM.

    Returns:
        The samples, sharing memory with `pcm`.

    Raises:
        AudioError: The number of bytes is odd.
    """
    if len(pcm) % SAMPLE_BYTES:
        raise AudioError(f"16-bit audio has an even number of bytes, got {len(pcm)}")
    return np.frombuffer(pcm, dtype="<i2")


def bytes_of(samples: NDArray[np.floating]) -> bytes:
    """Round samples on the 16-bit scale to PCM, clipping what is too loud.

    Args:
        samples: Values of -32768 to 32767.

    Returns:
        Mono 16-bit little-endian PCM.
    """
    rounded = np.rint(samples)
    # Several times as fast as `clip` for frames of 20 ms.
    np.minimum(rounded, 32767, out=rounded)
    np.maximum(rounded, -32768, out=rounded)
    return cast(bytes, rounded.astype("<i2").tobytes())


def check_line_rate(sample_rate: int) -> None:
    """Refuse a rate that is not one of a line's.

    Args:
        sample_rate: Hz.

    Raises:
        AudioError: It is neither 8000 nor 16000.
    """
    if sample_rate not in LINE_RATES:
        raise AudioError(f"audio must have 8000 or 16000 samples a second, not {sample_rate}")


class Wideband:
    """Brings one stream of audio to 16 kHz; the result does not depend on how it is cut.

    Args:
        sample_rate: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    def __init__(self, sample_rate: int) -> None:
        check_line_rate(sample_rate)
        self._resampler = (
            None
            if sample_rate == LISTENING_RATE
            else soxr.ResampleStream(sample_rate, LISTENING_RATE, 1, "float32", soxr.HQ)
        )

    def feed(self, pcm: bytes) -> bytes:
        """Convert the next piece of the stream.

        Args:
            pcm: Mono PCM at the line's rate.

        Returns:
            Mono PCM at 16 kHz, a few milliseconds late when the line's rate is lower.

        Raises:
            AudioError: The number of bytes is odd.
        """
        samples = samples_of(pcm)
        if self._resampler is None:
            return pcm
        return bytes_of(self._resampler.resample_chunk(samples.astype(np.float32)))

    def drain(self) -> bytes:
        """End the stream, so that another can begin.

        Returns:
            What was still held back of it.
        """
        if self._resampler is None:
            return b""
        rest = self._resampler.resample_chunk(np.empty(0, np.float32), last=True)
        self._resampler.clear()
        return bytes_of(rest)
