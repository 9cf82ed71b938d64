"""How well the recogniser hears: word error rates on recorded sets, and streaming against offline.

`python -m benchmarks.recognition DIR...`, where each folder has a `refs.tsv` with at least the
columns `path` and `text`, and audio beside it (a `.flac` where the table says `.wav` is found too).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import soundfile
import soxr
import vosk
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.caller_voice import telephone_band
from voice_gateway.speech.grammars import DIGITS
from voice_gateway.speech.model import SpeechModel, SpeechModelError
from voice_gateway.speech.pcm import bytes_of
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.spoken_text import speakable

DEFAULT_FOLDER = Path("../shared/speech_dev")
SUFFIXES = (".wav", ".flac", ".opus", ".ogg")
LEAD_S, TAIL_S = 0.4, 0.4
STRING_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Recording:
    """An utterance at the line's rate, with what was said in the recogniser's spelling."""

    speaker: str
    said: str
    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate


def normalised(text: str) -> str:
    """Spell a reference as the recogniser would."""
    plain = "".join(c if c.isalnum() or c == "'" else " " for c in speakable(text).lower())
    return " ".join(plain.split())


def load(folder: Path) -> list[Recording]:
    """Read a set; rows without audio or text are left out."""
    recordings = []
    with (folder / "refs.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            written = folder / (row.get("path") or "")
            found = next((p for s in SUFFIXES if (p := written.with_suffix(s)).is_file()), None)
            said = normalised(row.get("text") or "")
            if found is None or not said:
                continue
            samples, rate = soundfile.read(found, dtype="float32", always_2d=True)
            line_rate = 8_000 if rate == 8_000 else 16_000
            mono = soxr.resample(samples[:, 0], rate, line_rate) * 32767
            recordings.append(Recording(row.get("speaker") or "", said, bytes_of(mono), line_rate))
    return recordings


def padded(recording: Recording) -> Recording:
    """With the silence around it that a line has."""
    lead, tail = (bytes(2 * round(s * recording.rate)) for s in (LEAD_S, TAIL_S))
    return Recording(recording.speaker, recording.said, lead + recording.pcm + tail, recording.rate)


def on_the_telephone(recording: Recording) -> Recording:
    """The same at 8 kHz through a telephone line with a little noise."""
    recording = padded(recording)
    samples = np.frombuffer(recording.pcm, "<i2").astype(np.float32)
    narrow = bytes_of(soxr.resample(samples, recording.rate, 8_000))
    return Recording(
        recording.speaker, recording.said, telephone_band(narrow, 8_000, snr_db=30), 8_000
    )


def digit_strings(recordings: Iterable[Recording]) -> list[Recording]:
    """Single digits of one speaker joined to strings of six, each digit used once or more."""
    by_speaker: dict[str, list[Recording]] = {}
    for recording in recordings:
        if recording.said in DIGITS:
            by_speaker.setdefault(recording.speaker, []).append(recording)
    chosen = np.random.default_rng(7)
    strings = []
    for speaker, digits in sorted(by_speaker.items()):
        for _ in range(max(10, len(digits) // 3)):
            picked = [digits[i] for i in chosen.integers(0, len(digits), STRING_LENGTH)]
            gap = bytes(2 * round(chosen.uniform(0.03, 0.12) * picked[0].rate))
            strings.append(
                Recording(
                    speaker,
                    " ".join(digit.said for digit in picked),
                    gap.join(digit.pcm for digit in picked),
                    picked[0].rate,
                )
            )
    return strings


def stream(model: SpeechModel, recording: Recording, grammar: str, chunk_ms: int) -> Transcript:
    """Hear a recording in chunks; 0: in one."""
    recogniser = Recogniser(model, recording.rate)
    recogniser.expect(grammar, length=STRING_LENGTH if grammar == "digits" else None)
    size = 2 * recording.rate * chunk_ms // 1000 or len(recording.pcm)
    for at in range(0, len(recording.pcm), size):
        recogniser.feed(recording.pcm[at : at + size])
    return recogniser.finish()


@cache
def vosk_model(path: Path) -> vosk.Model:
    """The model as Vosk loads it, with the random noise that our own loading leaves out."""
    return vosk.Model(str(path))


def by_vosk_alone(model: SpeechModel, recording: Recording) -> str:
    """What Vosk itself makes of the whole recording in one call."""
    recogniser = vosk.KaldiRecognizer(vosk_model(model.path), float(recording.rate))
    said = []
    if recogniser.AcceptWaveform(recording.pcm):
        said.append(json.loads(recogniser.Result())["text"])
    said.append(json.loads(recogniser.FinalResult())["text"])
    return " ".join(" ".join(said).replace("[unk]", " ").split())


def measure(
    table: Table, name: str, model: SpeechModel, recordings: list[Recording], grammar: str
) -> None:
    """Add a set's row to the table."""
    heard, whole, alone = [], [], []
    cpu = 0.0
    for recording in track(recordings, description=f"{name} ({grammar})", transient=True):
        began = time.process_time()
        heard.append(stream(model, recording, grammar, 20))
        cpu += time.process_time() - began
        whole.append(stream(model, recording, grammar, 0))
        if grammar == "free":
            alone.append(by_vosk_alone(model, recording))
    said = [recording.said for recording in recordings]
    count = len(recordings)
    texts = [transcript.text for transcript in heard]
    same = sum(a == b for a, b in zip(heard, whole, strict=True))
    same_alone = sum(a == b for a, b in zip(texts, alone, strict=False))
    table.add_row(
        name,
        grammar,
        str(count),
        f"{100 * jiwer.wer(said, texts):.1f} %",
        f"{sum(a == b for a, b in zip(said, texts, strict=True))}/{count}",
        f"{cpu / sum(recording.seconds for recording in recordings):.3f}",
        f"{same}/{count}",
        f"{same_alone}/{count}" if alone else "",
    )


def main() -> int:
    """Measure the sets in the folders given, or those of the default folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recognition", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--model", type=Path, help="a Vosk model folder (default: the shipped one)")
    options = parser.parse_args()
    folders = options.folders or sorted(table.parent for table in DEFAULT_FOLDER.glob("*/refs.tsv"))
    sets = [folder for folder in folders if (folder / "refs.tsv").is_file()]
    if not sets or len(sets) < len(folders):
        missing = ", ".join(str(f) for f in folders if f not in sets) or "no folder given"
        print(
            f"Nothing to measure ({missing}). Pass folders that hold a refs.tsv with the columns "
            "`path` and `text` (tab-separated) and the audio beside it.",
            file=sys.stderr,
        )
        return 2
    try:
        model = SpeechModel.load(options.model)
    except SpeechModelError as error:
        print(error, file=sys.stderr)
        return 2
    table = Table(
        title=f"Recognition with {model.path.name}",
        caption=(
            "Words wrong: word error rate of streaming in 20 ms frames. Same as one piece: "
            "transcripts with words, times, confidences and alternatives exactly equal. Same as "
            "Vosk alone: text equal to one AcceptWaveform of the whole file, which is not even "
            "equal to itself a second time: Vosk adds random noise."
        ),
    )
    for column in (
        "set",
        "grammar",
        "utterances",
        "words wrong",
        "all right",
        "real-time factor",
        "same as one piece",
        "same as Vosk alone",
    ):
        table.add_column(column, justify="left" if column in ("set", "grammar") else "right")
    for folder in sets:
        recordings = load(folder)
        strings = digit_strings(recordings)
        for kind, change in (
            ("as is", padded),
            ("telephone", lambda r: on_the_telephone(padded(r))),
        ):
            if recordings:
                measure(table, f"{folder.name}, {kind}", model, [*map(change, recordings)], "free")
            for grammar in ("free", "digits") if strings else ():
                measure(
                    table, f"{folder.name}, strings of {STRING_LENGTH} digits, {kind}", model,
                    [*map(change, strings)], grammar,
                )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 132).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
