"""Features as Vosk computes them, for training."""

from __future__ import annotations

from typing import Final

import kaldi_native_fbank as knf
import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
CEPSTRA: Final = 40
FRAMES_PER_SECOND: Final = 100

# What Vosk 0.3.45 adds where a model's mfcc.conf does not say otherwise: Kaldi's default.
VOSK_DITHER: Final = 1.0


def mfcc(
    samples: NDArray[np.int16],
    dither: float = VOSK_DITHER,
    noise: np.random.Generator | None = None,
) -> NDArray[np.float32]:
    """Compute the features of `conf/mfcc.conf`: 40 cepstra of 40 bands from 20 to 7600 Hz.

    Without dither they equal what Vosk hands to the network. Kaldi dithers each frame on its own;
    here it is the signal that is dithered, so that a seed gives the same features again.

    Args:
        samples: Mono, 16 kHz, full 16-bit scale.
        dither: Standard deviation of the added noise, in steps of the 16-bit scale. Without any,
            digital silence lies far away from everything else.
        noise: Where the dither comes from; by default a new generator.

    Returns:
        Shape (frames, 40): a frame each 10 ms, while 25 ms fit in.
    """
    wave = samples.astype(np.float32)
    if dither:
        noise = noise or np.random.default_rng()
        wave += dither * noise.standard_normal(len(wave), dtype=np.float32)
    extractor = knf.OnlineMfcc(_options())
    extractor.accept_waveform(RATE, wave)
    extractor.input_finished()
    frames: list[NDArray[np.float32]] = [
        extractor.get_frame(frame) for frame in range(extractor.num_frames_ready)
    ]
    return np.stack(frames) if frames else np.empty((0, CEPSTRA), np.float32)


def _options() -> knf.MfccOptions:
    """The options of conf/mfcc.conf and, where it is silent, those of Kaldi, which differ."""
    options = knf.MfccOptions()
    options.num_ceps = CEPSTRA
    options.use_energy = False
    options.mel_opts.num_bins = 40
    options.mel_opts.low_freq = 20
    options.mel_opts.high_freq = 7600
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0.0
    options.frame_opts.snip_edges = True
    return options
