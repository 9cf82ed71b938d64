"""The first stage of training: corpora, synthetic callers, and shards of examples made of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import Progress

from speech_model.data import synthetic
from speech_model.data.corpora import CorpusError, corpus, describe, locate
from speech_model.data.drawing import draw_call, draw_plain_line
from speech_model.data.joining import plan_examples
from speech_model.data.manifest import Utterance, read_manifest, write_manifest
from speech_model.data.preparation import Draw, prepare
from speech_model.data.sentences import Sentences
from speech_model.data.splits import check_training, for_measuring, for_training
from speech_model.data.voices import installed
from speech_model.lexicon.dictionary import Lexicon

SYNTHETIC: Final = "synthetic"

# Of general English, that voices read aloud beside what callers say.
_SENTENCE_WORDS: Final = range(3, 13)
# An hour of synthetic callers is about so many utterances.
_UTTERANCES_AN_HOUR: Final = 1000
_MOST_HELD_OUT: Final = 500  # utterances of a corpus


@dataclass(frozen=True, slots=True)
class Wanted:
    """A corpus to train on.

    Args:
        name: As `speech_model.data.corpora` knows it, `synthetic` for synthetic callers, or any
            other name for recordings of one's own.
        hours: How much to make of it; each recording is used as often as that takes, distorted
            another way each time.
        given: Its folder or archive, where it is here already.
    """

    name: str
    hours: float
    given: Path | None = None

    @classmethod
    def parse(cls, told: str) -> Wanted:
        """Read a corpus from a command line.

        Args:
            told: `NAME:HOURS`, or `NAME:HOURS=PATH`.

        Returns:
            The corpus.

        Raises:
            CorpusError: It is written another way.
        """
        name, _, rest = told.partition(":")
        hours, _, path = rest.partition("=")
        try:
            return cls(name, float(hours), Path(path) if path else None)
        except ValueError:
            raise CorpusError(
                f"{told!r} is no corpus to train on; write NAME:HOURS or NAME:HOURS=PATH"
            ) from None


# A hundred hours: two cores hear them in less than two. All can be fetched without an account.
DEFAULT: Final = (
    Wanted("speechocean762", 15),
    Wanted("fsdd", 5),
    Wanted("audio_mnist", 8),
    Wanted("speech_commands", 7),
    Wanted("harper_valley", 25),
    Wanted("mini_librispeech", 15),
    Wanted(SYNTHETIC, 25),
)


@dataclass(frozen=True, slots=True)
class Material:
    """Folders of shards.

    Args:
        training: To learn from.
        development: Of held-out speakers, to measure phone errors on.
    """

    training: tuple[Path, ...]
    development: tuple[Path, ...]


def gather(
    folder: Path, wanted: Sequence[Wanted], nlu_data: Path, console: Console, seed: int = 0
) -> Material:
    """Have the material of a training; what is there already is not made again.

    Args:
        folder: Where corpora and shards go.
        wanted: The corpora.
        nlu_data: The designers' training data: what synthetic callers say.
        console: Shows the progress.
        seed: Of all that chance decides.

    Returns:
        Where the shards are.

    Raises:
        CorpusError: A corpus cannot be fetched and is not given.
        FetchError: A download failed; what was fetched is kept.
        SplitError: Somebody who is kept for measuring would be trained on.
    """
    real = [one for one in wanted if one.name != SYNTHETIC]
    utterances = {one.name: _recordings(folder, one, console) for one in real}
    everybody = [one for each in utterances.values() for one in each]
    for one in wanted:
        if one.name == SYNTHETIC:
            sentences = Sentences.of(nlu_data, _read_aloud(everybody))
            utterances[SYNTHETIC] = _callers(folder / SYNTHETIC, one, sentences, console, seed)
    words = {word for each in utterances.values() for one in each for word in one.text.split()}
    maker = _ShardMaker(Lexicon.from_cmudict().of(words), for_training(everybody), console, seed)
    training, development = [], []
    for one in wanted:
        allowed = for_training(utterances[one.name])
        check_training(allowed)
        examples = plan_examples(allowed, one.hours, np.random.default_rng(seed))
        training.append(folder / "shards" / one.name)
        maker.make(training[-1], list(examples), draw_call)
        if kept := for_measuring(utterances[one.name]):
            few = [(each,) for each in kept[:: -(-len(kept) // _MOST_HELD_OUT)]]
            development.append(folder / "held_out" / one.name)
            maker.make(development[-1], few, draw_plain_line)
    return Material(tuple(training), tuple(development))


@dataclass(frozen=True, slots=True)
class _ShardMaker:
    """Makes shards with what is the same for all corpora."""

    pronunciations: dict[str, tuple[tuple[str, ...], ...]]
    background: Sequence[Utterance]
    console: Console
    seed: int

    def make(self, to: Path, examples: Sequence[tuple[Utterance, ...]], draw: Draw) -> None:
        steps = prepare(
            examples,
            self.pronunciations,
            to,
            background=self.background,
            draw=draw,
            seed=self.seed,
            workers=os.cpu_count() or 1,
        )
        with Progress(console=self.console) as progress:
            task = progress.add_task(f"{to.parent.name} of {to.name}")
            for done, total in steps:
                progress.update(task, completed=done, total=total)


def _recordings(folder: Path, wanted: Wanted, console: Console) -> list[Utterance]:
    """Have a corpus and its manifest."""
    manifest = folder / "corpora" / f"{wanted.name}.tsv"
    if not manifest.exists():
        known = corpus(wanted.name)
        with Progress(console=console) as progress:
            found = locate(known, manifest.parent, progress, wanted.given)
            recordings = list(known.read(found))
            task = progress.add_task(f"looking at {wanted.name}", total=len(recordings))
            tracked = progress.track(recordings, task_id=task)
            write_manifest(manifest, describe(wanted.name, tracked))
    return read_manifest(manifest)


def _callers(
    folder: Path, wanted: Wanted, sentences: Sentences, console: Console, seed: int
) -> list[Utterance]:
    """Have synthetic callers."""
    made = synthetic.finished(folder)
    if made is not None:
        return made
    voices, missing = installed()
    for word in missing:
        console.print(f"[yellow]{word}[/yellow]")
    count = round(wanted.hours * _UTTERANCES_AN_HOUR)
    speaking = synthetic.make(
        folder, count, voices, sentences, seed=seed, workers=os.cpu_count() or 1
    )
    with Progress(console=console) as progress:
        task = progress.add_task("synthetic callers", total=count)
        return [one for one in progress.track(speaking, task_id=task) if one is not None]


def _read_aloud(utterances: Sequence[Utterance]) -> list[str]:
    """Sentences that voices may read: none that is said by who is kept for measuring."""
    kept = {one.text for one in for_measuring(utterances)}
    texts = dict.fromkeys(one.text for one in for_training(utterances))
    return [text for text in texts if text not in kept and len(text.split()) in _SENTENCE_WORDS]
