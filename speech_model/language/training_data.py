"""The designers' training data (Rasa's YAML) as the language model reads it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

EXAMPLES: Final = "nlu"
WORD_LISTS: Final = "lookups"

_ANNOTATED: Final = re.compile(
    r"\[(?P<words>[^\]]*)\](?:\((?P<entity>[^)]*)\)|(?P<detail>\{[^}]*\}))"
)
"""`where is my [lamp](product)`, or `[lamp]{"entity": "product"}`."""


class TrainingDataError(ValueError):
    """A file cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of an example that belong together.

    Args:
        words: Lower case, one at least.
        entity: What they were marked as, None for all other words.
    """

    words: tuple[str, ...]
    entity: str | None


@dataclass(frozen=True, slots=True)
class TrainingData:
    """All that designers wrote.

    Args:
        examples: The sentences of all intents, in pieces.
        word_lists: The phrases of each entity that has a list (`product`), and how often each
            is marked in the examples; 0 for what is only in the list.
    """

    examples: tuple[tuple[Piece, ...], ...]
    word_lists: Mapping[str, Mapping[str, int]]


def read(folder: Path) -> TrainingData:
    """Read the examples and word lists of a folder.

    Args:
        folder: Where `nlu/` and `lookups/` are. Other folders are not read: `misheard/` is what
            the recogniser got wrong, `spoken/` is for measuring.

    Returns:
        The training data; synonyms are left out, they name mishearings too.

    Raises:
        TrainingDataError: A file is no training data, or the folder has no examples.
    """
    files = [
        path for name in (EXAMPLES, WORD_LISTS) for path in sorted((folder / name).glob("*.yml"))
    ]
    examples: list[tuple[Piece, ...]] = []
    listed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for path in files:
        for kind, name, line in lines(path):
            if kind == "intent":
                examples.append(tuple(pieces(line)))
            elif kind == "lookup":
                listed[name][" ".join(line.lower().split())] += 0
    if not examples:
        raise TrainingDataError(f"there are no examples in {folder / EXAMPLES}")
    for piece in (piece for example in examples for piece in example):
        if piece.entity is not None and piece.entity in listed:
            listed[piece.entity][" ".join(piece.words)] += 1
    return TrainingData(tuple(examples), {name: dict(found) for name, found in listed.items()})


def pieces(example: str) -> Iterator[Piece]:
    """Cut an example where annotations begin and end.

    Args:
        example: As it stands in the file.

    Returns:
        Its words in order, lower case.
    """
    at = 0
    for match in _ANNOTATED.finditer(example):
        yield from _piece(example[at : match.start()], None)
        yield from _piece(match["words"], match["entity"] or _entity(match["detail"]))
        at = match.end()
    yield from _piece(example[at:], None)


def _piece(text: str, entity: str | None) -> Iterable[Piece]:
    words = tuple(text.lower().split())
    return [Piece(words, entity)] if words else []


def _entity(detail: str) -> str | None:
    try:
        return str(json.loads(detail)["entity"])
    except (ValueError, KeyError):
        return None


def lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """Read a file as it stands.

    Args:
        path: The file.

    Returns:
        For each example: the kind of its block (`intent`, `lookup`, empty for others), the block's
        name, and the example.

    Raises:
        TrainingDataError: The file is no training data.
    """
    try:
        content: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for block in content["nlu"]:
            kind = next((kind for kind in ("intent", "lookup") if kind in block), "")
            for line in str(block.get("examples") or "").splitlines():
                text = line.strip().removeprefix("- ").strip()
                if text:
                    yield kind, str(block.get(kind)), text
    except (YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TrainingDataError(f"{path.name} is no training data: {error}") from error
