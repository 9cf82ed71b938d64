"""The phone error rate: how much of what is said a network hears wrongly, without any words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.training.compiled import compiled
from speech_model.training.phone_language import SILENCE, PhoneLanguage

# In nats: what lies farther behind the best is not followed.
_BEAM: Final = 16.0


@dataclass(frozen=True, slots=True)
class PhoneErrors:
    """How many phones were heard wrongly.

    Args:
        errors: Substitutions, deletions and insertions.
        phones: How many were said.
    """

    errors: int = 0
    phones: int = 0

    def __add__(self, other: PhoneErrors) -> PhoneErrors:
        """Count both."""
        return PhoneErrors(self.errors + other.errors, self.phones + other.phones)

    @property
    def rate(self) -> float:
        """Errors per phone said; 0 where nothing was said."""
        return self.errors / self.phones if self.phones else 0.0


class PhoneLoop:
    """Hears phones in the outputs of a network, by the trigram of phones alone."""

    def __init__(self, language: PhoneLanguage) -> None:
        """Prepare the language.

        Args:
            language: How likely phones follow each other.
        """
        self._log_first, self._log_following = language.logarithms()

    def hear(self, outputs: NDArray[np.float32]) -> NDArray[np.int16]:
        """Find the likeliest phones.

        Args:
            outputs: The network's, shape (frames, 2 * phones).

        Returns:
            The phones, without silences.
        """
        heard = _likeliest(outputs, self._log_first, self._log_following)
        spoken: NDArray[np.int16] = heard[heard != SILENCE]
        return spoken


def count_errors(said: NDArray[np.int16], heard: NDArray[np.int16]) -> PhoneErrors:
    """Count how many phones were heard wrongly.

    Args:
        said: What was said.
        heard: What was heard.
    """
    return PhoneErrors(int(_distance(said, heard)), len(said))


@compiled
def _likeliest(
    outputs: NDArray[np.float32],
    log_first: NDArray[np.float32],
    log_following: NDArray[np.float32],
) -> NDArray[np.int16]:
    frames, phones = len(outputs), len(log_first)
    impossible = np.float32(-1e30)
    # States are [phone, phone before it]; sources hold what was before that, -1 for staying.
    scores = np.full((phones, phones), impossible)
    sources = np.full((frames, phones, phones), -1, np.int8)
    for phone in range(phones):
        scores[phone, 0] = log_first[phone] + outputs[0, 2 * phone]
    best = np.empty(phones, np.float32)
    source = np.empty(phones, np.int8)
    for frame in range(1, frames):
        following = np.full((phones, phones), impossible)
        worst = scores.max() - np.float32(_BEAM)
        for phone in range(phones):
            best[:] = impossible
            for previous in range(phones):
                score = scores[phone, previous]
                if score < worst:
                    continue
                for next_ in range(phones):
                    total = score + log_following[phone, previous, next_]
                    if total > best[next_]:
                        best[next_] = total
                        source[next_] = previous
            for next_ in range(phones):
                entered = best[next_] + outputs[frame, 2 * next_]
                stayed = scores[next_, phone] + outputs[frame, 2 * next_ + 1]
                if entered > stayed:
                    following[next_, phone] = entered
                    sources[frame, next_, phone] = source[next_]
                else:
                    following[next_, phone] = stayed
        scores = following
    last = int(scores.argmax())
    phone, previous = last // phones, last % phones
    heard = np.empty(frames, np.int16)
    count = 0
    for frame in range(frames - 1, 0, -1):
        before = sources[frame, phone, previous]
        if before >= 0:
            heard[count] = phone
            count += 1
            phone, previous = previous, int(before)
    heard[count] = phone
    return heard[count::-1].copy()


@compiled
def _distance(said: NDArray[np.int16], heard: NDArray[np.int16]) -> int:
    """Levenshtein's distance."""
    row = np.arange(len(said) + 1)
    for number in range(len(heard)):
        diagonal = row[0]
        row[0] = number + 1
        for place in range(len(said)):
            changed = diagonal + (0 if said[place] == heard[number] else 1)
            diagonal = row[place + 1]
            row[place + 1] = min(changed, row[place] + 1, diagonal + 1)
    return int(row[-1])
