"""How well the line takes turns, on labelled ones and in virtual time.

`python -m benchmarks.turns [--most N] [--json FILE] [--verbose]`: wrong cut-ins, missed ends and
how soon an end is noticed; barge-ins, and what is falsely taken for one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.turns.labelled import LabelledSet, labelled_set, total
from benchmarks.turns.measuring import Bench, barge_ins, measure
from benchmarks.turns.report import (
    as_json,
    over_bot_rows,
    over_bot_table,
    turn_figures,
    turns_table,
    wrong,
)
from benchmarks.turns.speakers import Cast
from benchmarks.turns.understanding import understanding
from benchmarks.turns.virtual_call import Assistant
from speech_model.evaluation.evaluate import DEFAULT_DATA
from speech_model.evaluation.recordings import EvaluationError
from voice_gateway.languages import load_language
from voice_gateway.speech.model import SpeechModel, SpeechModelError
from voice_gateway.speech.speech_cache import SpeechCache
from warmline.settings import Settings

_CACHE_BYTES = 256 * 1024 * 1024


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument(
        "--data", action="append", type=Path, metavar="DIR", help="folder with recordings of people"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="Vosk model folder")
    parser.add_argument("--most", type=int, metavar="N", help="no more turns of a kind than N")
    parser.add_argument("--seed", type=int, default=0, help="other numbers, pauses, voices, noise")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to put the figures")
    parser.add_argument("--verbose", action="store_true", help="tell each turn that went wrong")
    parser.add_argument(
        "--alone", action="store_true", help="without the assistant, which tells what is complete"
    )
    told = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 132)
    try:
        model = SpeechModel.load(told.model)
        labelled = _set_of(tuple(told.data or DEFAULT_DATA), told.seed, console)
    except (EvaluationError, SpeechModelError) as error:
        print(error, file=sys.stderr)
        return 2
    if told.most:
        labelled = labelled.at_most(told.most)
    with _assistant(alone=told.alone) as assistant:
        bench = Bench(model, load_language("en_us"), labelled.opening, assistant)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            count = len(labelled.turns) + len(barge_ins(labelled))
            task = progress.add_task("Playing turns", total=count)
            measured = measure(bench, labelled, lambda: progress.advance(task))
    for note in labelled.notes:
        console.print(note, markup=False)
    console.print(turns_table(turn_figures(measured)))
    console.print(over_bot_table(over_bot_rows(measured)))
    if told.verbose:
        console.print("\n".join(wrong(measured)), markup=False, highlight=False, soft_wrap=True)
    if told.json:
        told.json.write_text(as_json(measured, labelled.notes) + "\n", encoding="utf-8")
    return 0


@contextmanager
def _assistant(*, alone: bool) -> Iterator[Assistant]:
    if alone:
        yield Assistant()
        return
    with understanding() as asked:
        yield Assistant(whole=asked.whole)


def _set_of(data: tuple[Path, ...], seed: int, console: Console) -> LabelledSet:
    folder = Settings().data_dir.expanduser() / "benchmarks" / "turns"
    cast = Cast.gather(SpeechCache(folder, _CACHE_BYTES))
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Making the set", total=total())
        return labelled_set(cast, data, seed, lambda: progress.advance(task))


if __name__ == "__main__" and (status := main()):
    raise SystemExit(status)
