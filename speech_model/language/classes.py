"""Word classes: which there are, and where in a sentence one is meant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from speech_model.language import jsgf
from speech_model.language.automaton import WordAutomaton
from speech_model.language.drawing import of_phrases
from speech_model.language.training_data import Piece

FOLDER: Final = Path(__file__).resolve().parent / "en_us"

# What is taken for a class where nobody marked it, with the fewest words that make it certain:
# "one two" may be anything, "the second" of no month. Where two reach equally far, the first is it.
CERTAIN: Final[Mapping[str, int]] = {
    "<digits>": 3, "<spelling>": 3, "<amount>": 2, "<date>": 3, "<time>": 3,
}  # fmt: skip
NAMES: Final = ("<first_name>", "<last_name>")
# For the assistant, designers mark mishearings of these too: "for eight to nine" is a number of an
# order. From so many words on, it is what was said whatever they are.
_MISHEARD: Final[Mapping[str, int]] = {"<order_number>": 3, "<date>": 3, "<time>": 3}
# A name is taken for one after these only: "i will mark it", "this is mark".
_NAMED_AFTER: Final = frozenset(
    ("is", "i'm", "am", "it's", "name's", "mister", "miss", "misses", "for", "to", "with", "like")
)


def token(entity: str) -> str:
    """The class token of an entity: `product` has `<product>`."""
    return f"<{entity}>"


def load(
    word_lists: Mapping[str, Mapping[str, int]], folder: Path = FOLDER
) -> dict[str, WordAutomaton]:
    """Make the automata of all classes.

    Args:
        word_lists: The phrases of entities and how often each is said (`TrainingData`); one that
            has a rule in a grammar too can be said either way.
        folder: Where the grammars of the language are (`*.gram`).

    Returns:
        Automata by class token.

    Raises:
        GrammarError: A grammar cannot be read.
    """
    found: dict[str, WordAutomaton] = {}
    for path in sorted(folder.glob("*.gram")):
        found |= jsgf.classes(path.read_text(encoding="utf-8"))
    for entity, phrases in word_lists.items():
        # Once more than it was marked: a new product has no examples yet.
        found[token(entity)] = of_phrases({phrase: times + 1 for phrase, times in phrases.items()})
    return found


def with_classes(pieces: Iterable[Piece], automata: Mapping[str, WordAutomaton]) -> tuple[str, ...]:
    """Put class tokens in the place of what belongs to a class.

    Args:
        pieces: A sentence.
        automata: The classes.

    Returns:
        Words and class tokens.
    """
    tokens: list[str] = []
    for piece in pieces:
        marked = token(piece.entity or "")
        if _is_said(marked, piece.words, automata):
            tokens.append(marked)
        elif piece.entity is None:
            tokens += _found(piece.words, tokens[-1] if tokens else "", automata)
        else:
            tokens += piece.words
    return tuple(tokens)


def _is_said(marked: str, words: Sequence[str], automata: Mapping[str, WordAutomaton]) -> bool:
    """Whether words that are marked as a class are of it."""
    phrases = automata.get(marked)
    if phrases is None:
        return False
    return phrases.longest(words) == len(words) or len(words) >= _MISHEARD.get(marked, math.inf)


def _found(
    words: Sequence[str], before: str, automata: Mapping[str, WordAutomaton]
) -> Iterable[str]:
    at = 0
    while at < len(words):
        rest = words[at:]
        reach = {name: automata[name].longest(rest) for name in CERTAIN if name in automata}
        best = max(reach, key=lambda name: reach[name], default="")
        if best and reach[best] >= CERTAIN[best]:
            yield best
            at += reach[best]
            before = best
            continue
        before = _name(words[at], before, automata)
        yield before
        at += 1


def _name(word: str, before: str, automata: Mapping[str, WordAutomaton]) -> str:
    """The class of a name where the word before says so, otherwise the word."""
    first, last = (automata.get(name) for name in NAMES)
    if before == NAMES[0] and last is not None and last.longest([word]):
        return NAMES[1]
    if before in _NAMED_AFTER and first is not None and first.longest([word]):
        return NAMES[0]
    return word
