"""What acoustic training reads: features with the phones said in them, in shards on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARD_PATTERN: Final = "shard-*.npz"


@dataclass(frozen=True, slots=True)
class Example:
    """One stretch of speech.

    Args:
        features: MFCC of shape (frames, 40), 100 frames a second.
        phones: What is said, as numbers of phones: 1 for the first of `phones.PHONES` and so on,
            which is half of `phones.output_of`. Silence (0) is not written down.
        words: What is said, as words, for choosing other pronunciations.
        corpus: Where it comes from; joined from one corpus only.
    """

    features: NDArray[np.float16]
    phones: NDArray[np.int16]
    words: str
    corpus: str


def write_shard(path: Path, examples: Sequence[Example]) -> None:
    """Write examples to one file, whole or not at all.

    Args:
        path: The shard, named as `SHARD_PATTERN` tells.
        examples: At least one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        np.savez(
            file,
            features=np.concatenate([one.features for one in examples]),
            frames=np.array([len(one.features) for one in examples], np.int32),
            phones=np.concatenate([one.phones for one in examples]),
            phone_counts=np.array([len(one.phones) for one in examples], np.int32),
            words=np.array([one.words for one in examples]),
            corpus=np.array([one.corpus for one in examples]),
        )
    temporary.replace(path)


def read_shard(path: Path) -> list[Example]:
    """Read the examples of one shard.

    Args:
        path: The shard.

    Returns:
        Its examples; their arrays are views of the shard's.
    """
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    features = np.split(arrays["features"], np.cumsum(arrays["frames"])[:-1])
    phones = np.split(arrays["phones"], np.cumsum(arrays["phone_counts"])[:-1])
    return [
        Example(*parts)
        for parts in zip(
            features, phones, arrays["words"].tolist(), arrays["corpus"].tolist(), strict=True
        )
    ]


def shard_paths(folder: Path) -> list[Path]:
    """List the finished shards of a folder.

    Args:
        folder: Where they are.

    Returns:
        Their paths, sorted.
    """
    return sorted(folder.glob(SHARD_PATTERN))


def read_shards(paths: Iterable[Path]) -> Iterator[Example]:
    """Read the examples of several shards, one shard in memory at a time.

    Args:
        paths: The shards, as `shard_paths` lists them.

    Yields:
        One example after the other.
    """
    for path in paths:
        yield from read_shard(path)
