"""A labelled turn: what is said, and where in its audio nobody may come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from speech_model.evaluation.joining import Sound
from voice_gateway.conversation.commands import Expect
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES

Kind = Literal["whole", "pause_in_number", "searching", "clauses", "back_channel", "noise"]

SPOKEN_KINDS: Final[tuple[Kind, ...]] = ("whole", "pause_in_number", "searching", "clauses")
"""Turns that want an answer; the other kinds do not."""
LINE_S: Final = 0.5
"""How much of the line alone follows each turn's speech."""
SHORTEST_PAUSE_S: Final = 0.15
"""Shorter silences are parts of words: the closure of a "t" takes up to a tenth of a second."""
AUDIBLE_DB: Final = 30.0
"""What is further below the loudest than this is lost in the noise of the line."""
_FRAME_S: Final = 0.01
_LOUD_PERCENTILE: Final = 95


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence inside a turn.

    Args:
        start_s: Seconds from the turn's first word.
        end_s: When the caller goes on.
    """

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """Something that a caller says or does.

    Args:
        name: Unique in its set.
        text: What is said; what it is, of a noise.
        kind: What it is to try.
        awaited: What the bot waits for meanwhile.
        voice: Who speaks.
        real: Whether that is a person, not a synthetic voice.
        pcm: Mono PCM at 16 kHz as it comes from the telephone. It begins with the first word, and
            its last `LINE_S` are the line alone.
        pauses: The silences inside the turn, in order.
        speech_end_s: When the last word has ended, in seconds from the first.
    """

    name: str
    text: str
    kind: Kind
    awaited: Expect
    voice: str
    real: bool
    pcm: bytes
    pauses: tuple[Pause, ...]
    speech_end_s: float

    @property
    def line(self) -> bytes:
        """What is heard of the line while nobody speaks."""
        return self.pcm[-round(LINE_S * LISTENING_RATE) * SAMPLE_BYTES :]

    @property
    def speech(self) -> bytes:
        """The turn without the line after it."""
        return self.pcm[: -len(self.line)]


@dataclass(frozen=True, slots=True)
class SpeechBounds:
    """Where in a sound somebody speaks.

    Args:
        start_s: Where the first word begins.
        end_s: Where the last one ends.
        pauses: The silences between, in seconds from the sound's beginning.
    """

    start_s: float
    end_s: float
    pauses: tuple[Pause, ...]


def bounds_of(sound: Sound, rate: int, quieter_db: float = AUDIBLE_DB) -> SpeechBounds:
    """Find speech and pauses by energy.

    Args:
        sound: Speech before it goes through the telephone.
        rate: Samples a second.
        quieter_db: What is less than this below the loudest twentieth is speech.

    Returns:
        The speech; each silence in it of at least `SHORTEST_PAUSE_S` is a pause. A sound without
        any energy has no speech.
    """
    size = round(_FRAME_S * rate)
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    loud = np.flatnonzero(power > _loudest(power) * 10 ** (-quieter_db / 10))
    if not loud.size:
        return SpeechBounds(0.0, 0.0, ())
    pauses = (
        Pause((before + 1) * _FRAME_S, after * _FRAME_S)
        for before, after in zip(loud.tolist(), loud.tolist()[1:], strict=False)
        if (after - before - 1) * _FRAME_S >= SHORTEST_PAUSE_S
    )
    return SpeechBounds(loud[0] * _FRAME_S, (loud[-1] + 1) * _FRAME_S, tuple(pauses))


def _loudest(power: NDArray[np.float64]) -> float:
    spoken = power[power > power.max(initial=0.0) * 1e-6]
    return float(np.percentile(spoken, _LOUD_PERCENTILE)) if spoken.size else 0.0
