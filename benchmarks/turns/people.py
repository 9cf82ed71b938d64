"""Real callers, from published recordings of speakers on whom no model was trained."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr

from benchmarks.turns.pausing import LINKING, WITHIN
from benchmarks.turns.scripts import FREE, NUMBER, TEN_DIGITS, grouping
from benchmarks.turns.turn import Kind, bounds_of
from speech_model.data.splits import held_out_speakers
from speech_model.evaluation import real_sets
from speech_model.evaluation.joining import Sound
from speech_model.evaluation.recordings import TABLE, Recording, read_folder
from speech_model.evaluation.sets import Utterance
from voice_gateway.conversation.commands import Expect
from voice_gateway.speech.grammars import DIGITS
from voice_gateway.speech.pcm import LISTENING_RATE

_LENGTH: Final = 6
_LONGEST_SENTENCE_S: Final = 6.0
# A recording has a clear end if it is found at about the same place twenty and thirty decibels
# below the speech: then it is no matter of taste when the last word is over.
_WORD_DB: Final = 20.0
_CLEAR_S: Final = 0.15


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn whose parts are recorded.

    Args:
        name: Unique.
        kind: What it is to try.
        awaited: What the bot waits for.
        voice: Who speaks.
        text: What is said.
        parts: Sounds at 16 kHz, one after the other.
        pauses_s: The silences between them.
    """

    name: str
    kind: Kind
    awaited: Expect
    voice: str
    text: str
    parts: tuple[Sound, ...]
    pauses_s: tuple[float, ...]


def real_turns(data: Sequence[Path], whole: int, in_numbers: int) -> Iterator[Spoken]:
    """Let people say numbers and sentences.

    Args:
        data: Folders that the collections may be in.
        whole: How many turns without a pause of our making, half of them sentences.
        in_numbers: How many numbers with pauses in them.

    Yields:
        The turns; none of what is not there.
    """
    speakers = _digit_speakers(data)
    if speakers:
        for number in range(whole // 2):
            yield _number(f"real-whole-{number:03}", "whole", speakers[number % len(speakers)])
    yield from _sentences(data, whole - whole // 2)
    strings = list(_halved_numbers(data))[:in_numbers]
    yield from strings
    if speakers:
        for number in range(in_numbers - len(strings)):
            name = f"real-pause_in_number-{number:03}"
            yield _number(name, "pause_in_number", speakers[number % len(speakers)])


_Takes = dict[str, list[Sound]]  # of each digit


def _digit_speakers(data: Sequence[Path]) -> list[tuple[str, _Takes]]:
    """Those who have said each of the ten digits."""
    kept = held_out_speakers()
    takes: dict[str, _Takes] = {}
    for recording in _collection(data, "fsdd", kept["fsdd"]):
        takes.setdefault(recording.speaker, {}).setdefault(recording.text, []).append(
            _heard(recording.sound, recording.rate)
        )
    for recording in _collection(data, "asterisk_prompts"):
        if recording.path.startswith("digits/"):
            takes.setdefault("allison", {}).setdefault(recording.text, []).append(
                _heard(recording.sound, recording.rate)
            )
    complete = {name: said for name, said in takes.items() if set(TEN_DIGITS) <= set(said)}
    return sorted(complete.items())


def _number(name: str, kind: Kind, speaker: tuple[str, _Takes]) -> Spoken:
    chance = random.Random(name)
    voice, takes = speaker
    said = chance.choices(TEN_DIGITS, k=_LENGTH)
    sizes = (_LENGTH,) if kind == "whole" else grouping(chance)
    ends = {sum(sizes[: place + 1]) for place in range(len(sizes))}
    pauses = tuple(
        (WITHIN if place in ends else LINKING).draw(chance) for place in range(1, _LENGTH)
    )
    parts = tuple(chance.choice(takes[digit]) for digit in said)
    return Spoken(name, kind, NUMBER, voice, " ".join(said), parts, pauses)


def _halved_numbers(data: Sequence[Path]) -> Iterator[Spoken]:
    """Strings of digits that learners of English have read, two with a pause between them."""
    kept = held_out_speakers()["speechocean762"]
    strings: dict[str, list[Recording]] = {}
    for recording in _collection(data, "speechocean762", kept):
        words = recording.text.split()
        if len(words) > 1 and all(word in DIGITS for word in words) and _ends_clearly(recording):
            strings.setdefault(recording.speaker, []).append(recording)
    for speaker, said in sorted(strings.items()):
        for first, second in zip(said[::2], said[1::2], strict=False):
            text = f"{first.text} {second.text}"
            name = f"real-pause_in_number-{speaker}-{Path(first.path).stem}"
            yield Spoken(
                name, "pause_in_number", Expect("digits", length=len(text.split())), speaker, text,
                tuple(_heard(each.sound, each.rate) for each in (first, second)),
                (WITHIN.draw(random.Random(name)),),
            )  # fmt: skip


def _sentences(data: Sequence[Path], count: int) -> Iterator[Spoken]:
    said = [
        each
        for name in ("read sentences", "general sentences")
        for each in real_sets.BUILDERS[name](data).utterances
        if each.awaited is None
        and each.seconds <= _LONGEST_SENTENCE_S
        and each.text.count(" ") > 1
        and _ends_clearly(each)
    ]
    for each in _spread(said, count):
        yield Spoken(
            f"real-whole-{Path(each.name).stem}", "whole", FREE, each.speaker, each.text,
            (_heard(each.sound, each.rate),), (),
        )  # fmt: skip


def _ends_clearly(said: Recording | Utterance) -> bool:
    word, audible = (
        bounds_of(said.sound, said.rate, *quieter).end_s for quieter in ((_WORD_DB,), ())
    )
    return audible - word < _CLEAR_S


def _spread(said: Sequence[Utterance], count: int) -> list[Utterance]:
    """Take as many as are wanted, from the first to the last, so that all speakers are heard."""
    places = np.linspace(0, len(said), min(count, len(said)), endpoint=False)
    return [said[int(place)] for place in places]


def _collection(
    data: Sequence[Path], name: str, speakers: frozenset[str] | None = None
) -> list[Recording]:
    found = next((folder / name for folder in data if (folder / name / TABLE).is_file()), None)
    return [] if found is None else read_folder(found, speakers=speakers)


def _heard(sound: Sound, rate: int) -> Sound:
    if rate == LISTENING_RATE:
        return sound
    return np.asarray(soxr.resample(sound, rate, LISTENING_RATE), np.float32)
