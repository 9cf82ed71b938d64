"""The sentences of the training data, as they stand in Rasa's YAML and as they are said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from speech_model.language.training_data import lines, pieces


def sentences(path: Path) -> Iterator[tuple[str | None, str]]:
    """Read a file of training data.

    Args:
        path: The file.

    Returns:
        Each sentence, annotated, with its intent; None for the intent in a list of words.

    Raises:
        speech_model.language.training_data.TrainingDataError: The file is no training data.
    """
    for kind, name, line in lines(path):
        yield name if kind == "intent" else None, line


def as_said(sentence: str) -> str:
    """Take the annotations out of a sentence.

    Args:
        sentence: As it stands in the training data.

    Returns:
        Its words in lower case, with single spaces.
    """
    return " ".join(word for piece in pieces(sentence) for word in piece.words)
