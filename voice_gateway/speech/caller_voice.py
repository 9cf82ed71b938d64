"""A synthetic caller, with another pitch and pace than the bot, and a telephone line to call on."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_gateway.speech.pcm import bytes_of, samples_of
from voice_gateway.speech.spoken_text import speakable
from voice_gateway.speech.voice import Voice

LEAD_S = 0.3
_TELEPHONE_RATE = 8_000
_BAND_HZ = (300.0, 3_400.0)
_EDGE_HZ = 200.0  # how gently it begins and ends
_MU = 255.0


class CallerVoice:
    """Speaks like somebody else than the bot. Blocking and thread-safe.

    Args:
        pitch: 1.15 is 15 % higher than the voice's own, with all its formants.
        pace: 1.1 speaks 10 % faster than the voice's own.
        voice: Whose voice; by default the one that comes with Warmline.
        varied: False says the same words in exactly the same way each time.

    Raises:
        ValueError: A pitch or pace that is not between 0.5 and 2.
    """

    def __init__(
        self,
        pitch: float = 1.15,
        pace: float = 1.1,
        voice: Voice | None = None,
        *,
        varied: bool = False,
    ) -> None:
        for name, value in (("pitch", pitch), ("pace", pace)):
            if not 0.5 <= value <= 2.0:
                raise ValueError(f"{name} {value} is not between 0.5 and 2")
        self._voice = voice or Voice.load()
        self._pitch = pitch
        self._pace = pace
        self._varied = varied

    def say(self, text: str, sample_rate: int) -> bytes:
        """Say something.

        Args:
            text: Any text.
            sample_rate: Hz.

        Returns:
            PCM with 0.3 s of silence before the first word.
        """
        # Played faster by `pitch`, everything is that much shorter: spoken slower by as much.
        audio = self._voice.render(speakable(text), self._pitch / self._pace, varied=self._varied)
        played = soxr.resample(audio, self._voice.sample_rate * self._pitch, sample_rate)
        silence = np.zeros(round(LEAD_S * sample_rate), np.float32)
        return bytes_of(np.concatenate([silence, played]))


def telephone_band(pcm: bytes, rate: int, snr_db: float | None = None, seed: int = 0) -> bytes:
    """Send audio through a telephone line: 300 to 3400 Hz, noise, µ-law.

    Args:
        pcm: Mono PCM.
        rate: Its samples a second, before and after.
        snr_db: How many decibels louder than the line's noise the speech is; None: no noise.
        seed: Another seed, another noise.

    Returns:
        PCM at the same rate, of the same length.

    Raises:
        AudioError: The number of bytes is odd.
    """
    samples = samples_of(pcm).astype(np.float32)
    if not samples.size:
        return b""
    narrow = np.asarray(soxr.resample(samples, rate, _TELEPHONE_RATE), dtype=np.float64)
    narrow = _band_passed(narrow)
    if snr_db is not None:
        noise = np.random.default_rng(seed).normal(0.0, 1.0, len(narrow))
        narrow = narrow + noise * _speech_level(narrow) * 10 ** (-snr_db / 20)
    narrow = _through_mu_law(narrow)
    wide = np.asarray(soxr.resample(narrow.astype(np.float32), _TELEPHONE_RATE, rate))
    sized = np.zeros(len(samples), np.float32)
    count = min(len(sized), len(wide))
    sized[:count] = wide[:count]
    return bytes_of(sized)


def _band_passed(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / _TELEPHONE_RATE)
    low = np.clip((hz - _BAND_HZ[0] + _EDGE_HZ) / _EDGE_HZ, 0.0, 1.0)
    high = np.clip((_BAND_HZ[1] + _EDGE_HZ - hz) / _EDGE_HZ, 0.0, 1.0)
    return np.fft.irfft(spectrum * low * high, len(samples))


def _speech_level(samples: NDArray[np.float64]) -> float:
    """Root mean square of the louder half, so that pauses do not count."""
    power = np.sort(samples**2)
    return float(np.sqrt(power[len(power) // 2 :].mean()))


def _through_mu_law(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled = np.clip(samples / 32768.0, -1.0, 1.0)
    code = np.rint(np.sign(scaled) * np.log1p(_MU * np.abs(scaled)) / np.log1p(_MU) * 127)
    level = np.abs(code) / 127
    return np.asarray(np.sign(code) * np.expm1(level * np.log1p(_MU)) / _MU * 32768.0)
