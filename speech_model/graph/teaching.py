"""Teaching a model the words of a line: its lexicon and language model made anew, in seconds.

The acoustic model stays as it is. So a designer adds a product to `nlu_data/`, and calls hear it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Set
from pathlib import Path

from speech_model.graph.build import (
    GraphReport,
    build_graph,
    hears_our_phones,
    regrammar,
    words_of,
)
from speech_model.graph.lesson import Lesson, NewWord, Source
from speech_model.graph.line import PRONUNCIATIONS
from speech_model.language.build import language_model
from speech_model.language.model import LanguageModel
from speech_model.lexicon import derivation, user_words
from speech_model.lexicon.dictionary import Lexicon
from speech_model.lexicon.pronunciation import Pronunciation


def teach(base: Path, nlu_data: Path, out: Path) -> Lesson:
    """Make a taught model in a folder.

    Args:
        base: The model to teach; one of ours may come fresh from training, without a graph.
        nlu_data: The designers' folder.
        out: The taught model's folder, which is made.

    Returns:
        What it was taught.

    Raises:
        TrainingDataError: The designers' data cannot be read.
        UserWordsError: Their pronunciations cannot be read.
        GraphError: The base cannot be taught.
        OSError: Something cannot be read or written.
    """
    began = time.monotonic()
    taught = _taught_words(nlu_data)
    model = language_model(nlu_data, taught=taught)
    fresh = not (base / "graph").exists()
    if fresh or hears_our_phones(base):
        known = frozenset() if fresh else words_of(base).keys()
        report, new = _with_new_words(base, known, model, taught, out)
    else:
        report, new = regrammar(base, model, out), ()
    return Lesson(report.words, new, report.missing, time.monotonic() - began)


def _taught_words(nlu_data: Path) -> dict[str, tuple[Pronunciation, ...]]:
    path = nlu_data / PRONUNCIATIONS
    return user_words.read(path, Lexicon.from_cmudict().pronounce) if path.exists() else {}


def _with_new_words(
    base: Path,
    known: Set[str],
    model: LanguageModel,
    taught: Mapping[str, tuple[Pronunciation, ...]],
    out: Path,
) -> tuple[GraphReport, tuple[NewWord, ...]]:
    written, lexicon = Lexicon.from_cmudict(), Lexicon.from_cmudict(taught)
    pronunciations = {}
    for word in sorted(model.words()):
        try:
            pronunciations[word] = lexicon.pronounce(word)
        except ValueError:
            continue  # a figure or a sign; the report has it among the missing
    new = tuple(
        NewWord(word, said, _source(word, taught, written))
        for word, said in pronunciations.items()
        if word not in known
    )
    return build_graph(pronunciations, model, base, out), new


def _source(word: str, taught: Mapping[str, tuple[Pronunciation, ...]], written: Lexicon) -> Source:
    if word in taught:
        return Source.designers
    if word in written or derivation.derived(word, written.pronunciations):
        return Source.dictionary
    return Source.spelling
