"""`warmline mishear`: says the training examples on a noisy line and keeps what comes out wrong."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from warmline.escalation_calls import read_calls
from warmline.mishearing.examples import Example, read_examples, write_misheard
from warmline.mishearing.selection import Heard, selected, to_be_said, word_errors
from warmline.noisy_line import NoisyLine, Timbre
from warmline.places import NLU_DATA
from warmline.rehearsal.utterances import read_utterances

CLEAN: Final = NLU_DATA / "nlu"
MISHEARD: Final = NLU_DATA / "misheard"
SNR_DB: Final = (10.0, 20.0)
_MEASURED_CALLS: Final = NLU_DATA / "escalation_turns" / "heldout.yml"
_HEADING: Final = """\
Made by `warmline mishear`; whoever edits it loses the edits the next time.
What the recogniser makes of the examples of `nlu/` on a noisy line. See `nlu_data/README.md`."""


@dataclass(frozen=True)
class Options:
    """What is said, and how.

    Attributes:
        takes: How many times each example is said, each time in another voice and other noise.
        seed: Another seed, other voices and other noise.
        sample: Only so many examples, chosen by chance; None for all.
        to: The folder that is written.
        threads: How many are worked on at once.
    """

    takes: int = 1
    seed: int = 0
    sample: int | None = None
    to: Path = MISHEARD
    threads: int = 2


def run(options: Options, console: Console, model: Path | None = None) -> list[Example]:
    """Make the misheard training data.

    Args:
        options: What is said, and how.
        console: Is told how it goes.
        model: The Vosk model's folder; by default the one that comes with Warmline.

    Returns:
        What was written.

    Raises:
        TrainingDataError: The training data cannot be read.
        SpeechModelError: The speech model cannot be used.
        VoiceError: The voice cannot be used.
    """
    clean = read_examples(CLEAN)
    said = to_be_said(clean)
    if options.sample is not None:
        said = random.Random(options.seed).sample(said, min(options.sample, len(said)))
    with console.status("Loading the recogniser and the voice ..."):
        line = NoisyLine(model)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, *times, console=console) as progress:
        task = progress.add_task("said and heard", total=len(said) * options.takes)
        heard = hear_all(line, said, options, lambda: progress.advance(task))
    kept = selected(heard, clean, kept_back())
    write_misheard(options.to, kept, _HEADING)
    _tell(heard, kept, options.to, console)
    return kept


def hear_all(
    line: NoisyLine,
    said: Sequence[Example],
    options: Options,
    on_done: Callable[[], None] = lambda: None,
) -> list[Heard]:
    """Say examples and hear them.

    Args:
        line: Where they are said.
        said: The examples.
        options: How they are said.
        on_done: Is called after each.

    Returns:
        What was heard, in the order of the examples; the same every time.
    """
    takes = [(example, take) for example in said for take in range(options.takes)]
    with ThreadPoolExecutor(options.threads, thread_name_prefix="mishear") as threads:
        hearings = [
            threads.submit(_hear, line, example, take, options.seed) for example, take in takes
        ]
        try:
            for hearing in as_completed(hearings):
                hearing.result()
                on_done()
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return [hearing.result() for hearing in hearings]


def kept_back() -> set[str]:
    """Read the sentences that are only measured with.

    Returns:
        Their words.
    """
    calls = (turn.say for call in read_calls(_MEASURED_CALLS) for turn in call.turns)
    return {*calls, *(text for text, _ in read_utterances())}


def _hear(line: NoisyLine, example: Example, take: int, seed: int) -> Heard:
    # Named apart from the calls of a rehearsal, which would otherwise have the very same voice.
    name = f"misheard {take} {example.words}"
    audio = line.transmit(
        example.words,
        Timbre.of(name, seed),
        snr_db=random.Random(f"{seed} {name}").uniform(*SNR_DB),
        noise=zlib.crc32(f"{seed} {name}".encode()),
    )
    recogniser = line.recogniser()
    recogniser.feed(audio)
    return Heard(example, recogniser.finish().text)


def _tell(heard: list[Heard], kept: list[Example], to: Path, console: Console) -> None:
    wrong = [each for each in heard if each.text != each.example.words]
    words = sum(len(each.example.words.split()) for each in heard)
    errors = sum(
        word_errors(each.example.words, each.text)
        * max(len(each.example.words.split()), len(each.text.split()))
        for each in wrong
    )
    console.print(
        f"{len(heard)} sentences said, {len(wrong)} heard wrong "
        f"({errors / max(words, 1):.0%} of the words), {len(kept)} kept"
    )
    console.print(f"Written to {escape(str(to))}; `make train` learns from it", soft_wrap=True)
