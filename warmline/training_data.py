"""The sentences of the training data, as they stand in Rasa's YAML and as they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ANNOTATED: Final = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
"""Words and their entity in an annotated sentence: `where is my [lamp](product)`."""


class TrainingDataError(Exception):
    """A file cannot be read; the message names it."""


def sentences(path: Path) -> Iterator[tuple[str | None, str]]:
    """Read a file of training data.

    Args:
        path: The file.

    Returns:
        Each sentence, annotated, with its intent; None for the intent in a list of words.

    Raises:
        TrainingDataError: The file is no training data.
    """
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for block in content["nlu"]:
            intent = str(block["intent"]) if "intent" in block else None
            for line in str(block.get("examples") or "").splitlines():
                text = line.strip().removeprefix("- ").strip()
                if text:
                    yield intent, text
    except (YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TrainingDataError(f"{path.name} is no training data: {error}") from error


def as_said(sentence: str) -> str:
    """Take the annotations out of a sentence.

    Args:
        sentence: As it stands in the training data.

    Returns:
        Its words in lower case, with single spaces.
    """
    return " ".join(ANNOTATED.sub(r"\1", sentence).lower().split())
