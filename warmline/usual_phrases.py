"""What callers usually say, as the recogniser is told: the designers' examples and word lists.

So an example added to `nlu_data/` is not only understood but also heard by the next server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from warmline.places import NLU_DATA

FOLDERS: Final = ("nlu", "lookups")

_ANNOTATED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ITEM = re.compile(r"^\s*- ", re.MULTILINE)


def usual_phrases(folder: Path = NLU_DATA) -> list[str]:
    """Read all examples and words of the training data, without their annotations.

    Args:
        folder: Where `nlu/` and `lookups/` are.

    Returns:
        Phrases in lower case, each once; none where the folder is not there.

    Raises:
        ruamel.yaml.error.YAMLError: A file is not YAML.
    """
    files = [path for name in FOLDERS for path in sorted((folder / name).glob("*.yml"))]
    return list(dict.fromkeys(phrase for path in files for phrase in _phrases(path)))


def _phrases(path: Path) -> Iterator[str]:
    content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    for block in content.get("nlu") or ():
        for example in _ITEM.split(str(block.get("examples") or "")):
            phrase = " ".join(_ANNOTATED.sub(r"\1", example).lower().split())
            if phrase:
                yield phrase
