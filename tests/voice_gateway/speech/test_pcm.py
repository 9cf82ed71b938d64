from __future__ import annotations

import numpy as np
import pytest

from voice_gateway.speech.pcm import AudioError, bytes_of, samples_of


def test_odd_bytes_are_no_16_bit_audio() -> None:
    with pytest.raises(AudioError, match="even number of bytes, got 3"):
        samples_of(b"abc")


def test_too_loud_is_clipped() -> None:
    assert samples_of(bytes_of(np.array([40_000.0, -40_000.0, 0.6]))).tolist() == [32767, -32768, 1]
