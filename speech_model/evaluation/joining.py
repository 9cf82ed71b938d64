"""Single recorded words put together to what somebody might have said in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Samples between -1 and 1."""

# A digit said slowly to a machine is followed by about this much silence.
GAPS_S: Final = (0.05, 0.35)
_SILENT_BELOW = 0.02  # of the loudest sample
_KEPT_S = 0.03


def trimmed(sound: Sound, rate: int) -> Sound:
    """Cut away the silence around a word.

    Args:
        sound: A recorded word.
        rate: Samples a second.

    Returns:
        Its part from 30 ms before the first to 30 ms after the last sample that is louder than
        2 % of the loudest; all of it when nothing is.
    """
    peak = float(np.abs(sound).max(initial=0.0))
    loud = np.flatnonzero(np.abs(sound) > _SILENT_BELOW * peak)
    if not loud.size:
        return sound
    kept = round(_KEPT_S * rate)
    return sound[max(0, int(loud[0]) - kept) : int(loud[-1]) + 1 + kept]


def joined(words: Sequence[Sound], rate: int, chosen: np.random.Generator) -> Sound:
    """Say words one after the other, with a silence of random length between any two.

    Args:
        words: Recorded words, at least one.
        rate: Samples a second of all of them.
        chosen: Chooses the silences, evenly between the ends of `GAPS_S`.

    Returns:
        The words in order, each trimmed.
    """
    parts: list[Sound] = []
    for word in words:
        if parts:
            parts.append(np.zeros(round(chosen.uniform(*GAPS_S) * rate), np.float32))
        parts.append(trimmed(word, rate))
    return np.concatenate(parts)
