"""PCM as bytes and as arrays."""

from __future__ import annotations

from typing import cast

import numpy as np
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
