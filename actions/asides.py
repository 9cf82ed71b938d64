"""What callers say beside the point: about the question itself, or about the conversation.

Each function has one question to answer about a text, by its words alone.
"""

from __future__ import annotations

import re
from typing import Final

from contact_center.spoken_numbers import fragment

_A_NUMBER: Final = 2  # digits; one alone may be another word ("start over from one")
_WELL = r"(?:(?:um|uh|well|oh|okay|ok|so|but|and|hey|sorry|no|actually|wait|please|you know)\s+)*"
_END = r"(?:\s+(?:please|then|now|thanks|thank you|it|that|about it|about that|for now|again))*"

_ABOUT_THE_QUESTION: Final = re.compile(
    r"\bwhy (?:do|would|should|are|must|does|did|is) (?:you|i|we|that|it|this)\b"
    r".*\b(?:need|want|ask|asking|know|necessary|have to|required|matter|give|tell)\b"
    r"|\bwhat (?:do|would|are) you (?:need|want|asking|going to do)\b.*\b(?:for|with|me)\b"
    r"|\bwhat(?: is| was|'s) (?:it|that|this) (?:good )?for\b"
    r"|^" + _WELL + r"(?:why|why's that|why is that|what for|how come|for what)" + _END + r"$"
    r"|\bwhere (?:do|can|would|could|will|should|might|did) (?:i|we|you|one) "
    r"(?:find|get|see|look|have|read)\b(?!.* (?:store|shop|order is|package is))"
    r"|\bwhere (?:is|'s|are) (?:it|that|this|the (?:order )?(?:number|code)|my (?:order )?number)"
    r" (?:written|printed|shown|on|at|supposed)\b"
    r"|\bwhere (?:is|'s|would) (?:the|my|that|this) (?:order |one time )?(?:number|code)\b"
    r"|\bwhere's (?:the|my|that|this) (?:order )?(?:number|code)\b"
    r"|\bwhat(?:'s| is| are| was) (?:a|an|the|my|that|this|your|you mean by)(?: an?)? "
    r"(?:\w+ )?(?:numbers?|code|digits)\b"
    r"|\b(?:what|which) (?:number|code|digits|one|email|phone|contact)(?: number)?"
    r"(?: (?:do|would|should) (?:you|i) (?:mean|want|need|say|give|use)| is (?:that|it))\b"
    r"|^" + _WELL + r"(?:what|which) (?:number|code|digits|contact|order number)$"
    r"|\bwhat do you mean\b|\bwhat does (?:that|it|this) mean\b|\bwhat are you talking about\b"
    r"|\bi don't (?:know|understand) (?:what|which) (?:you mean|number|code|that is|you want)\b"
    r"|\bi do not (?:know|understand) (?:what|which) (?:you mean|number|code|that is|you want)\b"
    r"|\bhow (?:do|would|can|should) i (?:know|find|find out|get|look up)"
    r" (?:it|that|the|my|which)\b"
    r"|\bhow many (?:digits|numbers) (?:is|are|does|do|should)\b"
    r"|\bis (?:that|it) (?:on|in) (?:the|my)"
    r" (?:email|e mail|mail|box|receipt|invoice|card|package)\b"
)
_GIVES_UP: Final = re.compile(
    "^" + _WELL + r"(?:never ?mind|nevermind|forget|leave|skip|drop|scratch)"
    r"(?: (?:about )?(?:the|my) \w+)?" + _END + "$"
    "|^" + _WELL + r"(?:i (?:changed|have changed|'ve changed) my mind|i've changed my mind"
    r"|i don't (?:want|need) (?:that|it|this)(?: any ?more| now)|it doesn't matter"
    r"|it's not (?:that )?important|don't worry about it|don't bother)" + _END + "$"
)
_GIVES_UP_FIRST: Final = re.compile(
    "^" + _WELL + r"(?:never ?mind|(?:forget|leave|drop|skip) (?:about )?(?:it|that|the|my)\b)"
)
_GIVING_UP: Final = re.compile(
    "^" + _WELL + r"(?:never ?mind|(?:forget|leave|drop|skip)(?: about)?)"
    r"(?: (?:it|that|(?:about )?(?:the|my) \w+))?\b" + _END + r"\s*"
)
_STARTS_OVER: Final = re.compile(
    r"\b(?:start|begin|go|try) (?:it |this |that |all )?(?:over|again from|from) ?"
    r"(?:the )?(?:again|beginning|start|scratch|new)?\b|\bstart (?:again|new|afresh)\b"
    r"|\bback to the (?:start|beginning)\b|\bstarting over\b|\bfrom the (?:top|beginning|start)\b"
)
_COMES_BACK: Final = re.compile(
    r"\b(?:back to|go on with|going on with|continue with|carry on with|return to|finish|resume"
    r"|what about) (?:the|my|that|our)\b"
)
_NAMES_TASK: Final[dict[str, re.Pattern[str]]] = {
    "password_reset": re.compile(r"\b(?:password|log ?in|sign ?in|account|code)\b"),
    "cancel_order": re.compile(r"\bcancel\w*\b"),
    "return_refund": re.compile(r"\b(?:return|refund)\b"),
    "invoice_copy": re.compile(r"\b(?:invoice|receipt|bill)\b"),
    "order_status": re.compile(r"\b(?:orders?|package|parcel|delivery)\b"),
    "order_problem": re.compile(r"\b(?:problem|orders?|package|parcel)\b"),
}
_ASKS_TO_ASK: Final = re.compile(
    r"\b(?:can|could|may) i (?:just )?ask (?:you )?(?:something|a question|one thing|one question)"
    r"|\bi(?: have| had|'ve)? (?:got )?(?:just )?(?:a|another|one(?: more)?|a quick) question$"
    r"|^(?:quick|one) question$"
    r"|\bi (?:want|wanted|would like|'d like) to ask (?:you )?(?:something|a question)$"
)
_DISPUTES_CHARGE: Final = re.compile(
    r"\b(?:charg\w+|bill(?:ed)?|paid|pay|payed|took|taken|take|money|card)\b"
    r".*\b(?:twice|two times|double|three times|too much|didn't buy|never bought)\b"
    r"|\b(?:double|over) ?charged\b|\bwrong amount\b"
)
_CORRECTS: Final = re.compile(
    "^" + r"(?:(?:um|uh|well|oh|sorry|wait)\s+)*"
    r"(?:no\b|not\b|nope\b|actually\b|i mean\b|i meant\b|i said\b|i was (?:asking|talking) about\b"
    r"|it's the other\b|the other\b|wrong (?:one|order)\b|that's (?:not|the wrong)\b|rather\b"
    r"|make that\b)"
    r"|\b(?:i meant|i mean|the other (?:one|order)|other one|not that (?:one|order)|instead)\b"
)
_OTHER_ONE: Final = re.compile(r"\b(?:the )?(?:other|second) (?:one|order|package|parcel)\b")


def asks_about_question(text: str) -> bool:
    """Tell whether a caller asks what a question means, why it is asked, or where the answer is.

    Args:
        text: What the recogniser heard.

    Returns:
        Such as True for "what's an order number" and "why do you need that".
    """
    return bool(_ABOUT_THE_QUESTION.search(_plain(text)))


def gives_up(text: str) -> bool:
    """Tell whether a caller gives up what was under way, and says nothing else ("never mind")."""
    return bool(_GIVES_UP.search(_plain(text)))


def gives_up_first(text: str) -> bool:
    """Tell whether a text begins by giving up what was under way, whatever follows."""
    return bool(_GIVES_UP_FIRST.search(_plain(text)))


def after_giving_up(text: str) -> str:
    """Tell what a caller wants instead of what they give up first.

    Args:
        text: What the recogniser heard.

    Returns:
        "where's my watch" for "forget the password where's my watch"; "" when nothing follows.
    """
    return _GIVING_UP.sub("", _plain(text))


def starts_over(text: str) -> bool:
    """Tell whether a caller wants to begin again, and says nothing to begin with.

    Args:
        text: What the recogniser heard.

    Returns:
        True for "let's start over"; False for "no let me start over four eight two nine one three",
        which is one number.
    """
    found = _STARTS_OVER.search(_plain(text))
    if not found:
        return False
    in_figures = any(character.isdigit() for character in text)
    return not in_figures and len(fragment(_plain(text)[found.end() :])) < _A_NUMBER


def task_come_back_to(text: str) -> str | None:
    """Tell which task a caller returns to in so many words ("back to the password").

    Args:
        text: What the recogniser heard.

    Returns:
        A task of `agenda.NAMES`, or None.
    """
    plain = _plain(text)
    if not _COMES_BACK.search(plain):
        return None
    return next((task for task, words in _NAMES_TASK.items() if words.search(plain)), None)


def asks_to_ask(text: str) -> bool:
    """Tell whether a caller only announces a question ("can I ask you something")."""
    return bool(_ASKS_TO_ASK.search(_plain(text)))


def disputes_charge(text: str) -> bool:
    """Tell whether a caller says that too much was taken ("you charged my card twice")."""
    return bool(_DISPUTES_CHARGE.search(_plain(text)))


def corrects(text: str) -> bool:
    """Tell whether a caller takes something back ("no", "actually", "I meant")."""
    return bool(_CORRECTS.search(_plain(text)))


def other_one(text: str) -> bool:
    """Tell whether a caller means the other of two things ("actually it's the other one")."""
    return bool(_OTHER_ONE.search(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z' ]+", " ", text.lower().replace("\u2019", "'")).split())
