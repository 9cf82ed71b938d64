"""Words made of words that are written down: "maria's", "who'll", "shouldn't", "lamps'"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from speech_model.lexicon.pronunciation import Pronunciation

_HISSING: Final = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS: Final = frozenset(("P", "T", "K", "F", "TH"))
_STOPPED: Final = frozenset(("T", "D"))
_VOWELS: Final = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
)


def _s(phones: Pronunciation) -> Pronunciation:
    if phones[-1] in _HISSING:
        return (*phones, "IH", "Z")
    return (*phones, "S" if phones[-1] in _VOICELESS else "Z")


def _d(phones: Pronunciation) -> Pronunciation:
    return (*phones, "IH", "D") if phones[-1] in _STOPPED else (*phones, "D")


def _ll(phones: Pronunciation) -> Pronunciation:
    return (*phones, "L") if phones[-1] in _VOWELS else (*phones, "AH", "L")


def _ve(phones: Pronunciation) -> Pronunciation:
    return (*phones, "V") if phones[-1] in _VOWELS else (*phones, "AH", "V")


_ENDINGS: Final[tuple[tuple[str, Callable[[Pronunciation], Pronunciation]], ...]] = (
    ("'s", _s),
    ("s'", _s),
    ("n't", lambda phones: (*phones, "AH", "N", "T")),
    ("'d", _d),
    ("'ll", _ll),
    ("'ve", _ve),
    ("'re", lambda phones: (*phones, "ER")),
    ("'", lambda phones: phones),  # "james'"
)


def derived(
    word: str, written: Mapping[str, tuple[Pronunciation, ...]]
) -> tuple[Pronunciation, ...]:
    """Say a word by the word it is made of.

    The sounds of the endings are those of any English grammar: "'s" is IH Z after a hissing sound,
    S after a voiceless one, Z otherwise.

    Args:
        word: Lower case.
        written: Words that are written down.

    Returns:
        Its pronunciations, likeliest first; none where it is made of nothing that is known.
    """
    for ending, said in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and stem in written:
            return tuple(dict.fromkeys(said(phones) for phones in written[stem]))
    return ()
