"""Speech brought to one level before it is heard, however quietly somebody speaks.

The network takes loudness for a part of the sound: the same digits 46 dB below full scale are
misheard two to three times as often as at an ordinary level (`docs/decisions.md`).
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.pcm import Samples

Levelled = NDArray[np.float64]

TARGET_DBFS: Final = -18.0
MOST_DB: Final = 30.0
# No block is raised further than this, so that nothing is clipped where somebody gets louder.
_LOUDEST_DBFS: Final = -10.0
# Of the blocks lately heard, so many are louder than what counts as the level of the speech: a
# click cannot move it, and pauses between words do not.
_LOUDER: Final = 0.1
_REMEMBERED: Final = 30
# An utterance begins with what was before its first word; its level shows after these blocks.
_FIRST_LOOK: Final = 6
_SILENCE_DBFS: Final = -96.0


class GainControl:
    """Raises the quiet speech of one caller; loud speech stays as it is.

    What comes out depends on the blocks alone, not on when they come. The first blocks of a call
    are held back until they tell how loud the caller is.
    """

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self._held: list[Samples] = []
        self._gain: float | None = None

    def feed(self, block: Samples) -> list[Levelled]:
        """Level the next block.

        Args:
            block: A tenth of a second, 16-bit samples at 16 kHz.

        Returns:
            The blocks that are ready, on the 16-bit scale, in order: none at the beginning of a
            call, then all that were held back.
        """
        self._levels.append(_level(block))
        self._held.append(block)
        return self.drain() if len(self._levels) >= _FIRST_LOOK else []

    def drain(self) -> list[Levelled]:
        """End an utterance.

        Returns:
            What was still held back of it.
        """
        held, self._held = self._held, []
        return [self._levelled(block) for block in held]

    def _levelled(self, block: Samples) -> Levelled:
        speech = float(np.quantile(self._levels, 1 - _LOUDER))
        wanted = min(max(TARGET_DBFS - speech, 0.0), MOST_DB)
        gain = 10 ** (min(wanted, max(_LOUDEST_DBFS - _level(block), 0.0)) / 20)
        before = gain if self._gain is None else min(gain, self._gain)
        self._gain = gain
        # It rises over the block and falls at once: what is suddenly loud would be clipped.
        return block * np.linspace(before, gain, len(block))


def _level(block: Samples) -> float:
    samples = block.astype(np.float64)
    power = float(samples @ samples) / max(1, samples.size)
    return max(_SILENCE_DBFS, 10 * math.log10(max(power, 1e-9) / 32768.0**2))
