"""Whether words stand in an order in which callers say them, or are a heap of words.

Two models of what callers say are learnt from the same sentences: one knows how often each word
is said, the other also which word it follows (a bigram model with Witten-Bell smoothing). What the
second one gains over the first is the evidence of an order. How rare the words themselves are
cancels out: a sensible sentence in odd words is no heap, and "the of a on and thing for" is one,
although each of its words is common.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from components.number_words import DIGITS, LETTERS, TENS

_WORD = re.compile(r"[a-z0-9']+")
_BEGIN, _END = "<begin>", "<end>"
# Any number may follow any, and any letter in spelling; "a" and "i" are words, and so is "oh".
_ALIKE = {
    **dict.fromkeys(LETTERS - {"a", "i"}, "<letter>"),
    **dict.fromkeys((DIGITS | TENS) - {"oh", "o"}, "<number>"),
}


def words_of(text: str) -> list[str]:
    """Split a text into the words that the order is made of.

    Args:
        text: What was said, perhaps typed with punctuation.

    Returns:
        The words in lower case; all numbers are one word, and all letters another.
    """
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    return [_ALIKE.get(word, word) for word in words]


class WordOrder:
    """Measures how much an utterance is ordered as callers order their words.

    Args:
        texts: What callers say, one utterance each; no texts, no evidence.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for before, word in _pairs(text):
                self._pairs[before][word] += 1
        self._after = {before: sum(counts.values()) for before, counts in self._pairs.items()}
        self._said: Counter[str] = Counter()
        for counts in self._pairs.values():
            self._said.update(counts)
        self._total = sum(self._said.values())

    def evidence(self, text: str) -> float:
        """Weigh whether callers order words like this.

        Args:
            text: What was said.

        Returns:
            The logarithm (base e) of how many times likelier the utterance is as a sentence than
            as a heap of the same words. Sentences are mostly far above 0. A word that no caller
            has said speaks a little against a sentence; what stands behind it counts for nothing.
        """
        return sum(self._gain(before, word) for before, word in _pairs(text))

    def _gain(self, before: str, word: str) -> float:
        """How much likelier a word is behind this one than anywhere: log P(w|b) - log P(w)."""
        following = self._pairs.get(before)
        if not following:
            return 0.0
        kinds, alone = len(following), self._alone(word)
        together = (following.get(word, 0) + kinds * alone) / (self._after[before] + kinds)
        return math.log(together / alone)

    def _alone(self, word: str) -> float:
        kinds = len(self._said)
        return (self._said[word] + kinds / (kinds + 1)) / (self._total + kinds)


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """Pair each word with the one before it; begin and end count as words."""
    words = words_of(text)
    return zip([_BEGIN, *words], [*words, _END], strict=True) if words else ()
