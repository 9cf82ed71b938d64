"""How publishers lay out their corpora: from a folder to its recordings, one function a layout."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# fmt: off
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# fmt: on
_SOUNDS: Final = (".wav", ".flac", ".opus", ".ogg", ".mp3")
_TABLE: Final = "refs.tsv"


class LayoutError(Exception):
    """A folder is not laid out as its publisher does; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An utterance as a corpus describes it.

    Args:
        path: The sound file.
        speaker: Who speaks; unique within the corpus.
        text: As the corpus writes it.
        start: Where it begins in the file, seconds.
        seconds: How long it is; None for the rest of the file.
    """

    path: Path
    speaker: str
    text: str
    start: float = 0.0
    seconds: float | None = None


def table(folder: Path) -> Iterator[Recording]:
    """Read a folder with `refs.tsv`: columns path, speaker and text, as for one's own recordings.

    A sound that was converted, so that its name ends otherwise than in the table, is found.
    """
    for row in _rows(folder / _TABLE):
        named = folder / row["path"]
        found = [named, *(named.with_suffix(suffix) for suffix in _SOUNDS)]
        path = next((path for path in found if path.exists()), None)
        if path is not None and row.get("text"):
            yield Recording(path, row.get("speaker") or "unknown", row["text"])


def speechocean762(folder: Path) -> Iterator[Recording]:
    """Read speechocean762: two folders in Kaldi's way, `WAVE` beside them."""
    if (folder / _TABLE).exists():
        yield from table(folder)
        return
    for part in ("train", "test"):
        speakers = dict(_pairs(folder / part / "utt2spk"))
        sounds = dict(_pairs(folder / part / "wav.scp"))
        for name, text in _pairs(folder / part / "text"):
            yield Recording(folder / sounds[name], f"so{speakers[name]}", text)


def fsdd(folder: Path) -> Iterator[Recording]:
    """Read the Free Spoken Digit Dataset: `recordings/7_jackson_32.wav`."""
    for path in _sounds(folder / "recordings"):
        digit, speaker, _ = path.stem.split("_")
        yield Recording(path, speaker, _DIGITS[int(digit)])


def audio_mnist(folder: Path) -> Iterator[Recording]:
    """Read AudioMNIST: `data/01/7_01_32.wav`."""
    for path in _sounds(folder / "data"):
        digit, speaker, _ = path.stem.split("_")
        yield Recording(path, speaker, _DIGITS[int(digit)])


def speech_commands(folder: Path, *, testing: bool) -> Iterator[Recording]:
    """Read Speech Commands: `yes/0a7c2a8d_nohash_0.wav`, with a list of what is for testing."""
    listed = folder / "testing_list.txt"
    _must_exist(listed)
    kept = set(listed.read_text(encoding="utf-8").split())
    for path in _sounds(folder):
        word = path.parent.name
        if not word.startswith("_") and (f"{word}/{path.name}" in kept) == testing:
            yield Recording(path, path.stem.partition("_nohash_")[0], word)


def librispeech(folder: Path, *, part: str) -> Iterator[Recording]:
    """Read a part of LibriSpeech: `train-clean-100/19/198/19-198.trans.txt`, FLAC files beside it.

    Other parts in the same folder are not read: some are for measuring.
    """
    root = folder if folder.name == part else folder / part
    _must_exist(root)
    for path in sorted(root.rglob("*.trans.txt")):
        for name, text in _pairs(path):
            yield Recording(path.parent / f"{name}.flac", name.partition("-")[0], text)


def common_voice(folder: Path, *, part: str) -> Iterator[Recording]:
    """Read a part of Common Voice in one language: `train.tsv`, MP3 files in `clips`."""
    tables = sorted(folder.rglob(f"{part}.tsv"))
    if not tables:
        raise LayoutError(f"{folder} holds no {part}.tsv")
    for row in _rows(tables[0]):
        yield Recording(tables[0].parent / "clips" / row["path"], row["client_id"], row["sentence"])


def vctk(folder: Path) -> Iterator[Recording]:
    """Read VCTK 0.92: `wav48_silence_trimmed/p225/p225_001_mic1.flac`, `txt/p225/p225_001.txt`."""
    for path in _sounds(folder / "wav48_silence_trimmed"):
        name, _, microphone = path.stem.rpartition("_")
        text = folder / "txt" / path.parent.name / f"{name}.txt"
        # Two microphones heard the same; of some speakers the text is lost.
        if microphone == "mic1" and text.exists():
            yield Recording(path, path.parent.name, text.read_text(encoding="utf-8"))


def harper_valley(folder: Path) -> Iterator[Recording]:
    """Read HarperValleyBank: calls with segments, agent and caller in files of their own."""
    transcripts = sorted((folder / "data" / "transcript").glob("*.json"))
    if not transcripts:
        raise LayoutError(f"{folder} holds no calls (data/transcript/*.json)")
    for path in transcripts:
        call: Any = _json(folder / "data" / "metadata" / path.name)
        for segment in _json(path):
            role = str(segment["speaker_role"])
            yield Recording(
                folder / "data" / "audio" / role / f"{path.stem}.wav",
                str(call[role]["speaker_id"]),
                str(segment["human_transcript"]),
                start=segment["offset_ms"] / 1000,
                seconds=segment["duration_ms"] / 1000,
            )


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise LayoutError(f"{path} is missing")


def _sounds(folder: Path) -> list[Path]:
    _must_exist(folder)
    return sorted(path for path in folder.rglob("*") if path.suffix in _SOUNDS)


def _rows(path: Path) -> list[dict[str, str]]:
    _must_exist(path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _pairs(path: Path) -> list[tuple[str, str]]:
    """Lines of a name, white space and the rest, as Kaldi and LibriSpeech write them."""
    _must_exist(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()
    ]


def _json(path: Path) -> Any:
    _must_exist(path)
    return json.loads(path.read_text(encoding="utf-8"))
