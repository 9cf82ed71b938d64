"""The labelled set: turns of synthetic and of real callers, made from seeds.

The audio is the same each time on a machine with the same voices and recordings. Each turn goes
through the telephone band, at a level of its own and with the line's noise 15 to 30 dB below.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.turns import noises
from benchmarks.turns.humming import HUMS, hum
from benchmarks.turns.people import Spoken, real_turns
from benchmarks.turns.scripts import BROADCAST, FREE, Script, script, scripts
from benchmarks.turns.speakers import Cast, Speaker
from benchmarks.turns.turn import LINE_S, Kind, LabelledTurn, bounds_of
from speech_model.evaluation.joining import Sound
from voice_gateway.speech.caller_voice import telephone_band
from voice_gateway.speech.pcm import LISTENING_RATE, bytes_of

_RATE: Final = LISTENING_RATE
COUNTS: Final[Mapping[Kind, int]] = {
    "whole": 75,
    "pause_in_number": 60,
    "searching": 60,
    "clauses": 80,
    "back_channel": 80,
}
"""Turns of synthetic callers."""
REAL_WHOLE: Final = 45
REAL_IN_NUMBERS: Final = 40
HUMMED: Final = 20
NOISES: Final = 100

_SNR_DB: Final = (15.0, 30.0)
# The usual level of speech on telephone networks is 26 dB below full scale.
_LEVEL_DBFS: Final = (-32.0, -20.0)
_USUAL_DBFS: Final = -26.0
_FULL_SCALE: Final = 32_767.0
_FRAME: Final = _RATE // 50


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """All turns, and what should be known about them.

    Args:
        turns: By kind.
        opening: A first turn that any line understands, to begin a call with.
        notes: What is not in the set here, and why.
    """

    turns: tuple[LabelledTurn, ...]
    opening: LabelledTurn
    notes: tuple[str, ...]

    def of(self, *kinds: Kind) -> list[LabelledTurn]:
        """The turns of some kinds."""
        return [turn for turn in self.turns if turn.kind in kinds]

    def at_most(self, count: int) -> LabelledSet:
        """Leave out turns.

        Args:
            count: No more of one kind, real and synthetic, than this.

        Returns:
            A smaller set, of turns from all over this one.
        """
        groups: dict[tuple[Kind, bool], list[LabelledTurn]] = {}
        for turn in self.turns:
            groups.setdefault((turn.kind, turn.real), []).append(turn)
        kept = [
            group[int(place)]
            for group in groups.values()
            for place in np.linspace(0, len(group), min(count, len(group)), endpoint=False)
        ]
        return replace(self, turns=tuple(kept))


def labelled_set(
    cast: Cast, data: Sequence[Path], seed: int = 0, made: Callable[[], None] = lambda: None
) -> LabelledSet:
    """Make the set.

    Args:
        cast: The synthetic callers.
        data: Folders with recordings of people.
        seed: Another seed, other numbers, pauses, voices and noise.
        made: Called after each turn.

    Returns:
        The set.
    """
    turns: list[LabelledTurn] = []
    for turn in _turns(cast, data, seed):
        turns.append(turn)
        made()
    notes = list(cast.missing)
    if not any(turn.real for turn in turns):
        notes.append("no recordings of people are here: the set is synthetic only")
    return LabelledSet(tuple(turns), _opening(cast), tuple(notes))


def total() -> int:
    """How many turns the set has when everything is here."""
    return sum(COUNTS.values()) + REAL_WHOLE + REAL_IN_NUMBERS + HUMMED + NOISES


def spoken(told: Script, speaker: Speaker) -> Spoken:
    """Let somebody say a script.

    Args:
        told: What to say.
        speaker: Who says it.

    Returns:
        Its parts as sounds, each said as something that goes on but the last.
    """
    ends = ["," for _ in told.pauses_s] + ["."]
    parts = tuple(speaker.say(part + end) for part, end in zip(told.parts, ends, strict=True))
    return Spoken(told.name, told.kind, told.awaited, speaker.name, told.text, parts, told.pauses_s)


def on_the_line(said: Spoken, *, real: bool, seed: int = 0) -> LabelledTurn:
    """Join what was said and send it through the telephone.

    Args:
        said: The parts, with any silence around them.
        real: Whether a person speaks.
        seed: Another seed, another level and noise.

    Returns:
        The turn, labelled by the energy of its speech.
    """
    speech = _joined(said.parts, said.pauses_s)
    bounds = bounds_of(speech, _RATE)
    chance = _chance(said.name, seed)
    return LabelledTurn(
        said.name, said.text, said.kind, said.awaited, said.voice, real,
        _sent(speech, chance.uniform(*_LEVEL_DBFS), chance), bounds.pauses, bounds.end_s,
    )  # fmt: skip


def _turns(cast: Cast, data: Sequence[Path], seed: int) -> Iterator[LabelledTurn]:
    for kind, count in COUNTS.items():
        for told in scripts(kind, count, seed):
            speaker = cast.somebody(random.Random(f"{seed} {told.name} voice"))
            yield on_the_line(spoken(told, speaker), real=False, seed=seed)
    for said in real_turns(data, REAL_WHOLE, REAL_IN_NUMBERS):
        yield on_the_line(said, real=True, seed=seed)
    yield from _hums(seed)
    yield from _noises(cast, seed)


def _hums(seed: int) -> Iterator[LabelledTurn]:
    for number in range(HUMMED):
        name = f"back_channel-hummed-{number:03}"
        text = list(HUMS)[number % len(HUMS)]
        sound = hum(text, _chance(f"{name} voice", seed))
        said = Spoken(name, "back_channel", FREE, "hummed", text, (sound,), ())
        yield on_the_line(said, real=False, seed=seed)


def _noises(cast: Cast, seed: int) -> Iterator[LabelledTurn]:
    speakers = [cast.somebody(random.Random(f"{seed} {line}")) for line in BROADCAST[:-1]]
    speakers.append(cast.bot())
    voices = [
        _levelled(speaker.say(line), _USUAL_DBFS)
        for speaker, line in zip(speakers, BROADCAST, strict=True)
    ]
    for number in range(NOISES):
        kind = noises.KINDS[number * len(noises.KINDS) // NOISES]
        name = f"noise-{number:03}"
        chance = _chance(name, seed)
        sound = noises.noise(kind, chance, voices)
        pcm = _sent(sound, _USUAL_DBFS, chance, noises.quieter_db(kind, chance))
        yield LabelledTurn(
            name, kind, "noise", FREE, kind, False, pcm, (), len(sound) / _RATE
        )  # fmt: skip


def _opening(cast: Cast) -> LabelledTurn:
    told = script("opening", "whole", FREE, "where is my order", random.Random(0))
    return on_the_line(spoken(told, cast.usual()), real=False)


def _chance(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _joined(parts: Sequence[Sound], pauses_s: Sequence[float]) -> Sound:
    cut: list[Sound] = []
    for part, pause_s in zip(parts, [*pauses_s, 0.0], strict=True):
        bounds = bounds_of(part, _RATE)
        cut.append(part[round(bounds.start_s * _RATE) : round(bounds.end_s * _RATE)])
        cut.append(np.zeros(round(pause_s * _RATE), np.float32))
    return np.concatenate(cut)


def _sent(
    sound: Sound, caller_dbfs: float, chance: np.random.Generator, quieter_db: float = 0.0
) -> bytes:
    """Send a sound to the line; how loud the line's noise is depends on the caller alone."""
    line = np.zeros(round(LINE_S * _RATE), np.float32)
    audio = np.concatenate([_levelled(sound, caller_dbfs - quieter_db), line]) * _FULL_SCALE
    snr_db = chance.uniform(*_SNR_DB) - quieter_db
    return telephone_band(bytes_of(audio), _RATE, snr_db, int(chance.integers(2**31)))


def _levelled(sound: Sound, level_dbfs: float) -> Sound:
    """Give the parts that are not silent a level."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    active = power[power > power.max(initial=0.0) * 1e-3]
    if not active.size:
        return sound
    return np.asarray(sound * 10 ** (level_dbfs / 20) / np.sqrt(active.mean()), np.float32)
