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
# Of somebody who reads from a paper; enough digits among them are still nothing but a number.
_READING_OUT = _words(
    "try take have got here there a say says said read reads written on paper email e mail receipt"
    " letter screen another other or maybe hm hmm mm you it'll i've i'll would be me"
)
_FEWEST_DIGITS = 2
_FEWEST_READ_OUT = 5
_MOST_ABOUT_CODE = 8  # words; who says more may want something else as well
# Said while a code is awaited this is about the code, and not about a parcel that never came.
_NO_CODE = re.compile(
    r"\b(nothing|not there|not here|no (?:code|message|text|email|mail)|again"
    r"|(?:didn't|did not|haven't|have not|hasn't|has not|don't|do not|never|not)"
    r" (?:\w+ )?(?:get|got|gotten|have|come|came|see|seen|arrived?|received?))\b"
)
_ABOUT_AN_ORDER = re.compile(r"\b(order\w*|packages?|parcels?|deliver\w*|items?|shipp\w*)\b")
_YES = _words("yes yeah yep yup ya sure correct right exactly absolutely definitely uhhuh mhm")
_NO = _words("no nope nah")
# Two words that the recogniser hears where people only hum.
_HUMMED = ((re.compile(r"\buh[ -]?huh\b"), "uhhuh"), (re.compile(r"\bmm+[ -]?h+m+\b"), "mhm"))
_BESIDE_YES = _words("please okay ok of course that's that is it go ahead do i would")
_BESIDE_NO = _words("thanks thank you not it's it isn't don't i that's okay")
_HESITATIONS = _words("um uh oh well er ah hm hmm mm")
_MOST_WORDS = 8  # who says more than that says more than yes or no
# Behind a "yes", any of these says something else, or takes it back.
_SAYS_MORE = _words(
    "but and or no not nope nah never nothing none neither except unless though however only"
    " instead rather actually because if also again now about other another different second last"
    " where when what why how who which whose whether where's when's what's who's how's"
    " want wanna need wish wait hold repeat slower stop start forget cancel cancelled canceled send"
    " sent sending return returned returning refund refunded exchange replace replacement reset"
    " change changed check track trace tell talk speak get getting give help call calling find look"
    " open opened close closed buy pay paid charge charged connect transfer put forgot lost order"
    " ordered complain complaint bye goodbye"
    " person people human agent operator manager supervisor someone somebody anyone anybody"
    " representative colleague robot machine computer"
    " password login code invoice receipt bill money store shop hours"
    " late broken broke damaged wrong missing stolen scratched cracked torn dirty empty faulty"
    " defective hurt burned fire smoke terrible awful ridiculous still"
)
_ASKS = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|would|will|should|shall|has|have|had|am|may)"
    r" (?:i|you|we|they|he|she|it|the|my|your|that|this|there|any|some)\b"
)
# "How it is written" and "what you said" only say what is right.
_AS_IT_IS = re.compile(
    r"\b(?:how it(?:'s| is| looks| reads)|what it|what i|what you|the way|as it's|as it is)\b"
)
# "The one" and "all six of them" count nothing.
_NO_NUMBER = re.compile(
    r"\b(?:the|that|this|very|right|correct|wrong|same) (?:(?:very|right|correct|same) )?ones?\b"
    r"|\ball (?:of )?(?:the )?(?:six|five|seven)\b(?= (?:of them|digits|numbers)|$)"
)
# Of these nothing but a denial can be made; the last need a "wrong" with them, because "I didn't
# get it" may be a parcel.
_DENYING = _words(
    "that's that is it it's this those these they they're are was were not isn't aren't wasn't"
    " weren't don't didn't doesn't never a an the one ones number numbers order digits what i you"
    " said say saying wrong incorrect right correct again either still all mine my quite at sorry"
    " completely totally please i'm you've"
)
_DENYING_WITH_WRONG = _words("got get getting keep have heard hear read it")
_NEGATIONS = _words("not isn't aren't wasn't weren't don't didn't doesn't never wrong incorrect")
_RIGHT = _words("right correct")


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
    others = {word for word in words if word not in _DIGITS and not word.isdigit()}
    count = sum(len(word) if word.isdigit() else 1 for word in digits)
    if others <= _AROUND_DIGITS:
        return count >= _FEWEST_DIGITS
    return count >= _FEWEST_READ_OUT and others <= _AROUND_DIGITS | _READING_OUT


def _speaks_of_code(words: Sequence[str]) -> bool:
    text = " ".join(words)
    short = len(words) <= _MOST_ABOUT_CODE
    return short and bool(_NO_CODE.search(text)) and not _ABOUT_AN_ORDER.search(text)


def _yes_or_no(words: Sequence[str]) -> str | None:
    text = " ".join(words)
    for hummed, written in _HUMMED:
        text = hummed.sub(written, text)
    said = [word for word in text.split() if word not in _HESITATIONS]
    if not said:
        return None
    if said[0] in _YES and (set(said) <= _YES | _BESIDE_YES or _only_agrees(said)):
        return YES
    if said[0] in _NO and (set(said) <= _NO | _BESIDE_NO or _only_denies(said)):
        return NO
    return None


def _only_agrees(said: Sequence[str]) -> bool:
    """Tell whether a sentence that begins with a yes adds nothing to it."""
    rest = list(said)
    while rest and rest[0] in _YES:
        del rest[0]
    text = _NO_NUMBER.sub("", " ".join(rest))
    others = _words(_AS_IT_IS.sub("", text))
    return (
        len(said) <= _MOST_WORDS
        and not _ASKS.search(text)
        and not any(_is_digit(word) or word.endswith("n't") for word in others)
        and not others & _SAYS_MORE
    )


def _only_denies(said: Sequence[str]) -> bool:
    """Tell whether a sentence that begins with a no says nothing but that something is wrong."""
    rest = [word for word in said if word not in _NO]
    words = set(rest)
    allowed = _DENYING | _DENYING_WITH_WRONG if "wrong" in words else _DENYING
    if len(said) > _MOST_WORDS or not words <= allowed or not words & _NEGATIONS:
        return False
    denied = words & (_NEGATIONS - {"wrong", "incorrect"})
    # "All" is of "at all", and "right" of "not right": else it is another matter.
    at_all = all(rest[at - 1 : at] == ["at"] for at, word in enumerate(rest) if word == "all")
    return at_all and (bool(denied) or not words & _RIGHT)


def _is_digit(word: str) -> bool:
    return word in _DIGITS or word.isdigit()
