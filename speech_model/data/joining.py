"""Which recordings become one example: short ones are joined into strings, as people say them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from speech_model.data.manifest import Utterance

# fmt: off
DIGITS: Final = frozenset((
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "double", "triple",
))
# fmt: on

# Recordings of at most so many words are joined into strings of so many recordings: four, six and
# ten are the lengths of codes, order numbers and telephone numbers.
_SHORT_WORDS: Final = 2
_STRINGS: Final = {1: 0.12, 2: 0.08, 3: 0.12, 4: 0.16, 5: 0.12, 6: 0.20, 7: 0.06, 8: 0.06, 10: 0.08}
# Strings of digits are rare in read speech and what callers say most.
_DIGIT_COPIES: Final = 4
_DIGITS_JOINED: Final = 0.6
_SENTENCES_JOINED: Final = 0.15

_LONGEST_SECONDS: Final = 14.0
# Silence around an example, on average; only the total length is estimated with it.
_SILENCE_SECONDS: Final = 1.0


def plan_examples(
    utterances: Sequence[Utterance], hours: float, chance: np.random.Generator
) -> Iterator[tuple[Utterance, ...]]:
    """Decide what is joined, going through all recordings again and again.

    Args:
        utterances: Any; only those of one corpus are joined.
        hours: How much speech is wanted.
        chance: Decides.

    Yields:
        Recordings of one speaker that become one example, until there are enough.
    """
    company = _company(utterances)
    deck = [one for one in utterances for _ in range(_DIGIT_COPIES if _is_digits(one) else 1)]
    missing = hours * 3600.0 if deck else 0.0
    while missing > 0:
        for place in chance.permutation(len(deck)):
            example = _joined(deck[place], company, chance)
            yield example
            missing -= sum(one.seconds for one in example) + _SILENCE_SECONDS
            if missing <= 0:
                return


def _kind(utterance: Utterance) -> str:
    if len(utterance.text.split()) <= _SHORT_WORDS:
        return "short"
    return "digits" if _is_digits(utterance) else "sentence"


def _is_digits(utterance: Utterance) -> bool:
    return len(utterance.text.split()) > 1 and DIGITS.issuperset(utterance.text.split())


def _company(utterances: Sequence[Utterance]) -> dict[tuple[str, str, str], list[Utterance]]:
    """What may be joined with each other: one speaker, one kind."""
    company: defaultdict[tuple[str, str, str], list[Utterance]] = defaultdict(list)
    for one in utterances:
        company[one.corpus, one.speaker, _kind(one)].append(one)
    return dict(company)


def _joined(
    first: Utterance,
    company: dict[tuple[str, str, str], list[Utterance]],
    chance: np.random.Generator,
) -> tuple[Utterance, ...]:
    kind = _kind(first)
    if kind == "short":
        count = int(chance.choice(list(_STRINGS), p=list(_STRINGS.values())))
    else:
        usual = _DIGITS_JOINED if kind == "digits" else _SENTENCES_JOINED
        count = 2 if chance.random() < usual else 1
    others = company[first.corpus, first.speaker, kind]
    example = [first]
    seconds = first.seconds
    for _ in range(count - 1):
        another = others[int(chance.integers(len(others)))]
        seconds += another.seconds
        if seconds > _LONGEST_SECONDS:
            break
        example.append(another)
    # The first of the deck is not always the first to be heard.
    return tuple(example[place] for place in chance.permutation(len(example)))
