"""Callers, places and lines, drawn by a seeded generator: what `augment` is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from speech_model.data.augment import Augmentation
from speech_model.data.channel import LINE_RATE, Codec, Concealment, Handset, Losses
from speech_model.data.noise import NoiseKind
from speech_model.features import RATE

_Choice = TypeVar("_Choice")

# Median and spread (of the logarithm) of the pitch of men and women who speak in conversation;
# Baken and Orlikoff, Clinical Measurement of Speech and Voice, 2000.
_PITCHES: Final = ((118.0, 0.17), (205.0, 0.15))
_PITCH_FACTORS: Final = (0.55, 1.6)
# Men's and women's formants differ by 15 to 18 %, their pitch by 75 %, which is a power of a third;
# some more shows more tracts.
_TRACT_BY_PITCH: Final = 0.45
_TRACT_SPREAD: Final = 0.05
_TRACT_FACTORS: Final = (0.78, 1.25)
# How far the pitch may go beyond the tract. Both together are changed without loss, by playing a
# recording faster or slower; one alone is not.
_PITCH_BEYOND_TRACT: Final = (0.85, 1.18)
_LEAST_BAND: Final = 3400.0  # Hz
# Median and spread of the phones a second of people who talk; some of the way there is gone.
_PHONE_RATE: Final = (11.0, 0.25)
_PACE_FACTORS: Final = (0.75, 1.6)

_CODECS: Final[tuple[tuple[float, tuple[Codec, ...]], ...]] = (
    (0.60, (Codec.MU_LAW,)),
    (0.08, (Codec.A_LAW,)),
    (0.12, (Codec.GSM, Codec.MU_LAW)),
    (0.03, (Codec.GSM, Codec.GSM)),
    (0.05, (Codec.ADPCM, Codec.MU_LAW)),
    (0.02, (Codec.LOW_ADPCM,)),
    (0.10, ()),
)
_WIDE_CODECS: Final[tuple[tuple[float, tuple[Codec, ...]], ...]] = ((0.9, ()), (0.1, (Codec.OPUS,)))
_NOISES: Final[tuple[tuple[float, NoiseKind], ...]] = (
    (0.22, NoiseKind.WHITE),
    (0.20, NoiseKind.PINK),
    (0.12, NoiseKind.BROWN),
    (0.06, NoiseKind.HUM),
    (0.18, NoiseKind.STREET),
    (0.16, NoiseKind.BABBLE),
    (0.06, NoiseKind.VOICE),
)
# Speech behind the speaker must stay clearly behind: whoever is louder is to be understood.
_LEAST_SPEECH_SNR: Final = 12.0


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the recordings that are to be augmented.

    Args:
        parts: How many are joined.
        rate: Their samples a second.
        pitch: The speaker's, Hz; 0 where it is not known.
        phone_rate: Phones a second of the speech; 0 where it is not known.
    """

    parts: int
    rate: int
    pitch: float
    phone_rate: float


def draw_call(chance: np.random.Generator, source: Source) -> Augmentation:
    """Draw a caller, a place and a line, anew for each call.

    Args:
        chance: Decides.
        source: What will be augmented; a low rate stays a telephone's.

    Returns:
        What to do.
    """
    pitch, tract = _voice(chance, source)
    narrow = source.rate < RATE or chance.random() < 0.8
    noise, snr = _noise(chance)
    in_room = chance.random() < 0.15
    return Augmentation(
        handset=_handset(chance) if narrow else _wide_handset(chance),
        rate=LINE_RATE if narrow else RATE,
        pitch=pitch,
        tract=tract,
        pace=_pace(chance, source.phone_rate),
        gaps=_gaps(chance, source.parts - 1),
        before=_silence(chance),
        after=_silence(chance) + 0.1,
        decay=chance.uniform(0.1, 0.6) if in_room else 0.0,
        direct=chance.uniform(3.0, 15.0),
        noise=noise,
        snr=snr,
        level=_level(chance),
        codecs=_one_of(chance, _CODECS if narrow else _WIDE_CODECS),
        losses=_losses(chance) if chance.random() < 0.1 else None,
    )


def draw_plain_line(chance: np.random.Generator, source: Source) -> Augmentation:
    """Leave the voice as it is and send it over a good telephone line, for measuring.

    Args:
        chance: Decides about gaps and level.
        source: What will be augmented.

    Returns:
        What to do.
    """
    return Augmentation(
        handset=Handset(low_cut=200.0, high_cut=3600.0),
        gaps=_gaps(chance, source.parts - 1),
        level=chance.uniform(-28.0, -20.0),
    )


def _voice(chance: np.random.Generator, source: Source) -> tuple[float, float]:
    """Factors on pitch and formants: towards some adult, or nearly the voice as it is."""
    child = source.pitch > 250.0  # children do not call often
    if source.pitch and (child or chance.random() < 0.5):
        # Mostly towards the nearer of the two; far from home a voice loses its nature.
        near, far = sorted(_PITCHES, key=lambda one: abs(np.log(one[0] / source.pitch)))
        median, spread = near if chance.random() < 0.65 else far
        wanted = median * np.exp(chance.normal(0.0, spread)) / source.pitch
    else:
        wanted = np.exp(chance.normal(0.0, 0.08))
    wanted = np.clip(wanted, *_PITCH_FACTORS)
    tract = wanted**_TRACT_BY_PITCH * np.exp(chance.normal(0.0, _TRACT_SPREAD))
    tract = np.clip(tract, *_TRACT_FACTORS)
    pitch = tract * np.clip(wanted / tract, *_PITCH_BEYOND_TRACT)
    # A lower pitch takes the upper end of the band away; the line wants most of its own.
    return float(max(pitch, 2 * _LEAST_BAND / source.rate)), float(tract)


def _pace(chance: np.random.Generator, phone_rate: float) -> float:
    median, spread = _PHONE_RATE
    usual = phone_rate or median
    wanted = median * np.exp(chance.normal(0.0, spread))
    return float(np.clip((wanted / usual) ** chance.random(), *_PACE_FACTORS))


def _gaps(chance: np.random.Generator, count: int) -> tuple[float, ...]:
    """Gaps as people make them: alike within a string, longer between groups of digits."""
    usual = chance.uniform(-0.03, 0.25)
    return tuple(
        float(
            usual * chance.uniform(0.4, 1.6)
            + (chance.uniform(0.1, 0.35) if chance.random() < 0.15 else 0.0)
        )
        for _ in range(count)
    )


def _silence(chance: np.random.Generator) -> float:
    kind = chance.random()
    if kind < 0.15:
        return chance.uniform(0.0, 0.06)
    return chance.uniform(0.06, 0.6) if kind < 0.85 else chance.uniform(0.6, 2.5)


def _level(chance: np.random.Generator) -> float:
    if chance.random() < 0.04:
        return chance.uniform(-8.0, 0.0)  # overdriven
    return float(np.clip(chance.normal(-24.0, 7.0), -45.0, -10.0))


def _noise(chance: np.random.Generator) -> tuple[NoiseKind | None, float]:
    kind = chance.random()
    if kind < 0.12:
        return None, 0.0  # nothing but zeros in pauses, as lines with comfort silence have
    if kind < 0.4:
        return NoiseKind.WHITE, chance.uniform(35.0, 55.0)
    noise = _one_of(chance, _NOISES)
    snr = chance.uniform(7.0, 35.0)
    speaking = noise in (NoiseKind.BABBLE, NoiseKind.VOICE)
    return noise, max(snr, _LEAST_SPEECH_SNR) if speaking else snr


def _handset(chance: np.random.Generator) -> Handset:
    return Handset(
        low_cut=chance.uniform(40.0, 330.0),
        high_cut=chance.uniform(3100.0, 3900.0),
        tilt=chance.normal(0.0, 1.5),
        peaks=_peaks(chance, 3500.0),
    )


def _wide_handset(chance: np.random.Generator) -> Handset:
    return Handset(
        low_cut=chance.uniform(30.0, 200.0),
        high_cut=chance.uniform(5000.0, 7900.0),
        tilt=chance.normal(0.0, 1.5),
        peaks=_peaks(chance, 7000.0),
    )


def _peaks(chance: np.random.Generator, highest: float) -> tuple[tuple[float, float, float], ...]:
    return tuple(
        (
            float(np.exp(chance.uniform(np.log(200.0), np.log(highest)))),
            chance.normal(0.0, 4.0),
            chance.uniform(0.2, 1.0),
        )
        for _ in range(chance.integers(0, 4))
    )


def _losses(chance: np.random.Generator) -> Losses:
    return Losses(
        rate=chance.uniform(0.005, 0.04),
        burst=chance.uniform(1.0, 2.5),
        concealment=Concealment.REPEAT if chance.random() < 0.7 else Concealment.SILENCE,
    )


def _one_of(chance: np.random.Generator, choices: Sequence[tuple[float, _Choice]]) -> _Choice:
    return choices[int(chance.choice(len(choices), p=[weight for weight, _ in choices]))][1]
