"""LF-MMI by writing down every path there is: for tiny cases, and obviously right."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from speech_model.training.phone_language import PhoneLanguage

Words = Sequence[Sequence[Sequence[int]]]


def languages(phones: int, seed: int) -> PhoneLanguage:
    """A language with any probabilities, in which silence never repeats."""
    chance = np.random.default_rng(seed)
    following = chance.uniform(0.05, 1.0, (phones, phones, phones))
    following[0, :, 0] = 0.0
    following /= following.sum(axis=2, keepdims=True)
    first = chance.uniform(0.05, 1.0, phones)
    return PhoneLanguage((first / first.sum()).astype(np.float32), following.astype(np.float32))


def ways_to_say(words: Words) -> set[tuple[int, ...]]:
    """Every string of phones and silences that a transcript allows."""
    ways = set()
    pauses = itertools.product([(), (0,)], repeat=len(words) + 1)
    for silences, variants in itertools.product(list(pauses), itertools.product(*words)):
        said = list(silences[0])
        for variant, silence in zip(variants, silences[1:], strict=True):
            said += [*variant, *silence]
        ways.add(tuple(said))
    return ways


def paths(
    outputs: NDArray[np.float32], language: PhoneLanguage
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """Every way through the frames: outputs used, phones said, likelihood."""
    frames, count = outputs.shape
    for path in itertools.product(range(count), repeat=frames):
        phones = tuple(output // 2 for output in path if output % 2 == 0)
        stays = all(
            output % 2 == 0 or (place > 0 and path[place - 1] // 2 == output // 2)
            for place, output in enumerate(path)
        )
        if not stays:
            continue
        likelihood = float(language.first[phones[0]])
        for before, previous, phone in zip((0, *phones), phones, phones[1:], strict=False):
            likelihood *= float(language.following[previous, before, phone])
        score = sum(float(outputs[frame, output]) for frame, output in enumerate(path))
        yield path, phones, likelihood * math.exp(score)


def objective(
    outputs: NDArray[np.float32], words: Words, language: PhoneLanguage
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """The objective, the occupation by what was said, and that by anything."""
    ways = ways_to_say(words)
    said, anything = np.zeros(outputs.shape), np.zeros(outputs.shape)
    frames = np.arange(len(outputs))
    numerator = denominator = 0.0
    for path, phones, likelihood in paths(outputs, language):
        denominator += likelihood
        anything[frames, path] += likelihood
        if phones in ways:
            numerator += likelihood
            said[frames, path] += likelihood
    return math.log(numerator / denominator), said / numerator, anything / denominator
