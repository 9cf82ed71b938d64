"""How loud somebody speaks: a mean level that neither pauses nor clicks can move."""

from __future__ import annotations

from collections import deque
from typing import Final

from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES
from voice_gateway.speech.voice_activity import level_dbfs

FRAME_BYTES: Final = LISTENING_RATE // 50 * SAMPLE_BYTES  # 20 ms
_KEPT: Final = 3_000  # frames: a minute of speech says enough
_FEWEST: Final = 5
# Pauses between words lie far below speech; clicks and plosives far above.
_PAUSE_DB: Final = 20.0
_CLICKS: Final = 0.05
_LOUDER_HALF: Final = 0.5


class Loudness:
    """Measures the speech of one utterance."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_KEPT)
        self._waiting = bytearray()  # less than a frame

    def add(self, speech: bytes) -> None:
        """Take in the next piece in which somebody spoke.

        Args:
            speech: Mono PCM at 16 kHz, of any length.
        """
        self._waiting += speech
        while len(self._waiting) >= FRAME_BYTES:
            self._levels.append(level_dbfs(bytes(self._waiting[:FRAME_BYTES])))
            del self._waiting[:FRAME_BYTES]

    def take(self) -> float | None:
        """End the utterance.

        Returns:
            Its level.
        """
        level = self.level
        self._levels.clear()
        self._waiting.clear()
        return level

    @property
    def level(self) -> float | None:
        """The mean level of the louder half of the utterance so far.

        In dB relative to full scale, to a tenth, without the loudest twentieth and without pauses;
        None when too little was said.
        """
        levels = sorted(self._levels, reverse=True)
        if len(levels) < _FEWEST:
            return None
        levels = levels[int(len(levels) * _CLICKS) :]
        speech = [level for level in levels if level > levels[0] - _PAUSE_DB]
        louder = speech[: max(1, round(len(speech) * _LOUDER_HALF))]
        return round(sum(louder) / len(louder), 1)
