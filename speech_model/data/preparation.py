"""Recordings made into shards of examples: joined, augmented, as features; in several processes."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from speech_model import phones
from speech_model.data.augment import Augmentation, augment
from speech_model.data.drawing import Source, draw_call
from speech_model.data.examples import Example, write_shard
from speech_model.data.manifest import Utterance
from speech_model.data.processes import worker_processes
from speech_model.data.sound import SoundError, Wave, read_sound, speech_bounds
from speech_model.data.voice_change import change_voice
from speech_model.features import mfcc

Pronunciations = Mapping[str, Sequence[Sequence[str]]]
"""Ways to say each word, likeliest first."""
Draw = Callable[[np.random.Generator, Source], Augmentation]

STAMP: Final = "made_from.json"

_EXAMPLES_A_SHARD: Final = 1000
_BACKGROUND_VOICES: Final = 24
_FIRST_PRONUNCIATION: Final = 0.8
# The network has an output each three frames, and a phone needs one at least; who speaks nearly
# that fast is not understood.
_FRAMES_A_PHONE: Final = 3 * 1.15
# How much of a recording's own silence stays: less where others follow, which have gaps between.
_EDGES_SECONDS: Final = (0.02, 0.2)
_JOINED_EDGES_SECONDS: Final = (0.01, 0.05)


class PreparationError(Exception):
    """Shards cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is the same for all shards."""

    folder: Path
    pronunciations: Pronunciations
    pitches: Mapping[tuple[str, str], float]
    voices: Sequence[Utterance]
    draw: Draw
    seed: int


def prepare(
    examples: Sequence[Sequence[Utterance]],
    pronunciations: Pronunciations,
    folder: Path,
    *,
    background: Sequence[Utterance] = (),
    draw: Draw = draw_call,
    seed: int = 0,
    workers: int = 1,
) -> Iterator[tuple[int, int]]:
    """Make shards, or go on making them.

    Args:
        examples: For each example, the recordings of one speaker that are joined; the same one may
            be there several times and will sound different each time.
        pronunciations: Of all words in them.
        folder: Where the shards go; only these go there.
        background: Who talks behind the speakers; by default others of the same recordings.
        draw: Decides what is done to each example; a function of a module.
        seed: Another seed, other examples.
        workers: How many processes work at once.

    Yields:
        How many shards are done and how many there will be: at first, and after each shard.

    Raises:
        PreparationError: The folder holds shards of something else, or there is no example.
    """
    everybody = list(dict.fromkeys(one for example in examples for one in example))
    if not everybody:
        raise PreparationError("there are no recordings to make examples of")
    _check_stamp(folder, examples, draw, seed)
    behind = background or everybody
    chosen = np.random.default_rng(seed).integers(len(behind), size=_BACKGROUND_VOICES)
    voices = [behind[place] for place in chosen]
    work = _Work(folder, pronunciations, pitches_of_speakers(everybody), voices, draw, seed)
    shards = [
        examples[first : first + _EXAMPLES_A_SHARD]
        for first in range(0, len(examples), _EXAMPLES_A_SHARD)
    ]
    todo = [
        (number, shard) for number, shard in enumerate(shards) if not _path(folder, number).exists()
    ]
    done = len(shards) - len(todo)
    yield done, len(shards)
    if workers <= 1:
        _begin(work)
        for count, _ in enumerate(map(_make_shard, todo), start=done + 1):
            yield count, len(shards)
        return
    with worker_processes(workers, _begin, work) as pool:
        for count, _ in enumerate(pool.map(_make_shard, todo), start=done + 1):
            yield count, len(shards)


def make_example(
    utterances: Sequence[Utterance],
    pronunciations: Pronunciations,
    pitch: float,
    draw: Draw,
    voices: Sequence[Wave],
    chance: np.random.Generator,
) -> Example | None:
    """Make one example.

    Args:
        utterances: Recordings of one speaker that are joined.
        pronunciations: Of their words.
        pitch: The speaker's, Hz; 0 where it is not known.
        draw: Decides what is done to them.
        voices: Other people at 16 kHz, for the background.
        chance: Decides.

    Returns:
        The example; None where a recording cannot be read, or is spoken too fast for its words.
    """
    words = [word for one in utterances for word in one.text.split()]
    spoken = [phone for word in words for phone in _said(pronunciations[word], chance)]
    try:
        edges = _EDGES_SECONDS if len(utterances) == 1 else _JOINED_EDGES_SECONDS
        parts = [_part(one, edges, chance) for one in utterances]
    except SoundError:
        return None
    rate = parts[0][1]
    seconds = sum(np.subtract(*speech_bounds(part, of)[::-1]) / of for part, of in parts)
    how = draw(chance, Source(len(parts), rate, pitch, len(spoken) / max(0.1, float(seconds))))
    features = mfcc(augment(parts, how, chance, voices), noise=chance)
    if len(features) < _FRAMES_A_PHONE * len(spoken):
        return None
    numbers = [phones.output_of(phone) // 2 for phone in spoken]
    return Example(
        features.astype(np.float16),
        np.array(numbers, np.int16),
        " ".join(words),
        utterances[0].corpus,
    )


def pitches_of_speakers(utterances: Sequence[Utterance]) -> dict[tuple[str, str], float]:
    """Tell the pitch of each speaker.

    Args:
        utterances: Of any corpora; not all of them need to be measured.

    Returns:
        Medians in Hz by corpus and speaker; speakers that were never measured are missing.
    """
    measured: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for one in utterances:
        if one.pitch:
            measured[one.corpus, one.speaker].append(one.pitch)
    return {speaker: statistics.median(values) for speaker, values in measured.items()}


def _said(variants: Sequence[Sequence[str]], chance: np.random.Generator) -> Sequence[str]:
    if len(variants) == 1 or chance.random() < _FIRST_PRONUNCIATION:
        return variants[0]
    return variants[int(chance.integers(1, len(variants)))]


def _part(
    utterance: Utterance, edges: tuple[float, float], chance: np.random.Generator
) -> tuple[Wave, int]:
    samples, rate = read_sound(utterance.path, utterance.start, utterance.seconds)
    first, last = speech_bounds(samples, rate)
    before, after = (int(margin * rate) for margin in chance.uniform(*edges, size=2))
    return samples[max(0, first - before) : last + after], rate


def _path(folder: Path, number: int) -> Path:
    return folder / f"shard-{number:04d}.npz"


def _check_stamp(
    folder: Path, examples: Sequence[Sequence[Utterance]], draw: Draw, seed: int
) -> None:
    """Shards that are there must be of the same plan."""
    listed = [[(str(one.path), one.start, one.text) for one in example] for example in examples]
    digest = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    stamp = {"examples": digest, "draw": draw.__qualname__, "seed": seed}
    path = folder / STAMP
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != stamp:
            raise PreparationError(
                f"{folder} holds shards of other recordings or with another seed; empty it or "
                "choose another folder"
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stamp), encoding="utf-8")


# What a process keeps between shards: set once, when it begins.
_works: list[tuple[_Work, list[Wave]]] = []


def _begin(work: _Work) -> None:
    voices = []
    for one in work.voices:
        try:
            voices.append(
                change_voice(*read_sound(one.path, one.start, one.seconds), 1.0, 1.0, 1.0)
            )
        except SoundError:
            continue
    _works[:] = [(work, voices)]


def _make_shard(numbered: tuple[int, Sequence[Sequence[Utterance]]]) -> None:
    number, plan = numbered
    work, voices = _works[0]
    examples = []
    for place, utterances in enumerate(plan):
        example = make_example(
            utterances,
            work.pronunciations,
            work.pitches.get((utterances[0].corpus, utterances[0].speaker), 0.0),
            work.draw,
            voices,
            np.random.default_rng((work.seed, number, place)),
        )
        if example is not None:
            examples.append(example)
    if not examples:
        raise PreparationError(f"no recording of shard {number} could be used")
    write_shard(_path(work.folder, number), examples)
