"""A toy language of three phones whose features anybody can tell apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from speech_model.data.examples import Example, write_shard
from speech_model.training.network import FEATURES, TdnnF
from speech_model.training.phone_language import PhoneLanguage, estimate
from speech_model.training.transcript import Transcript

PHONES = 4
WORDS = {"ab": [1, 2], "ba": [2, 1], "c": [3], "cab": [3, 1, 2]}

_SOUNDS = 4 * np.random.default_rng(0).standard_normal((PHONES, FEATURES))


def spoken(words: list[str], chance: np.random.Generator, corpus: str = "toy") -> Example:
    """Say words: each phone for some frames, with silence around."""
    phones = [phone for word in words for phone in WORDS[word]]
    said = np.repeat([0, *phones, 0], chance.integers(9, 15, len(phones) + 2))
    features = _SOUNDS[said] + chance.standard_normal((len(said), FEATURES))
    return Example(features.astype(np.float16), np.array(phones, np.int16), " ".join(words), corpus)


def shards(folder: Path, count: int, examples: int = 12, seed: int = 1) -> list[Path]:
    """Write shards of random sentences."""
    chance = np.random.default_rng(seed)
    paths = []
    for number in range(count):
        paths.append(folder / f"shard-{number:04d}.npz")
        sentences = [
            spoken(list(chance.choice(list(WORDS), chance.integers(1, 5))), chance)
            for _ in range(examples)
        ]
        write_shard(paths[-1], sentences)
    return paths


def transcribe(example: Example) -> Transcript:
    """Look the words up."""
    return Transcript.of([[WORDS[word]] for word in example.words.split()])


def language() -> PhoneLanguage:
    """What is said in the toy language."""
    said = [[0, *first, 0, *second, 0] for first in WORDS.values() for second in WORDS.values()]
    return estimate([np.array(one) for one in said], PHONES)


def network(seed: int = 1) -> TdnnF:
    """A small network that knows nothing yet."""
    torch.manual_seed(seed)
    return TdnnF(2 * PHONES, hidden=24, bottleneck=8, spliced=30)
