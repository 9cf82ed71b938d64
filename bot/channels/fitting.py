"""An answer that fits the open question is an answer, whatever its words are taken for elsewhere.

"The two person tent" sounds like somebody who wants a person, and "smoke alarm" like a fire. After
"is it the tent or the alarm?" they are neither. Only texts that say nothing else count: "yes" with
a complaint behind it is left to the assistant's own understanding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

ANSWER = "answer"
NUMBER = "provide_number"
YES = "affirm"
NO = "deny"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
_AROUND = _words(
    "a an the um uh er ah oh well so yes yeah yep no nope it it's its is was that that's this"
    " would be one ones please thanks thank you i i'd i'll i'm mean meant think guess say said"
    " about for by my of with order sorry okay ok just like take prefer want rather maybe"
    " actually sure asking calling talking then let's and"
)
_DIGITS = _words(
    "zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
    " eighty ninety hundred thousand double triple"
)
_AROUND_DIGITS = _words(
    "um uh er ah well so yes yeah okay ok it it's its is the my number order that's and then please"
    " no sorry wait not i mean dash space let me start over again from the beginning"
)
_FEWEST_DIGITS = 2
_MOST_ABOUT_CODE = 8  # words; who says more may want something else as well
# Said while a code is awaited this is about the code, and not about a parcel that never came.
_NO_CODE = re.compile(
    r"\b(nothing|not there|not here|no (?:code|message|text|email|mail)|again"
    r"|(?:didn't|did not|haven't|have not|hasn't|has not|don't|do not|never|not)"
    r" (?:\w+ )?(?:get|got|gotten|have|come|came|see|seen|arrived?|received?))\b"
)
_ABOUT_AN_ORDER = re.compile(r"\b(order\w*|packages?|parcels?|deliver\w*|items?|shipp\w*)\b")
_YES = _words("yes yeah yep yup ya sure correct right exactly absolutely definitely")
_NO = _words("no nope nah")
_BESIDE_YES = _words("please okay ok of course that's that is it go ahead do i would")
_BESIDE_NO = _words("thanks thank you not it's it isn't don't i that's okay")
_HESITATIONS = _words("um uh oh well er ah hmm")


def fitting_intent(text: str, expects: Mapping[str, Any] | None) -> str | None:
    """Tell as what a text answers the open question, if it does and says nothing else.

    Args:
        text: What was recognised.
        expects: The line's last `expect` message: its `grammar`, `choices` and `secret`.

    Returns:
        `ANSWER`, `NUMBER`, `YES` or `NO`; None when it does not fit, or may say more.
    """
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    if expects is None or not words:
        return None
    match expects.get("grammar"):
        case "choice":
            return ANSWER if _is_choice(words, expects.get("choices") or ()) else None
        case "digits" if expects.get("secret") and _speaks_of_code(words):
            return ANSWER
        case "digits":
            return NUMBER if _is_number(words) else None
        case "yes_no":
            return _yes_or_no(words)
        case _:
            return None


def _is_choice(words: Sequence[str], choices: Sequence[str]) -> bool:
    said = _bare(words)
    return bool(said) and any(said == _bare(_WORD.findall(each.lower())) for each in choices)


def _bare(words: Sequence[str]) -> list[str]:
    """Leave out what stands around a choice."""
    return [word for word in words if word not in _AROUND]


def _is_number(words: Sequence[str]) -> bool:
    digits = [word for word in words if word in _DIGITS or word.isdigit()]
    long_enough = sum(len(word) if word.isdigit() else 1 for word in digits) >= _FEWEST_DIGITS
    return long_enough and all(
        word in _DIGITS or word.isdigit() or word in _AROUND_DIGITS for word in words
    )


def _speaks_of_code(words: Sequence[str]) -> bool:
    text = " ".join(words)
    short = len(words) <= _MOST_ABOUT_CODE
    return short and bool(_NO_CODE.search(text)) and not _ABOUT_AN_ORDER.search(text)


def _yes_or_no(words: Sequence[str]) -> str | None:
    said = [word for word in words if word not in _HESITATIONS]
    if not said:
        return None
    if said[0] in _YES and set(said) <= _YES | _BESIDE_YES:
        return YES
    if said[0] in _NO and set(said) <= _NO | _BESIDE_NO:
        return NO
    return None
