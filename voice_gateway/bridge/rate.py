"""One direction of a telephone line brought to the bridge's rate, or from it."""

from __future__ import annotations

import numpy as np
import soxr

from voice_gateway.speech.pcm import bytes_of, samples_of


class RateStream:
    """Resamples one stream of audio, 15 to 30 ms late.

    Args:
        from_rate: Of what comes in, in hertz.
        to_rate: Of what goes out, in hertz.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        # soxr's fixed-ratio engine works in blocks and would hold back 100 ms; the one for
        # variable ratios gives out as much as came in, every time.
        self._resampler = (
            None
            if from_rate == to_rate
            else soxr.ResampleStream(from_rate, to_rate, 1, "float32", soxr.HQ, vr=True)
        )

    def feed(self, pcm: bytes) -> bytes:
        """Convert the next piece of the stream.

        Args:
            pcm: Signed 16-bit mono samples at the first rate.

        Returns:
            Samples at the second rate, not always equally many.
        """
        if self._resampler is None:
            return pcm
        return bytes_of(self._resampler.resample_chunk(samples_of(pcm).astype(np.float32)))
