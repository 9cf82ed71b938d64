"""What callers usually say, as the recogniser is told: the designers' examples and word lists.

So an example added to `nlu_data/` is not only understood but also heard by the next server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from warmline.places import NLU_DATA
from warmline.training_data import as_said, sentences

FOLDERS: Final = ("nlu", "lookups")


def usual_phrases(folder: Path = NLU_DATA) -> list[str]:
    """Read all examples and words of the training data, without their annotations.

    Args:
        folder: Where `nlu/` and `lookups/` are.

    Returns:
        Phrases in lower case, each once; none where the folder is not there.

    Raises:
        TrainingDataError: A file is no training data.
    """
    files = [path for name in FOLDERS for path in sorted((folder / name).glob("*.yml"))]
    phrases = (as_said(sentence) for path in files for _, sentence in sentences(path))
    return [phrase for phrase in dict.fromkeys(phrases) if phrase]
