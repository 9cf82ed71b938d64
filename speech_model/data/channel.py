"""What lies between a mouth and the line: room, noise, handset, codecs, lost packets."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from speech_model.data.sound import Wave
from speech_model.features import RATE
from voice_gateway.speech.pcm import samples_of
from voice_gateway.speech.rate import RateStream

LINE_RATE: Final = 8_000
PACKET_SECONDS: Final = 0.02


class Codec(StrEnum):
    """How a line codes speech; the values are libsndfile's subtypes."""

    MU_LAW = "ULAW"
    A_LAW = "ALAW"
    GSM = "GSM610"  # full rate, 13 kbit/s
    ADPCM = "G721_32"  # cordless and trunks, 32 kbit/s
    LOW_ADPCM = "NMS_ADPCM_24"
    OPUS = "OPUS"  # browsers


class Concealment(StrEnum):
    """What a receiver plays where a packet is missing."""

    SILENCE = "silence"
    REPEAT = "repeat"  # the last packet again, fading; ITU-T G.711 Appendix I in short


@dataclass(frozen=True, slots=True)
class Handset:
    """A microphone and what carries its signal, up to the codec.

    Args:
        low_cut: Where the lower edge of the band is, Hz.
        high_cut: Where the upper edge is, Hz.
        tilt: dB that an octave is louder than the one below.
        peaks: Resonances: frequency in Hz, height in dB, width in octaves.
    """

    low_cut: float
    high_cut: float
    tilt: float = 0.0
    peaks: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Losses:
    """Packets that do not arrive, one alone or several in a row.

    Args:
        rate: Share of the packets that is lost.
        burst: How many are lost in a row, on average.
        concealment: What is heard instead.
    """

    rate: float
    burst: float
    concealment: Concealment


def through_handset(samples: Wave, handset: Handset, rate: int) -> Wave:
    """Filter a signal as a handset does, and bring it to the line's rate.

    Args:
        samples: At 16 kHz.
        handset: The band and its colour.
        rate: 8000 or 16000.

    Returns:
        The signal at that rate.
    """
    size = _good_size(len(samples) + RATE // 10)
    spectrum = np.fft.rfft(samples, size)
    bins = size * rate // (2 * RATE) + 1
    frequencies = np.linspace(0, rate / 2, 512)
    places = np.linspace(0, rate / 2, bins)
    gain = np.interp(places, frequencies, _response(handset, frequencies) * (rate / RATE))
    out = np.fft.irfft(spectrum[:bins] * gain.astype(np.float32), size * rate // RATE)
    return out[: len(samples) * rate // RATE].astype(np.float32, copy=False)


def through_room(samples: Wave, decay: float, direct: float, noise: np.random.Generator) -> Wave:
    """Let it sound as if the speaker stood away from the telephone.

    Args:
        samples: At 16 kHz.
        decay: Seconds until an echo is 60 dB down.
        direct: How much louder than all echoes the direct sound is, dB.
        noise: Where the room's echoes come from.

    Returns:
        As many samples.
    """
    length = int(decay * RATE)
    echoes = noise.standard_normal(length, dtype=np.float32)
    echoes *= np.power(10.0, -3.0 * np.arange(length) / length).astype(np.float32)
    echoes[: int(0.002 * RATE)] = 0.0  # the way to the nearest wall and back
    echoes *= 10 ** (-direct / 20) / (np.sqrt(np.square(echoes).sum()) + 1e-9)
    echoes[0] = 1.0
    size = _good_size(len(samples) + length)
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(echoes, size)
    return np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32, copy=False)


def through_codec(samples: Wave, codec: Codec, rate: int) -> Wave:
    """Code a signal and decode it again.

    Args:
        samples: Full scale at 1.
        codec: How.
        rate: Samples a second.

    Returns:
        As many samples.
    """
    coded = io.BytesIO()
    container = "OGG" if codec is Codec.OPUS else "WAV"
    pcm = as_pcm(samples)
    soundfile.write(coded, pcm, rate, format=container, subtype=codec.value)
    coded.seek(0)
    decoded = soundfile.read(coded, dtype="float32")[0][: len(samples)]
    # Codecs that work in blocks may drop what does not fill the last one.
    return np.concatenate([decoded, np.zeros(len(samples) - len(decoded), np.float32)])


def lose_packets(samples: Wave, losses: Losses, rate: int, chance: np.random.Generator) -> Wave:
    """Lose packets of 20 ms and conceal that.

    Losses follow Gilbert's model (Bell System Technical Journal, 1960): two states, of which one
    loses everything.

    Args:
        samples: Full scale at 1.
        losses: How many, and what is heard instead.
        rate: Samples a second.
        chance: Decides which.

    Returns:
        As many samples.
    """
    packet = int(rate * PACKET_SECONDS)
    out = samples.copy()
    leave = 1 / losses.burst
    enter = min(1.0, losses.rate * leave / (1 - losses.rate))
    draws = chance.random(len(samples) // packet)
    lost = 0
    for number, draw in enumerate(draws):
        is_lost = draw < (enter if not lost else 1 - leave)
        lost = lost + 1 if is_lost else 0
        if not is_lost:
            continue
        here = slice(number * packet, (number + 1) * packet)
        if number and losses.concealment is Concealment.REPEAT and lost <= 3:
            out[here] = out[here.start - packet : here.start] * (1.0, 0.8, 0.5)[lost - 1]
        else:
            out[here] = 0.0
    return out


def heard_at_listening_rate(samples: Wave, rate: int) -> NDArray[np.int16]:
    """Bring a line's signal to 16 kHz as the gateway does, rounding included.

    Args:
        samples: Full scale at 1.
        rate: 8000 or 16000.

    Returns:
        16-bit samples at 16 kHz.
    """
    if rate == RATE:
        return as_pcm(samples)
    return samples_of(RateStream(rate, RATE).feed(as_pcm(samples).tobytes()))


def as_pcm(samples: Wave) -> NDArray[np.int16]:
    """Round to 16 bits, clipping what is too loud.

    Args:
        samples: Full scale at 1.
    """
    return to_16_bits(samples * np.float32(32767))


def to_16_bits(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Round samples on the 16-bit scale, clipping what is too loud.

    Args:
        samples: Values of -32768 to 32767.
    """
    rounded: NDArray[np.int16] = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return rounded


def _response(handset: Handset, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain by frequency: second-order edges, Butterworth-like above, tilt and peaks in between."""
    hertz = np.maximum(frequencies, 1.0)
    low = (handset.low_cut / hertz) ** 4
    high = (hertz / handset.high_cut) ** 24
    decibels = handset.tilt * np.clip(np.log2(hertz / 1000), -4, 3)
    for centre, height, width in handset.peaks:
        decibels = decibels + height * np.exp(-np.square(np.log2(hertz / centre) / width))
    gain: NDArray[np.float64] = 10 ** (decibels / 20) / np.sqrt((1 + low) * (1 + high))
    return gain


def _good_size(least: int) -> int:
    """A length that is quick to transform: a small number times a power of two, divisible by 4."""
    return min(odd << max(2, (-(-least // odd) - 1).bit_length()) for odd in (1, 3, 5, 9))
