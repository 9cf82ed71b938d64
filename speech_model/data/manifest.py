"""Manifests: tab-separated lists of recordings, who speaks in them and what they say."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COLUMNS: Final = ("path", "speaker", "text", "corpus", "seconds", "pitch", "start")


class ManifestError(Exception):
    """A manifest cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording of one speaker.

    Args:
        path: The sound file, of any rate and any format that libsndfile reads.
        speaker: Who speaks; unique within the corpus.
        text: Words in lower case, split by single spaces.
        corpus: Name of the collection it comes from.
        seconds: How long it is.
        pitch: Median pitch of the voice in Hz, 0 where it was not measured.
        start: Where it begins in the sound file, for files with several utterances; seconds.
    """

    path: Path
    speaker: str
    text: str
    corpus: str
    seconds: float
    pitch: float = 0.0
    start: float = 0.0


def write_manifest(path: Path, utterances: Iterable[Utterance]) -> None:
    """Write a manifest, whole or not at all.

    Recordings beside or below it are named relative to it, so that the folder can be moved.

    Args:
        path: The manifest.
        utterances: What it lists.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.parent.resolve()
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        rows.writerow(COLUMNS)
        for one in utterances:
            rows.writerow(
                (
                    _relative(one.path, folder),
                    one.speaker,
                    one.text,
                    one.corpus,
                    f"{one.seconds:.3f}",
                    f"{one.pitch:.1f}",
                    f"{one.start:.3f}",
                )
            )
    temporary.replace(path)


def read_manifest(path: Path) -> list[Utterance]:
    """Read a manifest.

    Args:
        path: The manifest.

    Returns:
        Its utterances, in order; the recordings themselves are not looked at.

    Raises:
        ManifestError: The file is missing or is no manifest.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = tuple(next(rows, ()))
            if header != COLUMNS:
                raise ManifestError(f"{path}: the first line must be {' '.join(COLUMNS)}")
            return [_utterance(path, number, row) for number, row in enumerate(rows, start=2)]
    except OSError as error:
        raise ManifestError(f"Cannot read {path}: {error.strerror}") from error


def _relative(path: Path, folder: Path) -> str:
    resolved = path.resolve()
    return str(resolved.relative_to(folder) if resolved.is_relative_to(folder) else resolved)


def _utterance(manifest: Path, number: int, row: list[str]) -> Utterance:
    try:
        path, speaker, text, corpus, *numbers = row
        seconds, pitch, start = map(float, numbers)
        return Utterance(manifest.parent / path, speaker, text, corpus, seconds, pitch, start)
    except ValueError as error:
        raise ManifestError(f"{manifest}, line {number}: {error}") from error
