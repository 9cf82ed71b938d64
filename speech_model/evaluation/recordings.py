"""Folders of recorded speech: a table of references with the sound beside it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import soundfile
import soxr

from speech_model.evaluation.joining import Sound
from speech_model.evaluation.word_errors import normalised

TABLE: Final = "refs.tsv"
_SUFFIXES: Final = (".wav", ".flac", ".opus", ".ogg")
# Stage directions and remarks in a script: "<beep>", "(note: does not say 2)".
_REMARK: Final = re.compile(r"[<>()]")


class EvaluationError(Exception):
    """An evaluation cannot be done; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded utterance.

    Args:
        path: As its table names it.
        speaker: Empty where the table tells none.
        text: What is said, in the one spelling that is compared.
        sound: Its first channel.
        rate: Samples a second: 8000, or 16000 for all that was recorded at more than 8000.
    """

    path: str
    speaker: str
    text: str
    sound: Sound
    rate: int


def read_folder(
    folder: Path, elsewhere: Sequence[Path] = (), speakers: frozenset[str] | None = None
) -> list[Recording]:
    """Read a folder of recordings.

    Args:
        folder: Holds `refs.tsv`: tab-separated, with the columns `path` and `text`, and `speaker`
            where it is known. A `.flac`, `.opus` or `.ogg` where the table says `.wav` is found.
        elsewhere: Other folders with the same sound files, looked through when one is missing.
        speakers: Whose recordings to read; by default everybody's.

    Returns:
        The recordings that are there and have a text, in the table's order.

    Raises:
        EvaluationError: No such table, one without these columns, or a sound that cannot be read.
    """
    table = folder / TABLE
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t")
            rows = [{k: v or "" for k, v in row.items() if isinstance(k, str)} for row in reader]
            columns = reader.fieldnames or []
    except OSError as error:
        raise EvaluationError(f"Could not read {table}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(f"{table} is not a tab-separated table in UTF-8.") from error
    if missing := {"path", "text"} - set(columns):
        raise EvaluationError(f"{table} lacks the column {' and '.join(sorted(missing))}.")
    recordings = []
    for row in rows:
        if speakers is not None and row.get("speaker") not in speakers:
            continue
        text = "" if _REMARK.search(row["text"]) else normalised(row["text"])
        found = _find(row["path"], (folder, *elsewhere))
        if text and found:
            sound, rate = _read(found)
            recordings.append(Recording(row["path"], row.get("speaker", ""), text, sound, rate))
    return recordings


def _find(path: str, folders: Sequence[Path]) -> Path | None:
    if not path:
        return None
    places = [folder / path for folder in folders]
    named = [p for place in places for p in (place, *map(place.with_suffix, _SUFFIXES))]
    return next((p for p in named if p.is_file()), None)


def _read(path: Path) -> tuple[Sound, int]:
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise EvaluationError(f"Could not read the sound {path}: {error}") from error
    kept = 8_000 if rate <= 8_000 else 16_000
    mono: Sound = sound[:, 0]
    return (mono if rate == kept else soxr.resample(mono, rate, kept)), kept
