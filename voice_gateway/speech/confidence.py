"""Raw confidence of words turned into how often such words are right."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from voice_gateway.conversation.transcript import Transcript

FILE: Final = Path("conf") / "confidence.json"
"""Where a model folder has its curves; `warmline speech evaluate` fits them."""

_VERSION: Final = 1


class ConfidenceError(ValueError):
    """A model's file of confidence curves cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising curve, straight between its points and level beyond them.

    Args:
        points: Pairs of raw and calibrated confidence, each 0 to 1, in rising order.

    Raises:
        ConfidenceError: No points, values outside of 0 to 1, or a curve that falls.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        raw, calibrated = ([point[at] for point in self.points] for at in (0, 1))
        if not self.points or not all(0.0 <= value <= 1.0 for value in (*raw, *calibrated)):
            raise ConfidenceError("a confidence curve needs points with values from 0 to 1")
        if sorted(set(raw)) != raw or sorted(calibrated) != calibrated:
            raise ConfidenceError("a confidence curve may not fall, nor have two points in one")

    def at(self, raw: float) -> float:
        """Calibrate a confidence.

        Args:
            raw: As the recogniser computes it, 0 to 1.

        Returns:
            The share of words of this raw confidence that are right, 0 to 1.
        """
        values, calibrated = ([point[side] for point in self.points] for side in (0, 1))
        return float(np.interp(raw, values, calibrated))


@dataclass(frozen=True, slots=True)
class Confidence:
    """The curves of a model; without one, confidence stays as it is.

    Args:
        free: For what was heard while anything was awaited.
        narrowed: For what was heard while a grammar was.
    """

    free: Curve | None = None
    narrowed: Curve | None = None

    def of(self, heard: Transcript, *, narrowed: bool) -> Transcript:
        """Calibrate a transcript.

        Args:
            heard: With raw confidences.
            narrowed: Whether a grammar was awaited.

        Returns:
            The same with calibrated ones.
        """
        curve = self.narrowed if narrowed else self.free
        if curve is None or not heard.words:
            return heard
        words = tuple(replace(word, confidence=curve.at(word.confidence)) for word in heard.words)
        mean = sum(word.confidence for word in words) / len(words)
        return replace(heard, words=words, confidence=mean)

    @classmethod
    def read(cls, model: Path) -> Confidence:
        """Read a model's curves.

        Args:
            model: The model's folder.

        Returns:
            Its curves; none where it has no `conf/confidence.json`.

        Raises:
            ConfidenceError: The file is damaged.
        """
        path = model / FILE
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            raise ConfidenceError(f"{path} cannot be read: {error}") from error
        if not isinstance(told, dict) or told.get("version") != _VERSION:
            raise ConfidenceError(f"{path} is not a file of confidence curves, version {_VERSION}")
        try:
            return cls(
                *(
                    Curve(tuple((float(raw), float(right)) for raw, right in told[name]))
                    if told.get(name)
                    else None
                    for name in ("free", "narrowed")
                )
            )
        except (TypeError, ValueError) as error:
            raise ConfidenceError(f"{path}: {error}") from error

    def write(self, model: Path) -> Path:
        """Put the curves into a model's folder.

        Args:
            model: The model's folder.

        Returns:
            The file.

        Raises:
            OSError: It cannot be written.
        """
        path = model / FILE
        curves = {
            name: [[round(raw, 4), round(right, 4)] for raw, right in curve.points]
            for name, curve in (("free", self.free), ("narrowed", self.narrowed))
            if curve is not None
        }
        path.parent.mkdir(exist_ok=True)
        # A new file, because a model that was taught words shares its files with the one it is of.
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"version": _VERSION, **curves}, indent=1) + "\n")
        part.replace(path)
        return path
