"""`python -m speech_model.evaluation MODEL`: the figures of a model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from speech_model.evaluation.evaluate import (
    DEFAULT_DATA,
    SET_NAMES,
    EvaluateOptions,
    evaluate,
)
from speech_model.evaluation.recordings import EvaluationError
from voice_gateway.speech.model import SHIPPED_MODEL, SpeechModelError


def main(arguments: list[str] | None = None) -> int:
    """Evaluate as the command line asks.

    Args:
        arguments: Of the command line; by default this process's.

    Returns:
        0, or 2 when nothing could be evaluated.
    """
    parser = argparse.ArgumentParser(prog="python -m speech_model.evaluation", description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=SHIPPED_MODEL)
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", metavar="NAME",
        help=f"again for more than one: {', '.join(SET_NAMES)}",
    )  # fmt: skip
    parser.add_argument(
        "--data", action="append", default=[], type=Path, metavar="DIR",
        help="folder with collections of recordings; again for more than one "
        f"(default: {', '.join(map(str, DEFAULT_DATA))})",
    )  # fmt: skip
    parser.add_argument("--most", type=int, metavar="N", help="no more utterances of a set than N")
    parser.add_argument(
        "--own", action="append", default=[], type=Path, metavar="DIR",
        help="recordings of your own with a refs.tsv; again for more than one",
    )  # fmt: skip
    parser.add_argument("--wideband", action="store_true", help="16 kHz instead of the telephone")
    parser.add_argument("--streaming", action="store_true", help="compare with hearing in one go")
    parser.add_argument("--calibrate", action="store_true", help="fit the model's confidence anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--verbose", action="store_true", help="show what was heard wrong")
    told = vars(parser.parse_args(arguments))
    told |= {name: tuple(told[name]) for name in ("sets", "own", "data")}
    told["data"] = told["data"] or DEFAULT_DATA
    console = Console(width=None if sys.stdout.isatty() else 132)
    try:
        evaluate(EvaluateOptions(**told), console)
    except (EvaluationError, SpeechModelError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
