"""A corpus of synthetic callers: planned first, so that it can be stopped and continued."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

import numpy as np

from speech_model.data.channel import to_16_bits
from speech_model.data.manifest import Utterance, read_manifest, write_manifest
from speech_model.data.processes import worker_processes
from speech_model.data.sentences import Sentences, as_read_out
from speech_model.data.sound import median_pitch, read_sound, write_sound
from speech_model.data.voices import PCM, CallerVoice, Manner, VoiceError

CORPUS: Final = "synthetic"
MANIFEST: Final = "manifest.tsv"
PLAN: Final = "plan.tsv"

_PACE_SPREAD: Final = 0.13  # of the logarithm
_PITCH_SPREAD: Final = 0.15
_SHORTEST_SECONDS: Final = 0.2
_LEVEL: Final = 0.5  # of full scale; the loudest sample of each recording


class SyntheticError(Exception):
    """The corpus cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance to be made.

    Args:
        number: Names its file.
        voice: The name of the voice.
        manner: How it is said.
        text: Words in lower case.
    """

    number: int
    voice: str
    manner: Manner
    text: str


def plan(
    count: int, voices: Sequence[CallerVoice], sentences: Sentences, seed: int
) -> Iterator[Line]:
    """Decide who says what, and how.

    Args:
        count: How many utterances.
        voices: Who can speak; each by its weight.
        sentences: What can be said.
        seed: Another seed, another corpus.

    Yields:
        One line an utterance.
    """
    chance = random.Random(seed)
    texts = sentences.draw(chance)
    weights = [voice.weight for voice in voices]
    for number in range(count):
        manner = Manner(
            pace=round(chance.lognormvariate(0.0, _PACE_SPREAD), 3),
            pitch=round(chance.lognormvariate(0.0, _PITCH_SPREAD), 3),
            liveliness=round(chance.random(), 3),
        )
        yield Line(number, chance.choices(voices, weights)[0].name, manner, next(texts))


def make(
    folder: Path,
    count: int,
    voices: Sequence[CallerVoice],
    sentences: Sentences,
    *,
    seed: int = 0,
    workers: int = 1,
) -> Iterator[Utterance | None]:
    """Make a corpus, or go on making it.

    When the last utterance has been yielded, `manifest.tsv` in the folder lists all of them. A
    folder keeps to the plan that it was begun with.

    Args:
        folder: Where recordings, plan and manifest go.
        count: How many utterances.
        voices: Who can speak.
        sentences: What can be said.
        seed: Another seed, another corpus.
        workers: How many processes speak at once.

    Yields:
        Each utterance as it is made or found; None for one that its voice could not say.

    Raises:
        SyntheticError: The folder's plan is of another size, or needs voices that are missing.
    """
    lines = _planned(folder, count, voices, sentences, seed)
    by_name = {voice.name: voice for voice in voices}
    if missing := sorted({line.voice for line in lines} - by_name.keys()):
        raise SyntheticError(f"{folder / PLAN} needs voices that are missing: {', '.join(missing)}")
    chosen = [by_name[line.voice] for line in lines]
    if workers <= 1:
        made: Iterable[Utterance | None] = map(_record, repeat(folder), lines, chosen)
        yield from _kept(folder, made)
        return
    with worker_processes(workers) as pool:
        yield from _kept(folder, pool.map(_record, repeat(folder), lines, chosen, chunksize=8))


def finished(folder: Path) -> list[Utterance] | None:
    """Read a corpus that was made before.

    Args:
        folder: Where it is.

    Returns:
        Its utterances; None while it is not finished.
    """
    manifest = folder / MANIFEST
    return read_manifest(manifest) if manifest.exists() else None


def _planned(
    folder: Path, count: int, voices: Sequence[CallerVoice], sentences: Sentences, seed: int
) -> list[Line]:
    path = folder / PLAN
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_plan(path, plan(count, voices, sentences, seed))
    lines = _read_plan(path)
    if len(lines) != count:
        raise SyntheticError(
            f"{path} is for {len(lines)} utterances, not {count}; choose another folder"
        )
    return lines


def _write_plan(path: Path, lines: Iterable[Line]) -> None:
    temporary = path.with_suffix(".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        for line in lines:
            how = line.manner
            rows.writerow((line.number, line.voice, how.pace, how.pitch, how.liveliness, line.text))
    temporary.replace(path)


def _read_plan(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Line(int(number), voice, Manner(float(pace), float(pitch), float(lively)), text)
            for number, voice, pace, pitch, lively, text in csv.reader(file, delimiter="\t")
        ]


def _kept(folder: Path, made: Iterable[Utterance | None]) -> Iterator[Utterance | None]:
    utterances = []
    for one in made:
        if one is not None:
            utterances.append(one)
        yield one
    write_manifest(folder / MANIFEST, utterances)


def _record(folder: Path, line: Line, voice: CallerVoice) -> Utterance | None:
    path = folder / f"{line.number // 1000:03d}" / f"{line.number:06d}.flac"
    if not path.exists():
        try:
            samples, rate = voice.say(as_read_out(line.text), line.manner)
        except VoiceError:
            return None
        if len(samples) < rate * _SHORTEST_SECONDS or not samples.any():
            return None
        write_sound(path, _levelled(samples), rate)
    sound, rate = read_sound(path)
    return Utterance(
        path, line.voice, line.text, CORPUS, len(sound) / rate, median_pitch(sound, rate)
    )


def _levelled(samples: PCM) -> PCM:
    factor = _LEVEL * 32767 / float(np.abs(samples.astype(np.int32)).max())
    return to_16_bits(samples * np.float32(factor))
