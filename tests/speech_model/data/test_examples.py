from __future__ import annotations

from pathlib import Path

import numpy as np

from speech_model.data.examples import Example, read_shard, read_shards, shard_paths, write_shard


def example(frames: int, phones: list[int], words: str) -> Example:
    features = np.random.default_rng(frames).normal(size=(frames, 40)).astype(np.float16)
    return Example(features, np.array(phones, np.int16), words, "mine")


def same(one: Example, other: Example) -> bool:
    return (
        np.array_equal(one.features, other.features)
        and np.array_equal(one.phones, other.phones)
        and (one.words, one.corpus) == (other.words, other.corpus)
        and one.features.dtype == other.features.dtype == np.float16
        and one.phones.dtype == other.phones.dtype == np.int16
    )


EXAMPLES = [example(30, [1, 2, 39], "yes"), example(7, [5], "oh"), example(100, [3, 3], "no one")]


def test_a_shard_gives_back_what_was_put_in(tmp_path: Path) -> None:
    write_shard(tmp_path / "shard-0000.npz", EXAMPLES)
    found = read_shard(tmp_path / "shard-0000.npz")
    assert len(found) == len(EXAMPLES)
    assert all(map(same, found, EXAMPLES))


def test_one_example_is_a_shard_too(tmp_path: Path) -> None:
    write_shard(tmp_path / "shard-0000.npz", EXAMPLES[:1])
    assert same(read_shard(tmp_path / "shard-0000.npz")[0], EXAMPLES[0])


def test_shards_are_read_in_order(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        write_shard(tmp_path / f"shard-{number:04d}.npz", [EXAMPLES[number]])
    words = [one.words for one in read_shards(shard_paths(tmp_path))]
    assert words == ["yes", "oh", "no one"]


def test_a_shard_that_is_being_written_is_none_yet(tmp_path: Path) -> None:
    (tmp_path / "shard-0000.part").write_bytes(b"half")
    assert shard_paths(tmp_path) == []
    write_shard(tmp_path / "shard-0000.npz", EXAMPLES)
    assert [path.name for path in tmp_path.iterdir()] == ["shard-0000.npz"]
