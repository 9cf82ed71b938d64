"""Whole Vosk models with a new graph, on top of one that there is already."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from speech_model.graph import fst_file
from speech_model.graph.fst import EPSILON
from speech_model.graph.fst_file import FstError
from speech_model.graph.grammar_fst import grammar_fst
from speech_model.graph.lexicon_fst import lexicon_fst
from speech_model.graph.look_ahead import add_look_ahead
from speech_model.graph.look_ahead_file import look_ahead_bytes
from speech_model.graph.unknown import UNKNOWN, Unknown
from speech_model.language.model import LanguageModel
from speech_model.lexicon.pronunciation import Pronunciation
from speech_model.phones import PHONE_IDS, SILENCE

_EPSILON_WORD: Final = "<eps>"
_LEXICON, _GRAMMAR, _WORDS = "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt"
# What a model is rescored with belongs to the language model that it came with.
_LEFT_OUT: Final = ("rescore", "rnnlm")
_BIG: Final = 1_000_000  # bytes
_POSITIONS: Final = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}


@dataclass(frozen=True, slots=True)
class GraphReport:
    """What was built.

    Args:
        words: How many words the model can hear.
        states: Of the grammar.
        arcs: Of the grammar.
        seconds: How long it took.
        missing: Words of the language model that the model cannot hear, sorted.
    """

    words: int
    states: int
    arcs: int
    seconds: float
    missing: tuple[str, ...] = ()


class GraphError(Exception):
    """A model cannot be given a new graph; the message is for the user."""


def build_graph(
    pronunciations: Mapping[str, tuple[Pronunciation, ...]],
    model: LanguageModel,
    base: Path,
    out: Path,
) -> GraphReport:
    """Make a model with its own lexicon, for the network that hears our phones.

    Args:
        pronunciations: How each word of the language model is said.
        model: The language model.
        base: A model folder whose acoustic model and configuration are used.
        out: The new model's folder, which is made.

    Returns:
        What was built; words of the language model without pronunciation are missing.

    Raises:
        ValueError: A pronunciation is empty.
        KeyError: A pronunciation has an unknown phone.
        OSError: Something cannot be read or written.
    """
    began = time.monotonic()
    words = sorted(pronunciations)
    numbers = {word: number for number, word in enumerate([*words, UNKNOWN], start=1)}
    tree = lexicon_fst(pronunciations, numbers, Unknown(numbers[UNKNOWN]))
    lexicon, renamed = add_look_ahead(tree)
    labels = {word: int(renamed[number]) for word, number in numbers.items()}
    sayable = {word: labels[word] for word in words}
    grammar = grammar_fst(model, sayable, Unknown(labels[UNKNOWN]))
    for part in ("am", "conf"):
        _take_over(base / part, out / part)
    (out / "graph" / "phones").mkdir(parents=True)
    (out / _LEXICON).write_bytes(look_ahead_bytes(lexicon))
    (out / _GRAMMAR).write_bytes(fst_file.const_bytes(grammar.fst))
    (out / _WORDS).write_text(_words_text(labels), encoding="utf-8")
    _write_phones(out / "graph")
    return GraphReport(
        len(words),
        grammar.fst.states,
        grammar.fst.size,
        time.monotonic() - began,
        grammar.missing,
    )


def regrammar(base: Path, model: LanguageModel, out: Path) -> GraphReport:
    """Give any Vosk model with a look-ahead graph another language model.

    Its lexicon stays as it is, so it hears no words that it did not know.

    Args:
        base: The model's folder.
        model: The language model.
        out: The new model's folder, which is made.

    Returns:
        What was built, with the words that the model lacks.

    Raises:
        GraphError: The model has a fixed graph, or its words cannot be read.
        OSError: Something cannot be read or written.
    """
    began = time.monotonic()
    labels = words_of(base)
    grammar = grammar_fst(model, {word: at for word, at in labels.items() if at != EPSILON})
    for entry in sorted(base.iterdir()):
        if entry.name not in _LEFT_OUT:
            _take_over(entry, out / entry.name)
    for name in (_GRAMMAR, _WORDS):
        (out / name).unlink(missing_ok=True)  # a link to the base's file must not be written to
    (out / _GRAMMAR).write_bytes(fst_file.const_bytes(grammar.fst))
    (out / _WORDS).write_text(_words_text(labels), encoding="utf-8")
    return GraphReport(
        len(labels),
        grammar.fst.states,
        grammar.fst.size,
        time.monotonic() - began,
        grammar.missing,
    )


def hears_our_phones(base: Path) -> bool:
    """Tell whether a model can be given a lexicon of ours.

    Args:
        base: The model's folder.

    Returns:
        True when its network tells the phones of `speech_model.phones` apart.
    """
    try:
        return (base / "graph" / "phones.txt").read_text(encoding="utf-8") == _phones_text()
    except (OSError, UnicodeDecodeError):
        return False


def words_of(base: Path) -> dict[str, int]:
    """Read which words a model with a look-ahead graph knows.

    Args:
        base: The model's folder.

    Returns:
        Every word with its label, the empty one included.

    Raises:
        GraphError: The model has a fixed graph, or its words cannot be read.
    """
    if not (base / _LEXICON).is_file():
        raise GraphError(
            f"The model in {base} has a fixed graph, which cannot be taught anything. "
            f"One with {_LEXICON} can: see warmline models list"
        )
    try:
        # Vosk prefers the words in the grammar's file, too.
        words = fst_file.read_words(base / _GRAMMAR)
        if words is None:
            text = (base / _WORDS).read_text(encoding="utf-8")
            words = {word: int(at) for word, at in map(str.split, text.splitlines())}
    except (OSError, FstError, ValueError) as error:
        raise GraphError(f"The words of the model in {base} cannot be read: {error}") from error
    return words


def _take_over(source: Path, goal: Path) -> None:
    """Copy a file or folder; big files share their room on the disk, nobody edits those."""
    if source.is_dir():
        for entry in sorted(source.iterdir()):
            _take_over(entry, goal / entry.name)
        return
    goal.parent.mkdir(parents=True, exist_ok=True)
    if source.stat().st_size >= _BIG:
        try:
            goal.hardlink_to(source.resolve())
            return
        except OSError:
            pass  # another disk, or one without links
    shutil.copyfile(source, goal)


def _words_text(labels: Mapping[str, int]) -> str:
    table = {_EPSILON_WORD: EPSILON, **labels}
    return "".join(f"{word} {at}\n" for word, at in sorted(table.items(), key=lambda of: of[1]))


def _phones_text() -> str:
    phones = {_EPSILON_WORD: EPSILON, **PHONE_IDS}
    return "".join(f"{name} {at}\n" for name, at in phones.items())


def _write_phones(graph: Path) -> None:
    (graph / "phones.txt").write_text(_phones_text(), encoding="utf-8")
    kinds = {
        number: "nonword" if name == SILENCE else _POSITIONS[name[-1]]
        for name, number in PHONE_IDS.items()
    }
    boundaries = "".join(f"{number} {kind}\n" for number, kind in kinds.items())
    (graph / "phones" / "word_boundary.int").write_text(boundaries)
    (graph / "disambig_tid.int").write_text("")
