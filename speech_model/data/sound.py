"""Sound files as arrays: reading any, trimming what is silent, telling the pitch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import kaldi_native_fbank as knf
import numpy as np
import soundfile
from numpy.typing import NDArray

Wave = NDArray[np.float32]
"""Mono samples, full scale at 1."""

_BLOCK_SECONDS: Final = 0.01
# How far below its loud parts a recording still counts as speech: consonants at the edges of words
# lie 30 dB below vowels.
_SPEECH_RANGE_DB: Final = 35.0
# Kaldi's feature of how far a frame is from being voiced, for a correlation of 0.75 with itself one
# pitch period later: 2 ((1.0001 - 0.75) ** 0.15 - 1). Ghahremani et al., ICASSP 2014.
_VOICED: Final = -0.375
_PITCH_RANGE: Final = (60.0, 450.0)
_VOICED_FRAMES: Final = 10
_PITCH_SECONDS: Final = 3.0  # of speech are enough to know a voice


class SoundError(Exception):
    """A sound file cannot be read; the message names it."""


def read_sound(path: Path, start: float = 0.0, seconds: float | None = None) -> tuple[Wave, int]:
    """Read the first channel of a sound file.

    Args:
        path: WAV, FLAC, Opus, MP3 or whatever else libsndfile reads.
        start: Where to begin, seconds.
        seconds: How much to read; by default the rest.

    Returns:
        The samples, and how many there are in a second.

    Raises:
        SoundError: It is missing or damaged.
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise SoundError(f"Cannot read {path}: {error}") from error
    # Cut only now: not every format can be entered at any sample.
    first = round(start * rate)
    last = None if seconds is None else first + round(seconds * rate)
    return np.ascontiguousarray(samples[first:last, 0]), int(rate)


def write_sound(path: Path, samples: NDArray[np.int16], rate: int) -> None:
    """Write a FLAC file, whole or not at all.

    Args:
        path: Where to.
        samples: Mono, 16 bit.
        rate: Samples a second.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    soundfile.write(temporary, samples, rate, format="FLAC")
    temporary.replace(path)


def speech_bounds(samples: Wave, rate: int) -> tuple[int, int]:
    """Find where speech begins and ends, by its level.

    Args:
        samples: A recording.
        rate: Samples a second.

    Returns:
        The first sample and the one after the last; all of it where nothing is loud.
    """
    block = max(1, int(rate * _BLOCK_SECONDS))
    whole = len(samples) // block * block
    if not whole:
        return 0, len(samples)
    power = np.square(samples[:whole].reshape(-1, block)).mean(axis=1)
    loud = float(np.percentile(power, 95))
    speech = np.flatnonzero(power > loud * 10 ** (-_SPEECH_RANGE_DB / 10))
    if not loud or not len(speech):
        return 0, len(samples)
    return int(speech[0]) * block, int(speech[-1] + 1) * block


def trimmed(samples: Wave, rate: int, margin: float) -> Wave:
    """Take most of the silence from both ends.

    Args:
        samples: A recording.
        rate: Samples a second.
        margin: Seconds that stay before and after the speech, where there are as many.

    Returns:
        A view of the recording.
    """
    first, last = speech_bounds(samples, rate)
    kept = int(margin * rate)
    return samples[max(0, first - kept) : last + kept]


def median_pitch(samples: Wave, rate: int) -> float:
    """Measure the pitch of a voice, by Kaldi's tracker.

    Args:
        samples: A recording of one speaker.
        rate: Samples a second.

    Returns:
        The median over voiced frames in Hz; 0 where there are hardly any.
    """
    speech = trimmed(samples, rate, 0.05)[: int(_PITCH_SECONDS * rate)]
    options = knf.PitchExtractionOptions()
    options.samp_freq = rate
    options.min_f0, options.max_f0 = _PITCH_RANGE
    wanted = knf.ProcessPitchOptions()
    wanted.add_raw_log_pitch = True
    wanted.add_normalized_log_pitch = wanted.add_delta_pitch = False
    frames = knf.compute_and_process_kaldi_pitch(options, wanted, speech * 32768)
    voiced = frames[frames[:, 0] < _VOICED, 1]
    return float(np.exp(np.median(voiced))) if len(voiced) >= _VOICED_FRAMES else 0.0
