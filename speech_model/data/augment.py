"""One recording heard as if somebody else said it, elsewhere, over another line.

What is done is decided elsewhere (`drawing`); here it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech_model.data.channel import (
    LINE_RATE,
    Codec,
    Handset,
    Losses,
    heard_at_listening_rate,
    lose_packets,
    through_codec,
    through_handset,
    through_room,
)
from speech_model.data.noise import NoiseKind, make_noise, speech_level
from speech_model.data.sound import Wave
from speech_model.data.voice_change import change_voice
from speech_model.features import RATE


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What is done to a recording.

    Args:
        pitch: Factor on the pitch.
        tract: Factor on the formants.
        pace: Factor on the speed.
        gaps: Seconds between joined recordings; below 0 they overlap.
        before: Seconds of silence before the first word.
        after: Seconds of silence after the last.
        decay: Seconds that echoes of the room last, 0 for none.
        direct: How much louder the direct sound is than all echoes, dB.
        noise: What is heard behind the speaker.
        snr: How much louder the speaker is, dB.
        level: Of the speech, dB below full scale; above about -10 it is clipped.
        handset: What the microphone lets through.
        rate: The line's: 8000 or 16000.
        codecs: What it is coded with, one after the other.
        losses: Packets that go missing.
    """

    handset: Handset
    rate: int = LINE_RATE
    pitch: float = 1.0
    tract: float = 1.0
    pace: float = 1.0
    gaps: tuple[float, ...] = ()
    before: float = 0.3
    after: float = 0.5
    decay: float = 0.0
    direct: float = 0.0
    noise: NoiseKind | None = None
    snr: float = 0.0
    level: float = -24.0
    codecs: tuple[Codec, ...] = (Codec.MU_LAW,)
    losses: Losses | None = None


def augment(
    parts: Sequence[tuple[Wave, int]],
    how: Augmentation,
    chance: np.random.Generator,
    voices: Sequence[Wave] = (),
) -> NDArray[np.int16]:
    """Join recordings and do to them what was drawn.

    Args:
        parts: Recordings of one speaker, each with its samples a second; silence at their ends
            is heard in addition to the gaps.
        how: What to do.
        chance: Where noise, echoes and losses come from.
        voices: Other people at 16 kHz, to talk in the background.

    Returns:
        What the recogniser hears, at 16 kHz.
    """
    spoken = [change_voice(part, rate, how.pitch, how.tract, how.pace) for part, rate in parts]
    speech = join(spoken, how.gaps, how.before, how.after)
    if how.decay:
        speech = through_room(speech, how.decay, how.direct, chance)
    loudness = speech_level(speech)
    if how.noise is not None:
        background = make_noise(how.noise, len(speech), chance, voices)
        speech = speech + background * np.float32(loudness * 10 ** (-how.snr / 20))
    speech = speech * np.float32(10 ** (how.level / 20) / loudness)
    line = through_handset(speech, how.handset, how.rate)
    for number, codec in enumerate(how.codecs):
        line = through_codec(line, codec, how.rate)
        if number == 0 and how.losses is not None:
            line = lose_packets(line, how.losses, how.rate, chance)
    if how.losses is not None and not how.codecs:
        line = lose_packets(line, how.losses, how.rate, chance)
    return heard_at_listening_rate(line, how.rate)


def join(parts: Sequence[Wave], gaps: Sequence[float], before: float, after: float) -> Wave:
    """Put recordings one after the other.

    Args:
        parts: At 16 kHz, one at least.
        gaps: Seconds between them, one less; below 0 they overlap.
        before: Seconds of silence before the first.
        after: Seconds of silence after the last.

    Returns:
        All of it at 16 kHz.
    """
    begins = [int(before * RATE)]
    for part, gap in zip(parts, gaps, strict=False):
        begins.append(max(begins[-1], begins[-1] + len(part) + int(gap * RATE)))
    out = np.zeros(
        max(begin + len(part) for begin, part in zip(begins, parts, strict=True))
        + int(after * RATE),
        np.float32,
    )
    for begin, part in zip(begins, parts, strict=True):
        out[begin : begin + len(part)] += _softly(part)
    return out


def _softly(part: Wave) -> Wave:
    """Five milliseconds to swell and to fade, so that no cut is heard."""
    edge = min(len(part) // 2, RATE // 200)
    if not edge:
        return part
    slope = np.linspace(0, 1, edge, dtype=np.float32)
    part = part.copy()
    part[:edge] *= slope
    part[-edge:] *= slope[::-1]
    return part
