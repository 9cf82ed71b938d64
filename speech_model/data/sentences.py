"""What synthetic callers say: the designers' sentences, numbers and names, and general English."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from speech_model.data.manifest import Utterance
from speech_model.data.splits import for_measuring, for_training
from speech_model.language import classes, training_data
from speech_model.language.automaton import WordAutomaton

# How much of each kind is said. Callers mostly say sentences; but the recogniser needs the digits
# most, and general English shows it sounds that the domain has not.
_SENTENCES: Final = 0.45
_CLASSES: Final = 0.30

# What is said of the classes alone, as an answer to "what is your order number?".
_ANSWERS: Final[Mapping[str, float]] = {
    "<digits>": 4.0,
    "<order_number>": 4.0,
    "<spelling>": 2.0,
    "<date>": 1.0,
    "<time>": 1.0,
    "<amount>": 1.0,
    "<first_name> <last_name>": 1.5,
}
_GENERAL_WORDS: Final = range(3, 13)
_BEFORE: Final = ("", "", "", "it's", "yes", "um", "my number is", "it is", "that's", "okay", "so")


@dataclass(frozen=True, slots=True)
class Sentences:
    """An endless supply of sentences.

    Args:
        examples: The designers' sentences as words and class tokens.
        automata: The phrases of each class.
        general: Sentences of general English, lower case words; there may be none.
    """

    examples: Sequence[Sequence[str]]
    automata: Mapping[str, WordAutomaton]
    general: Sequence[str]

    @classmethod
    def of(cls, nlu_data: Path, general: Sequence[str] = ()) -> Sentences:
        """Read what designers wrote.

        Args:
            nlu_data: The folder with `nlu/` and `lookups/`.
            general: Sentences of general English.

        Raises:
            TrainingDataError: A file is no training data.
            GrammarError: A grammar of the word classes cannot be read.
        """
        written = training_data.read(nlu_data)
        automata = classes.load(written.word_lists)
        examples = [classes.with_classes(pieces, automata) for pieces in written.examples]
        return cls(examples, automata, general)

    def draw(self, chance: random.Random) -> Iterator[str]:
        """Draw sentences.

        Args:
            chance: Decides which.

        Yields:
            Words in lower case, split by single spaces.
        """
        answers = {
            answer: weight
            for answer, weight in _ANSWERS.items()
            if all(token in self.automata for token in answer.split())
        }
        while True:
            kind = chance.random()
            if kind < _SENTENCES or not (answers or self.general):
                yield self._filled(chance.choice(self.examples), chance)
            elif kind < _SENTENCES + _CLASSES or not self.general:
                answer = chance.choices(list(answers), list(answers.values()))[0]
                yield self._filled([*chance.choice(_BEFORE).split(), *answer.split()], chance)
            else:
                yield chance.choice(self.general)

    def _filled(self, tokens: Sequence[str], chance: random.Random) -> str:
        words: list[str] = []
        for token in tokens:
            automaton = self.automata.get(token)
            words += [token] if automaton is None else random_phrase(automaton, chance)
        return " ".join(words)


def to_read_aloud(utterances: Iterable[Utterance]) -> list[str]:
    """Choose sentences of a corpus that synthetic voices may read too.

    Args:
        utterances: Of everybody in it.

    Returns:
        Sentences of a few words, each once; none that is said by somebody who is kept for
        measuring.
    """
    everybody = list(utterances)
    kept = {one.text for one in for_measuring(everybody)}
    texts = dict.fromkeys(one.text for one in for_training(everybody))
    return [text for text in texts if text not in kept and len(text.split()) in _GENERAL_WORDS]


def random_phrase(automaton: WordAutomaton, chance: random.Random) -> list[str]:
    """Walk through a word class, as likely as its phrases are.

    Args:
        automaton: The class.
        chance: Decides at each step.

    Returns:
        The words of one phrase.
    """
    words: list[str] = []
    state = 0
    while True:
        arcs = automaton.arcs[state]
        ending = math.exp(-automaton.final[state]) if state in automaton.final else 0.0
        weights = [ending, *(math.exp(-arc.cost) for arc in arcs)]
        taken = chance.choices(range(len(weights)), weights)[0]
        if taken == 0:
            return words
        words.append(arcs[taken - 1].word)
        state = arcs[taken - 1].next


def as_read_out(sentence: str) -> str:
    """Write a sentence so that a synthesiser reads it rightly.

    Args:
        sentence: Words in lower case.

    Returns:
        With letters that are spelled, and "I", in capitals.
    """
    words = sentence.split()
    for at, word in enumerate(words):
        around = [words[near] for near in (at - 1, at + 1) if 0 <= near < len(words)]
        # "a" is a letter among letters or before what explains it, elsewhere it is the article.
        spelled = word != "a" or any(len(near) == 1 and near != "i" for near in around)
        if len(word) == 1 and (spelled or around[-1:] == ["as"] or len(words) == 1):
            words[at] = word.upper()
        elif word.startswith("i'"):
            words[at] = "I" + word[1:]
    return " ".join(words)
