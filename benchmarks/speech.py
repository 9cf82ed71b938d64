"""How well the speech model hears, beside any other model that is here.

`python -m benchmarks.speech [MODEL ...]`: word error rates of each set, the real-time factor,
memory, and whether streaming gives the same as hearing in one piece. Without models: the shipped
one, official ones that were fetched, and the one that the shipped one grew from, if it is there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from speech_model.catalogue import SHIPPED, SHIPPED_PATH, installed, list_models
from speech_model.evaluation.evaluate import DEFAULT_DATA, EvaluateOptions, evaluate
from speech_model.evaluation.recordings import EvaluationError
from speech_model.evaluation.report import compared, figures
from voice_gateway.speech.model import SpeechModelError
from warmline.settings import Settings

FIRST_MODEL = Path("../shared/models/warmline-en-us")
"""What ours is compared with: the model that its recipe began with."""


def models_here() -> list[Path]:
    """The first model, the shipped one, and official ones that were fetched."""
    data_dir = Settings().data_dir.expanduser()
    fetched = [
        installed(data_dir, each.name)
        for each in list_models(data_dir)
        if each.installed and each.name != SHIPPED
    ]
    return [*([FIRST_MODEL] if FIRST_MODEL.is_dir() else []), SHIPPED_PATH, *fetched]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speech", description=__doc__)
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL", help="Vosk model folders")
    parser.add_argument(
        "--data", action="append", type=Path, metavar="DIR", help="folder with recordings of people"
    )
    parser.add_argument("--most", type=int, metavar="N", help="no more utterances of a set than N")
    parser.add_argument("--wideband", action="store_true", help="16 kHz instead of the telephone")
    told = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 132)
    measured = []
    try:
        for model in told.models or models_here():
            options = EvaluateOptions(
                model,
                data=tuple(told.data or DEFAULT_DATA),
                most=told.most,
                wideband=told.wideband,
                streaming=model == SHIPPED_PATH,
            )
            measured.append(figures(evaluate(options, console)))
    except (EvaluationError, SpeechModelError) as error:
        print(error, file=sys.stderr)
        return 2
    if len(measured) > 1:
        console.print(compared(measured))
    return 0


if __name__ == "__main__" and (status := main()):
    raise SystemExit(status)
