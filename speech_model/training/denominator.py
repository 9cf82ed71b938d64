"""All strings of phones that may have been said, and how likely a network finds them together.

The state after a frame is the phone in it and the phone before that. A frame either stays in the
phone (its second output) or enters the next one (that one's first output). Probabilities are kept
in single precision and scaled to sum to one in each frame, as in Kaldi's chain denominator.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.training.compiled import compiled

# What is less likely than this beside the likeliest counts as nothing: numbers beyond the range of
# single precision would slow the processor down by an order of magnitude.
_NEGLIGIBLE: Final = np.float32(1e-30)


@compiled
def any_occupation(
    outputs: NDArray[np.float32],
    first: NDArray[np.float32],
    following: NDArray[np.float32],
    backwards: NDArray[np.float32],
    occupation: NDArray[np.float32],
) -> float:
    """Sum over all strings of phones: how likely, and which outputs they use.

    Args:
        outputs: The network's, shape (frames, 2 * phones).
        first: As in `PhoneLanguage`.
        following: As in `PhoneLanguage`: by second, first and third phone.
        backwards: The same probabilities by second, third and first phone.
        occupation: The expected use of each output in each frame is taken off it; shape of
            `outputs`.

    Returns:
        Log likelihood; not a number where the outputs are not.
    """
    frames, phones = len(outputs), len(first)
    entering = np.empty((frames, phones), np.float32)
    staying = np.empty((frames, phones), np.float32)
    likelihood = 0.0
    for frame in range(frames):
        highest = outputs[frame].max()
        likelihood += highest
        for phone in range(phones):
            entering[frame, phone] = math.exp(outputs[frame, 2 * phone] - highest)
            staying[frame, phone] = math.exp(outputs[frame, 2 * phone + 1] - highest)
    # Forward; a state is [phone, phone before it].
    states = np.zeros((frames, phones, phones), np.float32)
    scales = np.ones(frames, np.float32)
    for phone in range(phones):
        states[0, phone, 0] = first[phone] * entering[0, phone]
    summed = np.empty(phones, np.float32)
    for frame in range(frames):
        now = states[frame]
        if frame > 0:
            old = states[frame - 1]
            for phone in range(phones):
                summed[:] = 0.0
                for previous in range(phones):
                    weight = old[phone, previous]
                    if weight > 0.0:
                        for next_ in range(phones):
                            summed[next_] += weight * following[phone, previous, next_]
                for next_ in range(phones):
                    now[next_, phone] = summed[next_] * entering[frame, next_]
                    now[next_, phone] += old[next_, phone] * staying[frame, next_]
        total = np.float32(0.0)
        for phone in range(phones):
            for previous in range(phones):
                total += now[phone, previous]
        scales[frame] = total
        likelihood += math.log(total)
        factor = np.float32(1.0) / total
        for phone in range(phones):
            for previous in range(phones):
                scaled = now[phone, previous] * factor
                now[phone, previous] = scaled if scaled > _NEGLIGIBLE else np.float32(0.0)
    # Backward; `ahead` is the likelihood of what follows a state, scaled so that it fits.
    ahead = np.ones((phones, phones), np.float32)
    behind = np.empty((phones, phones), np.float32)
    for frame in range(frames - 1, -1, -1):
        now = states[frame]
        total = np.float32(0.0)
        for phone in range(phones):
            for previous in range(phones):
                total += now[phone, previous] * ahead[phone, previous]
        share = np.float32(1.0) / total
        for phone in range(phones):
            used = np.float32(0.0)
            stayed = np.float32(0.0)
            for previous in range(phones):
                used += now[phone, previous] * ahead[phone, previous]
                if frame > 0:
                    stayed += states[frame - 1, phone, previous] * ahead[phone, previous]
            if frame > 0:
                stayed *= staying[frame, phone] / scales[frame]
            occupation[frame, 2 * phone] -= max(used - stayed, np.float32(0.0)) * share
            occupation[frame, 2 * phone + 1] -= stayed * share
        if frame == 0:
            break
        highest = np.float32(0.0)
        for phone in range(phones):
            for previous in range(phones):
                behind[phone, previous] = staying[frame, phone] * ahead[phone, previous]
            for next_ in range(phones):
                weight = entering[frame, next_] * ahead[next_, phone]
                if weight > _NEGLIGIBLE:
                    for previous in range(phones):
                        behind[phone, previous] += weight * backwards[phone, next_, previous]
            for previous in range(phones):
                highest = max(highest, behind[phone, previous])
        factor = np.float32(1.0) / highest
        for phone in range(phones):
            for previous in range(phones):
                scaled = behind[phone, previous] * factor
                ahead[phone, previous] = scaled if scaled > _NEGLIGIBLE else np.float32(0.0)
    return likelihood
