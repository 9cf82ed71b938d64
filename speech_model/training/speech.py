"""The speech that is trained on: examples from shards, in batches, in another order each epoch."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speech_model.data.examples import Example, read_shard
from speech_model.features import FRAMES_PER_SECOND
from speech_model.training.batches import Batch, Utterance, make_batch
from speech_model.training.distortion import Distortion
from speech_model.training.network import SUBSAMPLING
from speech_model.training.transcript import Transcript
from speech_model.training.workers import compute_alone

# Hours of features that are held in memory at a time: 29 MB an hour.
_GROUP_HOURS: Final = 100.0
# How far the order by length is blurred, so that batches are made up differently each epoch.
_BLUR: Final = 0.08
# An example needs this many output frames more than its transcript has phones.
_MARGIN: Final = 1.1
_AHEAD: Final = 4


@dataclass
class Speech:
    """What is trained on: shards, read in groups that fit into memory.

    Args:
        shards: The files.
        transcribe: Makes the transcript of an example.
        batch_seconds: Speech in a batch.
        distortion: How features are changed in each epoch; None leaves them.
        shares: How often the examples of a corpus are seen in an epoch, by its name; once where it
            is not named.
        group_hours: How much is held in memory at a time.
    """

    shards: Sequence[Path]
    transcribe: Callable[[Example], Transcript]
    batch_seconds: float = 40.0
    distortion: Distortion | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    group_hours: float = _GROUP_HOURS

    def __post_init__(self) -> None:
        """Look at how long the shards are."""
        self._frames = {path: _frames(path) for path in self.shards}
        self._read: tuple[tuple[Path, ...], list[Utterance]] = ((), [])

    @property
    def seconds(self) -> float:
        """How much speech the shards hold."""
        return sum(self._frames.values()) / FRAMES_PER_SECOND

    def epoch(
        self, number: int, seed: int = 0, after: tuple[int, int] = (0, -1)
    ) -> Iterator[Batch]:
        """Go through everything once; batches are prepared ahead by a thread.

        Args:
            number: Each epoch has its own order and its own distortions.
            seed: Another one, other orders and distortions.
            after: The place of the last batch that was used, to go on behind it.

        Yields:
            Batches; the same ones again for the same arguments.
        """
        yield from _ahead(lambda: self._batches(number, seed, after))

    def utterances(self, limit: int | None = None) -> list[Utterance]:
        """Read examples; those that are too short for their transcripts are left out.

        Args:
            limit: How many at most, evenly from all shards.
        """
        if limit is None:
            return [one for path in self.shards for one in self._utterances(path)]
        chosen: list[Utterance] = []
        for number, path in enumerate(self.shards, start=1):
            read = list(self._utterances(path))
            wanted = min(len(read), limit * number // len(self.shards) - len(chosen))
            few = [read[place * len(read) // wanted] for place in range(wanted)]
            # Copied, so that the rest of the shard need not be kept.
            chosen += [replace(one, features=one.features.copy()) for one in few]
        return chosen

    def _batches(self, number: int, seed: int, after: tuple[int, int]) -> Iterator[Batch]:
        total = max(1, sum(self._frames.values()))
        done = 0
        for place, group in enumerate(self._groups(np.random.default_rng((seed, number)))):
            frames = sum(self._frames[path] for path in group)
            if place >= after[0]:
                utterances = self._load(group)
                chance = np.random.default_rng((seed, number, place))
                arranged = self._arrange(utterances, chance)
                for row, members in enumerate(arranged):
                    if (place, row) > after:
                        chosen = [utterances[member] for member in members]
                        each = np.random.default_rng((seed, number, place, row))
                        batch = make_batch(chosen, self.distortion, each)
                        share = (done + frames * (row + 1) / len(arranged)) / total
                        yield replace(batch, place=(place, row), share=share)
            done += frames

    def _groups(self, chance: np.random.Generator) -> list[tuple[Path, ...]]:
        most = self.group_hours * 3600 * FRAMES_PER_SECOND
        if sum(self._frames.values()) <= most:
            return [tuple(self.shards)]
        count = -int(-sum(self._frames.values()) // most)
        order = [self.shards[place] for place in chance.permutation(len(self.shards))]
        return [tuple(order[number::count]) for number in range(min(count, len(order)))]

    def _load(self, group: tuple[Path, ...]) -> list[Utterance]:
        if self._read[0] != group:
            self._read = ((), [])
            self._read = (group, [one for path in group for one in self._utterances(path)])
        return self._read[1]

    def _utterances(self, path: Path) -> Iterator[Utterance]:
        for example in read_shard(path):
            transcript = self.transcribe(example)
            frames = -(-len(example.features) // SUBSAMPLING)
            if frames > _MARGIN * transcript.shortest:
                yield Utterance(example.features, transcript, example.corpus)

    def _arrange(
        self, utterances: Sequence[Utterance], chance: np.random.Generator
    ) -> list[NDArray[np.int64]]:
        share = np.array([self.shares.get(one.corpus, 1.0) for one in utterances])
        times = np.floor(share + chance.random(len(share))).astype(int)
        members = np.repeat(np.arange(len(utterances)), times)
        lengths = np.array([len(utterances[member].features) for member in members.tolist()])
        order = np.argsort(lengths * chance.uniform(1 - _BLUR, 1 + _BLUR, len(lengths)))
        most = self.batch_seconds * FRAMES_PER_SECOND
        batches: list[NDArray[np.int64]] = []
        begin, longest = 0, 0
        for end, place in enumerate(order):
            longest = max(longest, lengths[place])
            if end > begin and longest * (end + 1 - begin) > most:
                batches.append(members[order[begin:end]])
                begin, longest = end, lengths[place]
        if len(order):
            batches.append(members[order[begin:]])
        return [batches[place] for place in chance.permutation(len(batches))]


def _frames(path: Path) -> int:
    with np.load(path) as stored:
        return int(stored["frames"].sum())


def _ahead(make: Callable[[], Iterator[Batch]]) -> Iterator[Batch]:
    """Run an iterator in a thread, a few steps ahead."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def produce() -> None:
        compute_alone()
        try:
            for batch in make():
                if not put(batch):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=produce, name="batches", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
