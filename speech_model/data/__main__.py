"""`python -m speech_model.data`: corpora, synthetic callers and shards, one step at a time.

`warmline speech train` does these steps by itself; this is for looking at one, or doing it anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from speech_model.data import synthetic
from speech_model.data.corpora import CORPORA, CorpusError, corpus, describe, locate
from speech_model.data.drawing import draw_call, draw_plain_line
from speech_model.data.fetching import FetchError
from speech_model.data.joining import plan_examples
from speech_model.data.layouts import LayoutError
from speech_model.data.manifest import ManifestError, Utterance, read_manifest, write_manifest
from speech_model.data.preparation import PreparationError, prepare
from speech_model.data.sentences import Sentences, to_read_aloud
from speech_model.data.splits import check_training, for_measuring, for_training
from speech_model.data.voices import VoiceError, installed
from speech_model.language.training_data import TrainingDataError
from speech_model.lexicon.dictionary import Lexicon

FAILURES = (
    CorpusError,
    FetchError,
    LayoutError,
    ManifestError,
    PreparationError,
    TrainingDataError,
    VoiceError,
    synthetic.SyntheticError,
)

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console()

Folder = Annotated[Path, typer.Option("--to", help="The folder that it goes to.")]
Workers = Annotated[int, typer.Option(help="How many processes work at once.")]


@app.command(name="list")
def list_corpora() -> None:
    """List the corpora that this recipe can read, with their terms."""
    rows = Table("name", "licence", "what it is", "from")
    for one in CORPORA:
        rows.add_row(one.name, one.licence, one.summary, one.homepage)
    console.print(rows)


@app.command()
def add(
    name: str,
    to: Folder,
    given: Annotated[Path | None, typer.Option("--from", help="Its folder or archive.")] = None,
) -> None:
    """Fetch a corpus, or take one that is here, and write its manifest."""
    wanted = corpus(name)
    with Progress(console=console) as progress:
        folder = locate(wanted, to, progress, given)
        recordings = list(wanted.read(folder))
        task = progress.add_task(f"looking at {name}", total=len(recordings))
        utterances = list(describe(name, progress.track(recordings, task_id=task)))
    path = to / f"{name}.tsv"
    write_manifest(path, utterances)
    hours = sum(one.seconds for one in utterances) / 3600
    kept = len(for_measuring(utterances))
    console.print(
        f"{path}: {len(utterances)} of {len(recordings)} recordings, {hours:.1f} hours, "
        f"{len({one.speaker for one in utterances})} speakers; {kept} are kept for measuring"
    )


@app.command()
def speak(
    to: Folder,
    count: Annotated[int, typer.Option(help="How many utterances.")] = 6000,
    nlu_data: Annotated[Path, typer.Option(help="The designers' training data.")] = Path(
        "nlu_data"
    ),
    general: Annotated[
        list[Path] | None, typer.Option(help="A manifest whose sentences are read aloud too.")
    ] = None,
    piper: Annotated[list[Path] | None, typer.Option(help="One more Piper voice (.onnx).")] = None,
    seed: int = 0,
    workers: Workers = 2,
) -> None:
    """Make a corpus of synthetic callers, or go on with it."""
    voices, missing = installed(piper or ())
    for word in missing:
        console.print(f"[yellow]{word}[/yellow]")
    heard = [one for path in general or () for one in read_manifest(path)]
    sentences = Sentences.of(nlu_data, to_read_aloud(heard))
    made = synthetic.make(to, count, voices, sentences, seed=seed, workers=workers)
    with Progress(console=console) as progress:
        task = progress.add_task("speaking", total=count)
        utterances = [one for one in progress.track(made, task_id=task) if one is not None]
    hours = sum(one.seconds for one in utterances) / 3600
    console.print(f"{to}: {len(utterances)} utterances, {hours:.1f} hours")


@app.command()
def shards(
    manifest: Annotated[list[Path], typer.Argument(help="One or more.")],
    to: Folder,
    hours: Annotated[
        float, typer.Option(help="How much speech, about; recordings are used again and again.")
    ] = 20.0,
    background: Annotated[
        Path | None, typer.Option(help="A manifest of people who talk behind the speakers.")
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option(help="Of who is kept for measuring: each recording once, voices unchanged."),
    ] = False,
    seed: int = 0,
    workers: Workers = 2,
) -> None:
    """Make shards of examples, or go on making them."""
    listed = [one for path in manifest for one in read_manifest(path)]
    utterances = for_measuring(listed) if held_out else for_training(listed)
    words = {word for one in utterances for word in one.text.split()}
    pronunciations = Lexicon.from_cmudict().of(words)
    if held_out:
        examples: list[tuple[Utterance, ...]] = [(one,) for one in utterances]
    else:
        check_training(utterances)
        examples = list(plan_examples(utterances, hours, np.random.default_rng(seed)))
    steps = prepare(
        examples,
        pronunciations,
        to,
        background=for_training(read_manifest(background)) if background else [],
        draw=draw_plain_line if held_out else draw_call,
        seed=seed,
        workers=workers,
    )
    with Progress(console=console) as progress:
        task = progress.add_task(f"shards of {to.name}")
        for done, total in steps:
            progress.update(task, completed=done, total=total)


def main() -> None:
    """Run a command; what a user can mend is told in one line."""
    try:
        app()
    except FAILURES as error:
        console.print(f"[red]{error}[/red]")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
