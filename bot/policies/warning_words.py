"""Words that decide by themselves, however the rest of the sentence was understood."""

from __future__ import annotations

import re

_SAFETY = re.compile(
    r"\b(caught (on )?fire|(is|was|it's) on fire|(burst|went up) in(to)? flames"
    r"|(burn(ed|t)|cut|hurt|injured|shocked) (me|my|her|his|him|our|someone|somebody|a child)"
    r"|electric(al)? shock|electrocuted|got (a shock|shocked|burned|burnt|hurt|injured)"
    r"|explod(ed|ing)|smoke (is |was |came |coming )?(out|from|coming)|is smoking|was smoking"
    r"|(went|go|going|been|taken) to (the )?(hospital|emergency room|doctor)|ambulance"
    r"|allergic reaction|injur(y|ies)|bleeding|chok(ed|ing)|poison(ed|ing))\b"
)
_LEGAL = re.compile(
    r"\b(lawyers?|attorneys?|lawsuit|legal (action|steps)|take you to court|small claims"
    r"|(going to|gonna|will|i'll) sue|sue you|suing|police|better business bureau"
    r"|consumer protection|fraud|file charges|press charges)\b"
)
_PROBLEMS = {
    "not_delivered": re.compile(
        r"\b(never (arrived|came|showed up|got here)|(still )?(hasn't|hasnt|has not|didn't|did not)"
        r" (arrived?|come|show up|shown up)|is late|days late|weeks? late|missing)\b"
    ),
    "damaged": re.compile(r"\b(broken|damaged|cracked|smashed|torn|scratched|shattered|leaking)\b"),
    "wrong_item": re.compile(
        r"\bwrong (item|items|one|thing|size|color|colour|shoes|product|order|stuff)\b"
    ),
    "billing": re.compile(
        r"\b(charged (me )?(twice|double|two times|too much|again)|double charged|overcharged"
        r"|charge i don't (know|recognize)|wrong amount)\b"
    ),
    "account": re.compile(r"\b(locked out|hacked|account (is )?locked)\b"),
}


def safety_words(text: str) -> bool:
    """Tell whether somebody may have been hurt or is in danger."""
    return bool(_SAFETY.search(text.lower()))


def legal_words(text: str) -> bool:
    """Tell whether the caller speaks of lawyers, courts, the police or fraud."""
    return bool(_LEGAL.search(text.lower()))


def problems_named(text: str) -> frozenset[str]:
    """Name the different kinds of trouble in one utterance."""
    lowered = text.lower()
    return frozenset(kind for kind, words in _PROBLEMS.items() if words.search(lowered))
