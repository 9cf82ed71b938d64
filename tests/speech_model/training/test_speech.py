from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from speech_model.data.examples import Example, write_shard
from speech_model.training.batches import Batch, make_batch
from speech_model.training.network import CONTEXT
from speech_model.training.speech import Speech
from speech_model.training.transcript import Transcript
from tests.speech_model.training.toy import shards, spoken, transcribe


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return Speech(shards(tmp_path, 3), transcribe, batch_seconds=3.0)


def contents(batches: list[Batch]) -> Counter[bytes]:
    """The utterances of batches, whatever their order."""
    return Counter(
        row[CONTEXT : CONTEXT + 3 * length - 2].tobytes()
        for batch in batches
        for row, length in zip(batch.features, batch.lengths, strict=True)
    )


def same(first: list[Batch], second: list[Batch]) -> bool:
    return len(first) == len(second) and all(
        one.place == other.place and np.array_equal(one.features, other.features)
        for one, other in zip(first, second, strict=True)
    )


def test_each_epoch_hears_everything_once_in_an_order_of_its_own(speech: Speech) -> None:
    first, second = list(speech.epoch(0)), list(speech.epoch(1))
    assert sum(contents(first).values()) == 36
    assert contents(first) == contents(second)
    assert not same(first, second)
    assert same(first, list(speech.epoch(0)))
    assert sum(batch.seconds for batch in first) == pytest.approx(speech.seconds)


def test_batches_hold_utterances_of_like_length_and_no_more_than_fits(speech: Speech) -> None:
    for batch in speech.epoch(0):
        rows, frames, _ = batch.features.shape
        assert rows == 1 or rows * (frames - 2 * CONTEXT) <= 300
        assert max(batch.lengths) - min(batch.lengths) < 25


def test_an_epoch_goes_on_behind_any_batch(speech: Speech) -> None:
    whole = list(speech.epoch(2, seed=4))
    for number, batch in enumerate(whole):
        assert same(list(speech.epoch(2, seed=4, after=batch.place)), whole[number + 1 :])
    shares = [batch.share for batch in whole]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_what_does_not_fit_into_memory_is_read_in_groups(tmp_path: Path) -> None:
    paths = shards(tmp_path, 5)
    whole = Speech(paths, transcribe, batch_seconds=3.0)
    small = Speech(paths, transcribe, 3.0, group_hours=whole.seconds / 3600 / 2.5)
    batches = list(small.epoch(0))
    assert {batch.place[0] for batch in batches} == {0, 1, 2}
    assert contents(batches) == contents(list(whole.epoch(0)))
    half = next(batch for batch in batches if batch.place[0] == 1)
    rest = batches[batches.index(half) + 1 :]
    assert same(list(small.epoch(0, after=half.place)), rest)
    assert batches[-1].share == pytest.approx(1.0)


def test_a_corpus_is_heard_as_often_as_its_share_tells(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    examples = [spoken(["ab"], chance, corpus) for corpus in ("real", "made") for _ in range(40)]
    write_shard(tmp_path / "shard-0000.npz", examples)
    paths = [tmp_path / "shard-0000.npz"]
    speech = Speech(paths, transcribe, shares={"real": 2.0, "made": 0.5})
    heard = contents(list(speech.epoch(0)))
    real = contents([make_batch(Speech(paths, transcribe).utterances()[:40])])
    assert all(heard[one] == 2 for one in real)
    assert 5 < sum(heard.values()) - 80 < 35


def test_examples_too_short_for_their_words_are_left_out(tmp_path: Path) -> None:
    hurried = Example(np.zeros((9, 40), np.float16), np.array([1, 2, 3], np.int16), "cab", "toy")
    usual = spoken(["cab"], np.random.default_rng(1))
    write_shard(tmp_path / "shard-0000.npz", [hurried, usual])
    read = Speech([tmp_path / "shard-0000.npz"], transcribe).utterances()
    assert [len(one.features) for one in read] == [len(usual.features)]


def test_a_few_utterances_come_from_all_shards(speech: Speech) -> None:
    few = speech.utterances(limit=6)
    everything = [one.features.tobytes() for one in speech.utterances()]
    places = [everything.index(one.features.tobytes()) for one in few]
    assert places == [0, 6, 12, 18, 24, 30]


def test_what_goes_wrong_while_preparing_is_told(tmp_path: Path) -> None:
    paths = shards(tmp_path, 1)

    def refuse(example: Example) -> Transcript:
        raise ValueError("no such word")

    with pytest.raises(ValueError, match="no such word"):
        list(Speech(paths, refuse).epoch(0))
