"""Which mishearings are worth learning from, and how they are annotated. Words only, no audio."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from warmline.mishearing.examples import Example

# What these mean is told by rule (`bot/components/spoken_numbers.py`), never by examples.
BY_RULE: Final = frozenset({"provide_number", "spell"})
# These send the caller to a person: no harmless sentence may come to mean one of them.
CAREFUL: Final = frozenset(
    {
        "billing_problem",
        "complaint",
        "legal_question",
        "safety_incident",
        "several_troubles",
        "special_matter",
        "talk_to_person",
    }
)
MOST_WRONG: Final = 0.75
MOST_WRONG_CAREFUL: Final = 0.5
# So many times as often as in all sentences: a word that tells what is wanted.
TELLING: Final = 4.0


@dataclass(frozen=True)
class Heard:
    """What the recogniser made of an example.

    Attributes:
        example: What was said.
        text: What was heard.
    """

    example: Example
    text: str


def word_errors(said: str, heard: str) -> float:
    """Measure how much of a sentence went wrong.

    Args:
        said: The words that were spoken.
        heard: The words that were heard.

    Returns:
        Words changed, lost and added, as a share of the longer of the two: from 0, the same, to 1,
        nothing in common.
    """
    ours, theirs = said.split(), heard.split()
    row = list(range(len(theirs) + 1))
    for at, word in enumerate(ours, 1):
        corner, row[0] = row[0], at
        for to, other in enumerate(theirs, 1):
            corner, row[to] = (
                row[to],
                min(row[to] + 1, row[to - 1] + 1, corner + (word != other)),
            )
    return row[-1] / max(len(ours), len(theirs), 1)


def to_be_said(clean: Iterable[Example]) -> list[Example]:
    """Choose the examples whose mishearings can teach anything.

    Args:
        clean: The training data as it was written.

    Returns:
        Those whose intent is not told by rule, each sentence once.
    """
    return list({each.words: each for each in clean if each.intent not in BY_RULE}.values())


def selected(
    heard: Iterable[Heard], clean: Sequence[Example], kept_back: Collection[str] = ()
) -> list[Example]:
    """Choose the mishearings that the assistant is trained on.

    One is left out when it

    - is empty, or word for word an example that somebody wrote, or kept back for measuring;
    - was heard for two intents, so that it tells neither;
    - has too little left of what was said (`MOST_WRONG`), or no word that is said with this intent
      clearly more often than with others (`TELLING`): of "i am calling about a refund", only
      "i am calling";
    - holds nothing but numbers, or nothing but its annotated words: an answer, not a request;
    - belongs to a careful intent, and more than half of it is wrong, or no word is left that is
      mostly said with these intents;
    - belongs to another, and a word was heard into it that is mostly said in accidents.

    Args:
        heard: What the recogniser made of the examples.
        clean: The training data as it was written.
        kept_back: Sentences to measure with, which are never trained on.

    Returns:
        Examples with the words that were heard and the intent that was meant, annotated.
    """
    known = _Known(clean)
    taken = {each.words for each in clean} | set(kept_back)
    intents: defaultdict[str, set[str]] = defaultdict(set)
    heard = list(heard)
    for each in heard:
        intents[each.text].add(each.example.intent)
    kept: dict[str, Example] = {}
    for each in heard:
        if each.text in taken or len(intents[each.text]) > 1 or not _tells(each, known):
            continue
        kept.setdefault(each.text, replace(each.example, text=known.annotated(each)))
    return list(kept.values())


def clashes(misheard: Iterable[Example], clean: Sequence[Example]) -> list[str]:
    """Find mishearings that do not fit the training data as it is written now.

    A new example needs no new mishearings; these have to be taken out, or made anew.

    Args:
        misheard: The generated data.
        clean: The training data as it was written.

    Returns:
        One line about each; none when they go together.
    """
    meant = {each.words: each.intent for each in clean}
    known_intents = set(meant.values())
    found = []
    for each in misheard:
        where = f"{each.file}, {each.intent}: {each.words!r}"
        if each.intent not in known_intents:
            found.append(f"{where} is for an intent that is gone")
        elif meant.get(each.words, each.intent) != each.intent:
            found.append(f"{where} was written as an example of {meant[each.words]}")
    return found


def _tells(heard: Heard, known: _Known) -> bool:
    """Say whether a person could still tell from what was heard what was meant."""
    said, got = set(heard.example.words.split()), set(heard.text.split())
    wrong = word_errors(heard.example.words, heard.text)
    in_values = {word for value, _ in heard.example.values for word in value.split()}
    if not got or wrong > MOST_WRONG or known.numbers.issuperset(got) or in_values.issuperset(got):
        return False
    if known.telling[heard.example.intent].isdisjoint(said & got):
        return False
    if heard.example.intent in CAREFUL:
        return wrong <= MOST_WRONG_CAREFUL and not known.careful.isdisjoint(said & got)
    return known.alarming.isdisjoint(got - said)


class _Known:
    """What the written examples tell about words.

    Attributes:
        numbers: Words that order numbers are made of.
        telling: For each intent, the words said with it clearly more often than with others.
        careful: Words said mostly with a careful intent.
        alarming: Words said mostly in accidents.
    """

    def __init__(self, clean: Sequence[Example]) -> None:
        self._values = {value for each in clean for value in each.values}
        self.numbers = {
            word
            for value, entity in self._values
            if entity == "order_number"
            for word in value.split()
        }
        self.telling = _telling(clean)
        self.careful = _mostly_in(CAREFUL, clean)
        self.alarming = _mostly_in({"safety_incident"}, clean)

    def annotated(self, heard: Heard) -> str:
        """Annotate what is left of the example's entity values.

        The longest part of a value counts that is a value by itself somewhere: of "floor lamp",
        "lamp".
        """
        words = heard.text.split()
        marked = list(words)
        for value, entity in heard.example.values:
            for part in _parts(value.split()):
                if (" ".join(part), entity) not in self._values:
                    continue
                at = _find(part, marked)
                if at is not None:
                    # The rest of the place is kept, emptied, so that the other words stay put.
                    inside = f"[{' '.join(part)}]({entity})"
                    marked[at : at + len(part)] = [inside, *[""] * (len(part) - 1)]
                    break
        return " ".join(word for word in marked if word)


def _telling(clean: Sequence[Example]) -> dict[str, set[str]]:
    sizes = Counter(each.intent for each in clean)
    everywhere = _said_with(clean)
    return {
        intent: {
            word
            for word, count in _said_with(each for each in clean if each.intent == intent).items()
            if count / size >= TELLING * everywhere[word] / len(clean)
        }
        for intent, size in sizes.items()
    }


def _mostly_in(intents: Collection[str], clean: Sequence[Example]) -> set[str]:
    everywhere = _said_with(clean)
    within = _said_with(each for each in clean if each.intent in intents)
    return {word for word, count in within.items() if 2 * count > everywhere[word]}


def _said_with(examples: Iterable[Example]) -> Counter[str]:
    """Count the examples that have each word."""
    return Counter(word for each in examples for word in set(each.words.split()))


def _parts(words: list[str]) -> list[list[str]]:
    """All runs of words, the longest first."""
    return [
        words[at : at + length]
        for length in range(len(words), 0, -1)
        for at in range(len(words) - length + 1)
    ]


def _find(part: list[str], words: list[str]) -> int | None:
    places = range(len(words) - len(part) + 1)
    return next((at for at in places if words[at : at + len(part)] == part), None)
