"""What an evaluation set is: utterances of one kind, and what the bot would await there."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from speech_model.evaluation.joining import Sound
from speech_model.evaluation.recordings import EvaluationError, Recording, read_folder

Half = Literal["development", "test"]

# Noise of an ordinary telephone line, far below the speech.
QUIET_LINE_DB: Final = 30.0


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the bot would be waiting for: the arguments of the recogniser's `expect`."""

    grammar: str
    choices: tuple[str, ...] = ()
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance of a set.

    Args:
        name: Unique in the set; also the seed of its line's noise.
        speaker: Who it is.
        text: What is said, in the one spelling that is compared.
        sound: Samples between -1 and 1.
        rate: Samples a second.
        half: Confidence is fitted on the one half and judged on the other.
        awaited: What the bot would expect here; None where anything may be said.
    """

    name: str
    speaker: str
    text: str
    sound: Sound
    rate: int
    half: Half
    awaited: Awaited | None = None

    @property
    def seconds(self) -> float:
        """How long it is, without the silence of the line around it."""
        return len(self.sound) / self.rate


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Utterances of one kind.

    Args:
        name: For people and for `--set`.
        utterances: At least one.
        source: Where the speech comes from, and what was done to it.
        licence: Under which it is published.
        real: Whether people speak, not a synthetic voice.
        snr_db: How much louder than the noise of the line the speech is.
    """

    name: str
    utterances: tuple[Utterance, ...]
    source: str
    licence: str
    real: bool = True
    snr_db: float = QUIET_LINE_DB


def half_of(name: str) -> Half:
    """Put an utterance into one of the halves, the same on every machine.

    Args:
        name: Of the utterance.

    Returns:
        About every second name is in the development half.
    """
    return "development" if zlib.crc32(name.encode()) % 2 else "test"


def single(
    recording: Recording, speaker: str, half: Half | None = None, awaited: Awaited | None = None
) -> Utterance:
    """Make an utterance of one recording.

    Args:
        recording: What is said.
        speaker: By whom.
        half: By default what its path decides.
        awaited: What the bot would expect.

    Returns:
        The utterance.
    """
    return Utterance(
        recording.path, speaker, recording.text, recording.sound, recording.rate,
        half or half_of(recording.path), awaited,
    )  # fmt: skip


def own_recordings(folder: Path) -> EvaluationSet:
    """Somebody's own recordings.

    Args:
        folder: With a `refs.tsv` that has the columns `path` and `text`, and `speaker` if known.

    Returns:
        All of them.

    Raises:
        EvaluationError: The folder cannot be read, or nothing in it can be heard.
    """
    utterances = tuple(single(each, each.speaker) for each in read_folder(folder))
    if not utterances:
        raise EvaluationError(f"There is no sound with a text in {folder}.")
    return EvaluationSet(folder.resolve().name, utterances, "own recordings", "not told")
