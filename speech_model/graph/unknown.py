"""Speech that is no word of the lexicon: other languages, names nobody taught, coughs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "[unk]"
"""The word that stands for it, as in Vosk's grammars."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """How speech is taken for an unknown word: as phones in any order, at a price.

    The cheaper that is, the more often other speech is refused instead of being taken for words,
    and the more often words are refused. Where speech is free, these costs lost one word more in
    120 sentences of callers at 15 dB than no unknown word at all.

    Args:
        label: Of the word that stands for it.
        free_cost: Minus natural logarithm of the probability of such a word where speech is free.
        begin_cost: The same for a word to begin with phones in any order.
        phone_cost: The same for each further phone.
    """

    label: int
    free_cost: float = 4.0
    begin_cost: float = 4.0
    phone_cost: float = 2.5
