"""Confidence of an evaluation's words: before and after calibration, fitted and judged apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from speech_model.evaluation.confidence import Judged, Reliability, fitted, reliability
from speech_model.evaluation.run import SetResult
from speech_model.evaluation.sets import Half
from voice_gateway.speech.confidence import Confidence, Curve

Kind = Literal["free", "narrowed"]

# So that the largest set, of readers, does not decide alone what confidence means on a call.
MOST_WORDS_A_SET: Final = 300


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence of one kind of hearing, judged on the test half.

    Args:
        kind: `free`, or `narrowed` while a grammar is awaited.
        fitted: The curve, as fitted on the development half or as the model has it; None: none.
        before: Reliability of raw confidence.
        after: Reliability of calibrated confidence; equal to `before` without a curve.
    """

    kind: Kind
    fitted: Curve | None
    before: Reliability
    after: Reliability


def calibrated(
    results: Sequence[SetResult], present: Confidence, *, fit: bool
) -> list[Calibration]:
    """Judge the confidence of what was heard.

    Args:
        results: Heard with raw confidence.
        present: The curves that the model has.
        fit: Whether to fit curves anew, on the development half, instead of taking the present
            ones.

    Returns:
        One for each kind of hearing of which words were heard.
    """
    found = []
    kinds: tuple[tuple[Kind, Curve | None], ...] = (
        ("free", present.free),
        ("narrowed", present.narrowed),
    )
    for kind, present_curve in kinds:
        of_kind = [each for each in results if (each.grammar == "free") == (kind == "free")]
        judged = words(of_kind, "test")
        if not judged:
            continue
        curve = fitted(words(of_kind, "development")) if fit else present_curve
        after = judged if curve is None else [(curve.at(raw), right) for raw, right in judged]
        found.append(Calibration(kind, curve, reliability(judged), reliability(after)))
    return found


def words(results: Iterable[SetResult], half: Half) -> Judged:
    """Gather the words of one half, evenly chosen from sets that have very many.

    Args:
        results: Heard with raw confidence.
        half: Which.

    Returns:
        Raw confidence of each word, and whether it was said.
    """
    gathered: list[tuple[float, bool]] = []
    for each in results:
        halved = [heard for heard in each.heard if heard.utterance.half == half]
        judged = [word for heard in halved for word in heard.confidences()]
        gathered += judged[:: math.ceil(len(judged) / MOST_WORDS_A_SET) or 1]
    return gathered
