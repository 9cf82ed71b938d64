"""What callers usually say, three words at a time, by which readings of an utterance are ranked.

Vosk can be told phrases, but makes a bigram of them: it knows which word follows which and nothing
more. In noise that leaves "in you hold on please" beside "can you hold on please", and three words
in a row tell them apart.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

_BEGIN, _END = "<begin>", "<end>"

_Context = tuple[str, ...]


class Trigram:
    """A trigram model beside the bigram of the same phrases, both with Witten-Bell smoothing.

    Witten-Bell: after a context, what was never seen there is as likely as there were different
    words seen, and is shared out by the shorter context (Witten and Bell, 1991).

    Args:
        phrases: What callers say, lower case words with single spaces.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._seen: defaultdict[_Context, Counter[str]] = defaultdict(Counter)
        for phrase in phrases:
            for before, last, word in _triples(phrase):
                for context in ((before, last), (last,), ()):
                    self._seen[context][word] += 1
        self._counted = {context: words.total() for context, words in self._seen.items()}

    def gain(self, text: str) -> float:
        """Tell how much better a text looks three words at a time than two words at a time.

        Args:
            text: Lower case words with single spaces.

        Returns:
            The logarithm (base e) of how many times likelier the trigram finds it than the bigram;
            added to a score that has the bigram in it, it puts the trigram in the bigram's place.
        """
        gain = 0.0
        for before, last, word in _triples(text):
            bigram = self._after((last,), word, self._alone(word))
            gain += math.log(self._after((before, last), word, bigram) / bigram)
        return gain

    def _alone(self, word: str) -> float:
        if () not in self._seen:
            return 1.0
        return (self._seen[()][word] + 1) / (self._counted[()] + len(self._seen[()]) + 1)

    def _after(self, context: _Context, word: str, shorter: float) -> float:
        """The likelihood of a word after a context, by its likelihood after the shorter one."""
        if context not in self._seen:
            return shorter
        kinds = len(self._seen[context])
        return (self._seen[context][word] + kinds * shorter) / (self._counted[context] + kinds)


def _triples(text: str) -> Iterable[tuple[str, str, str]]:
    words = [_BEGIN, _BEGIN, *text.split(), _END]
    return zip(words, words[1:], words[2:], strict=False)
