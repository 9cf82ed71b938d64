"""Figures of an evaluation, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from speech_model.evaluation.calibration import Calibration
from speech_model.evaluation.confidence import Reliability
from speech_model.evaluation.run import SetResult

if TYPE_CHECKING:
    from speech_model.evaluation.evaluate import Evaluation

VERSION: Final = 1
"""Of the JSON; raised when a field changes its meaning."""

_ROWS: Final = ("set", "grammar")


def show(evaluation: Evaluation, console: Console, *, verbose: bool = False) -> None:
    """Print an evaluation.

    Args:
        evaluation: The figures.
        console: Where to.
        verbose: Whether to show what was heard wrong, too.
    """
    if verbose:
        for each in evaluation.results:
            _show_mistakes(each, console)
    table = Table(
        title=f"{evaluation.model}, {evaluation.band} band",
        caption=(
            "Words wrong: word error rate with its 95 % bootstrap interval, the model's own "
            "language model or narrowed to what the bot would await. Real-time factor: seconds of "
            "one core a second of audio."
        ),
    )
    for column in (
        *_ROWS,
        "words",
        "words wrong",
        "95 % interval",
        "sentences wrong",
        "real-time factor",
        *(["same in one piece"] if _streamed(evaluation) else []),
    ):
        table.add_column(column, justify="left" if column in _ROWS else "right")
    for each in evaluation.results:
        table.add_row(*_row(each))
    console.print(table)
    taken = evaluation.resources
    console.print(
        f"Loads in {taken.load_s:.1f} s; the model takes {taken.model_mb:.0f} MB, a recogniser "
        f"{taken.recogniser_mb:.1f} MB, with a grammar {taken.narrowed_recogniser_mb:.1f} MB."
    )
    for calibration in evaluation.calibrations:
        console.print(_confidence(calibration))
    for name, why in evaluation.left_out:
        console.print(f"Left out: {name} ({why})", markup=False)


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """Make the figures plain data.

    Args:
        evaluation: The figures.

    Returns:
        What becomes JSON; `model_card` reads it.
    """
    return {
        "version": VERSION,
        "model": evaluation.model,
        "band": evaluation.band,
        "sets": [
            {
                "name": each.name,
                "source": each.source,
                "licence": each.licence,
                "real": each.real,
                "snr_db": each.snr_db,
                "speakers": len({utterance.speaker for utterance in each.utterances}),
                "seconds": round(sum(utterance.seconds for utterance in each.utterances), 1),
            }
            for each in evaluation.sets
        ],
        "results": [
            {
                "set": each.name,
                "grammar": each.grammar,
                **asdict(each.errors),
                "word_error_rate": each.errors.rate,
                "real_time_factor": each.real_time_factor,
                "same_in_one_piece": each.same_in_one_piece,
            }
            for each in evaluation.results
        ],
        "left_out": [{"set": name, "reason": why} for name, why in evaluation.left_out],
        "resources": asdict(evaluation.resources),
        "confidence": [
            {
                "kind": each.kind,
                "calibrated": each.fitted is not None,
                "before": asdict(each.before),
                "after": asdict(each.after),
            }
            for each in evaluation.calibrations
        ],
    }


def compared(evaluations: list[dict[str, Any]]) -> Table:
    """Put the word error rates of several models side by side.

    Args:
        evaluations: As `figures` gives them; the first is what the others are compared with.

    Returns:
        A row for each set and way of hearing, a column for each model, and what each changes.
    """
    table = Table(title="Words wrong, by model")
    for column in _ROWS:
        table.add_column(column)
    for each in evaluations:
        table.add_column(each["model"], justify="right")
    rates = [
        {(r["set"], r["grammar"]): float(r["word_error_rate"]) for r in each["results"]}
        for each in evaluations
    ]
    for key in dict.fromkeys(key for each in rates for key in each):
        first = rates[0].get(key)
        cells = [_compared(each.get(key), first, at > 0) for at, each in enumerate(rates)]
        table.add_row(*key, *cells)
    return table


def _compared(rate: float | None, first: float | None, beside: bool) -> str:
    if rate is None:
        return ""
    shown = f"{100 * rate:.1f} %"
    return f"{shown} ({100 * (rate / first - 1):+.0f} %)" if beside and first else shown


def _row(each: SetResult) -> list[str]:
    errors, same = each.errors, each.same_in_one_piece
    return [
        each.name if each.real else f"{each.name} (synthetic)",
        each.grammar,
        str(errors.words),
        f"{100 * errors.rate:.1f} %",
        f"{100 * errors.low:.1f} to {100 * errors.high:.1f} %",
        f"{errors.wrong_sentences}/{errors.sentences}",
        f"{each.real_time_factor:.3f}",
        *([f"{same}/{errors.sentences}"] if same is not None else []),
    ]


def _streamed(evaluation: Evaluation) -> bool:
    return any(each.same_in_one_piece is not None for each in evaluation.results)


def _show_mistakes(each: SetResult, console: Console) -> None:
    for heard in each.heard:
        if heard.text != heard.utterance.text:
            for label, text in (("said", heard.utterance.text), ("heard", heard.text)):
                line = f"{each.name}, {each.grammar}, {heard.utterance.name}: {label:5} {text}"
                console.print(line, markup=False, highlight=False, soft_wrap=True)


def _confidence(calibration: Calibration) -> str:
    def told(judged: Reliability) -> str:
        return f"{100 * judged.error:.1f} %"

    changed = f" raw, {told(calibration.after)} calibrated" if calibration.fitted else ""
    apart = calibration.before.separation
    separation = f"; a right word is surer than a wrong one in {100 * apart:.0f} %" if apart else ""
    return (
        f"Confidence, {calibration.kind}: off by {told(calibration.before)}{changed} "
        f"({calibration.before.words} words{separation})"
    )
