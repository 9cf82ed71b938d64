"""The language model of a line: what its callers say, with general English behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from speech_model.language import classes, general, training_data
from speech_model.language.assembly import assemble
from speech_model.language.automaton import WordAutomaton
from speech_model.language.counting import Counts, count, smoothed
from speech_model.language.mixture import mixed
from speech_model.language.model import LanguageModel
from speech_model.language.ngram import NGramModel
from speech_model.language.training_data import TrainingData

Sentence = tuple[tuple[str, ...], float]
"""Words and class tokens, and how often they are said."""

PHRASES: Final = "phrases.txt"
SHARE: Final = 0.8
"""How likely an utterance is one of this line. From 0.7 to 0.97, what callers say gets 3 % easier
to foresee, and general sentences 75 % harder."""

_WEIGHT: Final = re.compile(r"/\s*(?P<times>[0-9]+(?:\.[0-9]+)?)\s*/")


def language_model(
    nlu_data: Path,
    *,
    taught: Iterable[str] = (),
    folder: Path = classes.FOLDER,
    share: float = SHARE,
) -> LanguageModel:
    """Build the language model of a line.

    Args:
        nlu_data: The designers' folder; its `nlu/` and `lookups/` are read.
        taught: Words that must be known though no example has them
            (`speech_model.lexicon.user_words`).
        folder: The resources of the language: grammars of classes, phrases, general model.
        share: How likely an utterance is one of this line, between 0 and 1.

    Returns:
        The model.

    Raises:
        TrainingDataError: A file of `nlu_data` is no training data.
        GrammarError: A grammar cannot be read.
        ArpaError: The general model cannot be read.
        OSError: A file is not there.
    """
    data = training_data.read(nlu_data)
    automata = classes.load(data.word_lists, folder)
    lines = (folder / PHRASES).read_text(encoding="utf-8").splitlines()
    sentences = [*sentences_of(data, automata), *phrases_of(lines, automata)]
    behind = general.shipped(folder / general.SHIPPED.name)
    domain = domain_model(sentences, automata, behind.tokens, taught)
    return assemble(mixed(domain, behind, share), automata)


def sentences_of(data: TrainingData, automata: Mapping[str, WordAutomaton]) -> list[Sentence]:
    """Put class tokens into the designers' examples.

    Args:
        data: Examples.
        automata: The classes.

    Returns:
        Each sentence in words and class tokens; each counts once.
    """
    return [(classes.with_classes(example, automata), 1.0) for example in data.examples]


def phrases_of(lines: Iterable[str], automata: Mapping[str, WordAutomaton]) -> list[Sentence]:
    """Read phrases in which class tokens stand already.

    Args:
        lines: One phrase a line, with `/20/` before it where it counts twenty times; `#` begins a
            remark.
        automata: The classes.

    Returns:
        The phrases, without those that need a class this line does not have.
    """
    found = []
    for line in lines:
        content = line.partition("#")[0].strip()
        weight = _WEIGHT.match(content)
        tokens = tuple(content[weight.end() if weight else 0 :].split())
        if tokens and all(token in automata for token in tokens if token.startswith("<")):
            found.append((tokens, float(weight["times"]) if weight else 1.0))
    return found


def domain_model(
    sentences: Iterable[Sentence],
    automata: Mapping[str, WordAutomaton],
    tokens: tuple[str, ...],
    taught: Iterable[str] = (),
) -> NGramModel:
    """Make the n-gram model of what callers of the line say.

    After a class token only that token is remembered, not what was before it. So all ways into
    the phrases of a class lead out to the same state, and the graph holds the phrases once; it
    costs less than 1 % of perplexity.

    Args:
        sentences: Words and class tokens, and how often each is said.
        automata: The classes.
        tokens: The tokens of the general model, with which those of this one begin.
        taught: Words that are known though no sentence has them.

    Returns:
        The model.
    """
    listed, taught = list(sentences), set(taught)
    known = set(tokens)
    said = {word for sentence, _ in listed for word in sentence} | taught
    tokens = (*tokens, *sorted(said - known))
    index = {token: at for at, token in enumerate(tokens)}
    alone = frozenset(index[token] for token in automata if token in index)
    single, *longer = count(
        (([index[word] for word in sentence], weight) for sentence, weight in listed),
        alone=alone,
    )
    return smoothed(tokens, [_with_all(single, [index[word] for word in taught]), *longer])


def _with_all(counts: Counts, tokens: Iterable[int]) -> Counts:
    """As if each token had been said once at least."""
    keys = np.union1d(counts.keys, np.array(sorted(tokens), np.int64))
    weights = np.ones(len(keys))
    weights[np.searchsorted(keys, counts.keys)] = counts.weights
    return Counts(keys, weights)
