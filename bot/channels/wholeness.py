"""Whether what was heard so far says something complete in itself, so that a short silence ends it.

Only what is surely complete is: a caller who is cut short is worse off than one who is answered a
moment later.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from components.number_words import DIGITS, SCALES, TENS

from channels.fitting import NO, NUMBER, fitting_intent

ORDER_DIGITS = 6
"""How long order numbers are; one may be said without having been asked for."""
SURE = 0.7
"""Confidence of an intent from which a wish is believed before the turn is over."""

# What is wanted is said in one sentence. Who tells of a trouble or complains mostly has more to
# say, and who greets, thanks, hesitates or says yes to nothing has only begun.
WISHES = frozenset(
    {
        "order_status",
        "cancel_order",
        "return_refund",
        "invoice_copy",
        "password_reset",
        "opening_hours",
        "talk_to_person",
        "are_you_a_robot",
        "what_can_you_do",
        "repeat",
        "slow_down",
        "deny",
        "goodbye",
    }
)
HOURS = "opening_hours"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
_NUMBERS = DIGITS | TENS | SCALES
# Of a number, these say that it is not the one that was begun with.
_AMENDS = _words("no not sorry wait mean again over start beginning")
# Behind any of these there is more to come ...
_LEADS_ON = _words(
    "a an the my your his her their our some every any another new old own"
    " to of for with from by at about into than as until till between before after since"
    " and or but so because if whether when where which what how who whose why"
    " i we he i'm i've i'd i'll we're we've we'd we'll you're you've he's she's they're they've"
    " it's that's there's here's what's where's when's who's how's"
    " um uh er ah hm hmm mm"
)
# ... and behind these in a wish: "no, it isn't" may be all there is to an answer.
_WISH_LEADS_ON = _words(
    "can't couldn't don't didn't doesn't won't wouldn't isn't aren't wasn't haven't hasn't"
    " want wants wanted wanna gonna need needs like know get give send ask let have got"
    " forgot forgotten remember log sign number called named also just only still not thank"
)
# "Log in" and "hold on" are said in full, and "arrives on" is not.
_SMALL = _words("in on")
_BEFORE_SMALL = _words(
    "log logged logging lock locked sign signed signing get getting back me come comes came hold"
    " go going"
)
# "Where is" leads on, and "where it is" does not.
_VERBS = _words(
    "is are was were am do does did has had can could will would should may might must be been"
)
_SUBJECTS = _words("it this that these those you they he she i we there one ones order package")
# What is to be done is said, and not yet with what.
_WITHOUT_OBJECT = re.compile(
    r"\b(?:to|i|you|please|still|me) (?:return|cancel|order|track|check|change|reset|see|find|speak"
    r"|talk|exchange|report|buy|say|make|pick|look|use|call)$"
    r"|\b(?:tell|show) me$|\bwhat time$|\b(?:do|did|are|can|could|will|would) you$"
)
# "Where my order", "is the store" and "when does your store" wait for what they say of it.
_WITHOUT_PREDICATE = re.compile(
    r"\b(?:where|when|if|whether) (?:my|the|your|our) [a-z']+$"
    r"|(?<!\bwhere )(?<!\bwhat )(?<!\bhow )\b(?:is|are|was|did|does|do|has|have|will|can)"
    r" (?:my|the|your|our) [a-z']+(?: (?:store|shop|order|package|line|service|team|office))?$"
)
# What only says when, why or on what terms stands before what is wanted.
_STANDS_BEFORE = re.compile(
    r"^(?:if|because|since|after|before|while|as|although|whenever) "
    r"|^when (?!do|does|did|is|are|was|will|can|would|should)\w+ "
    r"|^(?:i was wondering|can you tell me|could you tell me)$"
)
_FEWEST_WORDS = 3  # of a wish that is not a word of its own kind, such as "operator"
_IN_A_WORD = _words("talk_to_person goodbye")


def is_whole(
    text: str, intent: str | None, confidence: float, expects: Mapping[str, Any] | None
) -> bool:
    """Judge whether a turn may be over after the words that were heard so far.

    Args:
        text: What was recognised.
        intent: What it was understood as.
        confidence: Of the intent, 0 to 1.
        expects: The line's last `expect` message; None if nothing is awaited.

    Returns:
        True when it answers the open question in full, or is surely a wish, and does not break off.
    """
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    if not words or words[-1] in _LEADS_ON:
        return False
    fits = fitting_intent(text, expects)
    if fits is not None and expects is not None:
        return _answers_in_full(words, fits, expects.get("length"))
    if _digits_at_the_end(words) == ORDER_DIGITS and not _AMENDS & set(words):
        return True
    if intent not in WISHES or confidence < SURE or _wish_breaks_off(words):
        return False
    enough = len(words) >= _FEWEST_WORDS or intent in _IN_A_WORD
    # A number at the end may go on.
    return enough and (words[-1] not in _NUMBERS or intent == HOURS)


def _digits_at_the_end(words: Sequence[str]) -> int:
    """Count the digits that were said last, one by one."""
    said = itertools.takewhile(lambda word: word in DIGITS or word.isdigit(), reversed(words))
    return sum(len(word) if word.isdigit() else 1 for word in said)


def _answers_in_full(words: Sequence[str], fits: str, length: Any) -> bool:
    if fits == NUMBER:
        said = sum(len(word) if word.isdigit() else word in _NUMBERS for word in words)
        return isinstance(length, int) and said >= length and not _AMENDS & set(words)
    # Where a number was read back, a "no" is mostly followed by the number as it should be.
    return fits != NO or length is None


def _wish_breaks_off(words: Sequence[str]) -> bool:
    text = " ".join(words)
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if _STANDS_BEFORE.search(text):
        return True
    if last in _SMALL:
        return before not in _BEFORE_SMALL
    if last in _VERBS:
        return before not in _SUBJECTS
    return last in _WISH_LEADS_ON or any(
        unfinished.search(text) for unfinished in (_WITHOUT_OBJECT, _WITHOUT_PREDICATE)
    )
