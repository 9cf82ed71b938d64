"""One direction of a telephone line brought to the rate of listening, or from it.

A short filter rather than a library's resampler: those hold back 15 to 100 ms.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.pcm import (
    LISTENING_RATE,
    Samples,
    bytes_of,
    check_line_rate,
    samples_of,
)

# In samples at 16 kHz: 2 ms.
_DELAY: Final = 31
_TAPS: Final = _DELAY + 1
_STEPS: Final = 2**20


def _half_band() -> NDArray[np.float64]:
    """Every other coefficient of a filter that lets pass what is below 4 kHz.

    Those between are nothing, but for the middle one, which is a half. It is flat to 3.5 kHz and
    60 dB down from 4.5 kHz on.
    """
    at = np.arange(-_DELAY, _DELAY + 1)
    side = (0.5 * np.sinc(at / 2) * np.kaiser(len(at), 5.65))[0::2]
    # So coarse that sums are exact in whatever order they are made.
    return np.asarray(np.round(side * (0.5 / side.sum()) * _STEPS) / _STEPS)


_HALF_BAND: Final = _half_band()


class RateStream:
    """Resamples one stream of audio, 2 ms late; frame by frame, as much comes out as went in.

    What comes out does not depend on how the stream is cut.

    Args:
        from_rate: Of what comes in: 8000 or 16000 Hz.
        to_rate: Of what goes out: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        check_line_rate(from_rate)
        check_line_rate(to_rate)
        self._filter: _Doubler | _Halver | None = None
        if from_rate != to_rate:
            self._filter = _Doubler() if to_rate == LISTENING_RATE else _Halver()

    def feed(self, pcm: bytes) -> bytes:
        """Convert the next piece of the stream.

        Args:
            pcm: Signed 16-bit mono samples at the first rate.

        Returns:
            Samples at the second rate.

        Raises:
            AudioError: The number of bytes is odd.
        """
        if self._filter is None:
            samples_of(pcm)  # refuses half a sample
            return pcm
        return self._filter.feed(pcm)


class _Doubler:
    """Brings a stream from 8 to 16 kHz, 2 ms late and not a sample more."""

    def __init__(self) -> None:
        self._past: NDArray[np.float64] = np.zeros(_TAPS - 1)

    def feed(self, pcm: bytes) -> bytes:
        """Convert the next piece of the stream.

        Args:
            pcm: Mono PCM at 8 kHz.

        Returns:
            Twice as many samples.

        Raises:
            AudioError: The number of bytes is odd.
        """
        if not pcm:
            return b""
        known = _joined(self._past, samples_of(pcm))
        self._past = known[1 - _TAPS :]
        doubled = np.empty(2 * (len(known) - _TAPS + 1))
        doubled[0::2] = 2 * np.convolve(known, _HALF_BAND, "valid")
        doubled[1::2] = known[_TAPS // 2 : -(_TAPS // 2) + 1]
        return bytes_of(doubled)


class _Halver:
    """Brings a stream from 16 to 8 kHz, 2 ms late.

    What 8 kHz cannot carry is taken out.
    """

    def __init__(self) -> None:
        self._past: NDArray[np.float64] = np.zeros(2 * (_TAPS - 1))
        self._odd = b""

    def feed(self, pcm: bytes) -> bytes:
        """Convert the next piece of the stream.

        Args:
            pcm: Mono PCM at 16 kHz.

        Returns:
            Half as many samples; one that is left over waits for the next piece.

        Raises:
            AudioError: The number of bytes is odd.
        """
        samples = samples_of(self._odd + pcm)
        pairs = len(samples) // 2
        self._odd = samples[2 * pairs :].tobytes()
        if not pairs:
            return b""
        known = _joined(self._past, samples[: 2 * pairs])
        self._past = known[2 * (1 - _TAPS) :]
        even, odd = known[0::2], known[1::2]
        halved = np.convolve(even, _HALF_BAND, "valid")
        halved += 0.5 * odd[_TAPS // 2 - 1 : -(_TAPS // 2)]
        return bytes_of(halved)


def _joined(past: NDArray[np.float64], samples: Samples) -> NDArray[np.float64]:
    return np.concatenate((past, samples.astype(np.float64)))
