"""An evaluation of one model from beginning to end."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from speech_model.evaluation import report
from speech_model.evaluation.calibration import Calibration, calibrated
from speech_model.evaluation.customer_phrases import NAME as CUSTOMER_PHRASES
from speech_model.evaluation.customer_phrases import customer_phrases
from speech_model.evaluation.real_sets import BUILDERS
from speech_model.evaluation.recordings import EvaluationError
from speech_model.evaluation.resources import Resources, resources
from speech_model.evaluation.run import Heard, Line, SetResult, hear, on_the_line, result
from speech_model.evaluation.sets import EvaluationSet, Utterance, own_recordings
from voice_gateway.speech.confidence import Confidence
from voice_gateway.speech.model import SHIPPED_MODEL, SpeechModel

SET_NAMES: Final = (*BUILDERS, CUSTOMER_PHRASES)
DEFAULT_DATA: Final = (Path("../shared/speech_dev"), Path("../shared/speech_train"))


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What is evaluated, and how.

    Args:
        model: A Vosk model's folder.
        sets: Names of sets; none: all.
        data: Folders with the collections of real people's recordings, the first that has one
            counts.
        most: Hear no more utterances of a set than this, for a quick look.
        own: Folders of one's own recordings, each with a `refs.tsv`.
        wideband: 16 kHz as recorded instead of the telephone's band.
        streaming: Whether to hear each utterance in one piece too, which must not differ.
        calibrate: Whether to fit confidence anew and to write it into the model's folder.
        json: Where to put the figures.
        verbose: Whether to show each utterance that was heard wrong.
    """

    model: Path = SHIPPED_MODEL
    sets: tuple[str, ...] = ()
    data: tuple[Path, ...] = DEFAULT_DATA
    own: tuple[Path, ...] = ()
    most: int | None = None
    wideband: bool = False
    streaming: bool = False
    calibrate: bool = False
    json: Path | None = None
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out.

    Args:
        model: The model's name.
        band: `telephone` or `wideband`.
        sets: The sets that were there.
        results: One a set and way of hearing it.
        left_out: Sets that were not there, with the reason.
        resources: What the model takes of the machine.
        calibrations: Confidence of free and of narrowed hearing, where enough was heard.
    """

    model: str
    band: str
    sets: tuple[EvaluationSet, ...]
    results: tuple[SetResult, ...]
    left_out: tuple[tuple[str, str], ...]
    resources: Resources
    calibrations: tuple[Calibration, ...]


def load_sets(
    options: EvaluateOptions,
) -> tuple[list[EvaluationSet], list[tuple[str, str]]]:
    """Read the sets that are asked for.

    Args:
        options: Which, and where they are.

    Returns:
        Those that are there, and the names of those that are not, with the reason.

    Raises:
        EvaluationError: No set of that name, none there, or a folder that cannot be read.
    """
    if unknown := [name for name in options.sets if name not in SET_NAMES]:
        raise EvaluationError(f"No set {', '.join(unknown)}; there are: {', '.join(SET_NAMES)}")
    if options.most is not None and options.most < 1:
        raise EvaluationError(f"At most {options.most} utterances are none to evaluate on.")
    wanted = options.sets or (() if options.own else SET_NAMES)
    found: list[EvaluationSet] = [own_recordings(folder) for folder in options.own]
    left_out: list[tuple[str, str]] = []
    for name in wanted:
        if name == CUSTOMER_PHRASES:
            found.append(customer_phrases(options.most))
        elif (made := BUILDERS[name](options.data)).utterances:
            found.append(made)
        else:
            places = " or ".join(map(str, options.data)) or "no folder given"
            left_out.append((name, f"its sound is not in {places}"))
    if not found:
        raise EvaluationError(
            "Nothing to evaluate on. " + " ".join(f"{name}: {why}" for name, why in left_out)
        )
    return [_at_most(each, options.most) for each in found], left_out


def evaluate(options: EvaluateOptions, console: Console) -> Evaluation:
    """Evaluate a model, print the figures and write what is asked for.

    Args:
        options: What and how.
        console: Where to print.

    Returns:
        The figures.

    Raises:
        EvaluationError: Nothing to evaluate on, or a file that cannot be read or written.
        SpeechModelError: The model cannot be used.
    """
    loaded = SpeechModel.load(options.model)
    # Raw confidence is what curves are fitted on and judged by.
    model = SpeechModel(loaded.path, loaded.handle)
    sets, left_out = load_sets(options)
    results: list[SetResult] = []
    with Progress(console=console, transient=True) as progress:
        for each in sets:
            lines = [
                on_the_line(utterance, each.snr_db, wideband=options.wideband)
                for utterance in each.utterances
            ]
            for grammar, narrowed, chosen in _ways(each, model.takes_grammars):
                task = progress.add_task(f"{each.name} ({grammar})", total=len(chosen))
                heard = _heard(
                    model,
                    [(each.utterances[at], lines[at]) for at in chosen],
                    narrowed,
                    options.streaming,
                    lambda task=task: progress.advance(task),  # type: ignore[misc]
                )
                progress.remove_task(task)
                results.append(result(each, grammar, heard))
    longest = max(sets[0].utterances, key=lambda utterance: utterance.seconds)
    taken = resources(loaded.path, on_the_line(longest, sets[0].snr_db, wideband=options.wideband))
    evaluation = Evaluation(
        loaded.path.name,
        "wideband" if options.wideband else "telephone",
        tuple(sets),
        tuple(results),
        tuple(left_out),
        taken,
        tuple(calibrated(results, loaded.confidence, fit=options.calibrate)),
    )
    report.show(evaluation, console, verbose=options.verbose)
    _write(options, evaluation, loaded.path, console)
    return evaluation


def _at_most(each: EvaluationSet, most: int | None) -> EvaluationSet:
    """Every so many utterances, so that all speakers have their share."""
    step = math.ceil(len(each.utterances) / most) if most else 1
    return replace(each, utterances=each.utterances[::step])


def _ways(each: EvaluationSet, takes_grammars: bool) -> Iterable[tuple[str, bool, list[int]]]:
    """Freely, and narrowed where the bot would narrow: name, whether, and which utterances."""
    yield "free", False, list(range(len(each.utterances)))
    narrowed = [at for at, utterance in enumerate(each.utterances) if utterance.awaited]
    if narrowed and takes_grammars:
        names = sorted({a.grammar for at in narrowed if (a := each.utterances[at].awaited)})
        yield ", ".join(names), True, narrowed


def _heard(
    model: SpeechModel,
    spoken: Iterable[tuple[Utterance, Line]],
    narrowed: bool,
    streaming: bool,
    done: Callable[[], None],
) -> tuple[Heard, ...]:
    heard = []
    for utterance, line in spoken:
        heard.append(hear(model, utterance, line, narrowed=narrowed, in_one_piece_too=streaming))
        done()
    return tuple(heard)


def _write(
    options: EvaluateOptions, evaluation: Evaluation, folder: Path, console: Console
) -> None:
    try:
        if options.calibrate:
            fitted = {each.kind: each.fitted for each in evaluation.calibrations}
            path = Confidence(fitted.get("free"), fitted.get("narrowed")).write(folder)
            console.print(f"Confidence fitted: {path}")
        if options.json is not None:
            text = json.dumps(report.figures(evaluation), indent=1)
            options.json.write_text(text + "\n", encoding="utf-8")
            console.print(f"Figures written: {options.json}")
    except OSError as error:
        raise EvaluationError(f"Could not write {error.filename}: {error.strerror}") from error
