"""Quiet speech raised to an ordinary level before it is heard.

The network takes loudness for a part of the sound: the same digits 46 dB below full scale are
misheard two to three times as often as at an ordinary level (`docs/decisions.md`).
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_gateway.speech.pcm import samples_of
from voice_gateway.speech.voice_activity import level_dbfs

Levelled = NDArray[np.float64]

TARGET_DBFS: Final = -22.0
MOST_DB: Final = 30.0
# Speech between these is heard alike; changing the gain within an utterance costs more words than
# the last decibels win.
_QUIETEST_DBFS: Final = -36.0
_LOUDEST_RAISED_DBFS: Final = -16.0
# No block is raised further than this, so that nothing is clipped where somebody gets louder.
_LOUDEST_DBFS: Final = -10.0
# Of the blocks of the last ten seconds, so many are louder than what counts as the level of the
# speech: a click cannot move it, and pauses between words do not.
_LOUDER: Final = 0.1
_REMEMBERED: Final = 100
# Speech shows in the contrast to what is between it: so many blocks about as loud as the loudest,
# so far above the quietest.
_WORD_BLOCKS: Final = 3
_WORD_DB: Final = 12.0
_CONTRAST_DB: Final = 15.0
# What is before the first word of a call is held back no longer than so many blocks.
_MOST_HELD: Final = 12


class GainControl:
    """Raises the quiet speech of one caller; ordinary and loud speech stays as it is.

    What comes out depends on the blocks alone, not on when they come. The first blocks of a call
    are held back until they tell how loud the caller is, for 1.2 s at most.
    """

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self._held: list[tuple[float, bytes]] = []
        self._gain_db = 0.0

    def feed(self, block: bytes) -> list[Levelled]:
        """Level the next block.

        Args:
            block: A tenth of a second of mono PCM at 16 kHz; the last one may be shorter.

        Returns:
            The samples of the blocks that are ready, on the 16-bit scale, in order: none at the
            beginning of a call, then all that were held back.

        Raises:
            AudioError: The number of bytes is odd.
        """
        level = level_dbfs(block)
        self._levels.append(level)
        self._held.append((level, block))
        ready = len(self._levels) >= _MOST_HELD or self._speech_shows()
        return self.drain() if ready else []

    def drain(self) -> list[Levelled]:
        """End an utterance.

        Returns:
            The samples that were still held back of it.
        """
        held, self._held = self._held, []
        if held:
            self._adapt()
        return [self._raised(level, block) for level, block in held]

    def _adapt(self) -> None:
        speech = float(np.quantile(self._levels, 1 - _LOUDER))
        too_quiet = speech + self._gain_db < _QUIETEST_DBFS and self._speech_shows()
        too_loud = self._gain_db > 0.0 and speech + self._gain_db > _LOUDEST_RAISED_DBFS
        if too_quiet or too_loud:
            self._gain_db = min(max(TARGET_DBFS - speech, 0.0), MOST_DB)

    def _raised(self, level: float, block: bytes) -> Levelled:
        gain = min(self._gain_db, max(_LOUDEST_DBFS - level, 0.0))
        return samples_of(block) * np.float64(10 ** (gain / 20))

    def _speech_shows(self) -> bool:
        loudest = max(self._levels)
        words = sum(level > loudest - _WORD_DB for level in self._levels)
        return words >= _WORD_BLOCKS and loudest - min(self._levels) >= _CONTRAST_DB
