"""`warmline rehearse`: plays conversations, shows how it goes, and writes the report."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from warmline.rehearsal.conversation_file import (
    Conversation,
    chosen,
    read_all,
    read_known_gaps,
)
from warmline.rehearsal.ears import Ear, SpeechEar, TextEar
from warmline.rehearsal.figures import Recognised
from warmline.rehearsal.judgement import Verdict
from warmline.rehearsal.report import Chapter, dialogue, page, summary, write_page
from warmline.rehearsal.stage import Stage, set_stage
from warmline.rehearsal.suite import play_all
from warmline.rehearsal.utterances import understand_all
from warmline.settings import Settings
from warmline.training import train

TEXT_AT_ONCE = 3
SPEECH_AT_ONCE = 5


@dataclass(frozen=True)
class Options:
    """What is played, and how.

    Attributes:
        names: Parts of conversations' names; none for all.
        tags: Of which a conversation needs one; none for all.
        speech: Whether the callers speak instead of being read.
        snr_db: How many decibels louder than the line's noise they are.
        seed: Another seed, other voices and other noise.
        show: Whether each conversation's dialogue is printed.
        report: Where the page is written; None for a file in `data_dir`.
    """

    names: Sequence[str] = ()
    tags: Sequence[str] = ()
    speech: bool = False
    snr_db: float = 15.0
    seed: int = 0
    show: bool = False
    report: Path | None = None


async def run(settings: Settings, options: Options, console: Console) -> bool:
    """Play conversations and report.

    Args:
        settings: Where reports and synthesised speech are kept.
        options: What is played, and how.
        console: Is told how it goes.

    Returns:
        Whether all passed, known gaps aside.

    Raises:
        ConversationError: A file is wrong, or nothing has such a name or tag.
        StageError: Something does not start.
        TrainingError: The assistant cannot be trained.
    """
    conversations = chosen(read_all(), options.names, options.tags)
    gaps = read_known_gaps()
    async with open_stage(console) as stage:
        with make_ear(settings, options) as ear:
            chapter = await play_chapter(
                title_of(options), conversations, stage, ear, console, known_gaps=gaps
            )
    unexpected = [each for each in chapter.failed if each.name not in gaps]
    shown = chapter.verdicts if options.show else unexpected
    for verdict in shown:
        _show(verdict, console)
    console.print()
    console.print(summary(chapter))
    path = options.report or settings.data_dir / "rehearsal" / "report.html"
    write_page(path, page([chapter], "Rehearsal"))
    console.print(f"\nThe report: {escape(str(path))}", soft_wrap=True)
    closed = [each.name for each in chapter.verdicts if each.passed and each.name in gaps]
    if closed and not options.speech:
        console.print(f"No gaps any more, take them off the list: {escape('; '.join(closed))}")
    return not unexpected


def title_of(options: Options) -> str:
    """Name a run by how its callers are heard.

    Args:
        options: How it is played.
    """
    return f"Through speech, noise at {options.snr_db:g} dB" if options.speech else "As text"


@contextmanager
def make_ear(settings: Settings, options: Options) -> Iterator[Ear]:
    """Make the ear that a run wants.

    Args:
        settings: Which speech model, and where synthesised speech is kept.
        options: How it is played.

    Returns:
        The ear, good until it is left.
    """
    if not options.speech:
        yield TextEar()
        return
    cache = settings.data_dir / "rehearsal" / "speech"
    with SpeechEar(
        options.snr_db, seed=options.seed, cache=cache, model=settings.speech_model_path
    ) as ear:
        yield ear


@asynccontextmanager
async def open_stage(console: Console) -> AsyncIterator[Stage]:
    """Set the stage in a folder that is gone afterwards, on a trained assistant.

    Args:
        console: Is told how it goes.

    Returns:
        The stage.

    Raises:
        StageError: Something does not start; the last lines of the assistant are printed.
        TrainingError: The assistant cannot be trained.
    """
    train(lambda line: console.print(escape(line)))
    with tempfile.TemporaryDirectory(prefix="warmline-rehearsal-") as name, _quiet():
        waiting = console.status("Starting the assistant and the actions ...")
        waiting.start()
        try:
            async with set_stage(Path(name)) as stage:
                waiting.stop()
                yield stage
        finally:
            waiting.stop()


async def play_chapter(
    title: str,
    conversations: Sequence[Conversation],
    stage: Stage,
    ear: Ear,
    console: Console,
    *,
    utterances: Sequence[tuple[str, str]] = (),
    known_gaps: dict[str, str] | None = None,
) -> Chapter:
    """Play conversations, and utterances out of any conversation, with a progress bar.

    Args:
        title: Names the run.
        conversations: Which ones.
        stage: Where.
        ear: How the callers are heard.
        console: Where progress is shown.
        utterances: With their intents.
        known_gaps: Conversations that cannot pass yet.

    Returns:
        The run.
    """
    began = time.monotonic()
    at_once = SPEECH_AT_ONCE if isinstance(ear, SpeechEar) else TEXT_AT_ONCE
    with _progress(console) as progress:
        task = progress.add_task(title, total=len(conversations), failed="")
        failed = 0

        def done(verdict: Verdict) -> None:
            nonlocal failed
            failed += not verdict.passed
            progress.update(task, advance=1, failed=f"{failed} failed" if failed else "")

        verdicts = await play_all(conversations, stage, ear, at_once=at_once, on_done=done)
        held_out: list[Recognised] = []
        if utterances:
            rest = progress.add_task("held-out utterances", total=len(utterances), failed="")
            held_out = await understand_all(
                utterances, stage, ear, at_once=at_once, on_done=lambda: progress.advance(rest)
            )
    return Chapter(title, verdicts, held_out, known_gaps or {}, time.monotonic() - began)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[red]{task.fields[failed]}"),
        console=console,
    )


def _show(verdict: Verdict, console: Console) -> None:
    mark = "[green]passed[/]" if verdict.passed else "[red]failed[/]"
    file = escape(verdict.played.conversation.file)
    console.print(f"\n[bold]{escape(verdict.name)}[/]  {mark}  [dim]{file}[/]", soft_wrap=True)
    for line in dialogue(verdict):
        style = "red" if line.startswith("FAILED") else None
        console.print(f"  {escape(line)}", style=style, soft_wrap=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the actions' log out of the progress bar; what fails is in the dialogues."""
    for name in ("sanic", "sanic.root", "sanic.server", "sanic.access", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**before)
