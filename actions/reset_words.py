"""What callers say around a password reset, told by the words alone: pure functions of a text."""

from __future__ import annotations

import re
from typing import Final, Literal

from contact_center.outbox import MessageKind
from contact_center.privacy import HIDDEN, redact

AboutPassword = Literal["offers_it", "wants_it_told"]

_EMAIL: Final = re.compile(r"\b(e ?-?mails?|mail|female|inbox|first|one)\b")
_TEXT: Final = re.compile(
    r"\b(text|texts|texting|tax|apex|phone|sms|message|messages|cell|mobile|second|two|s m s)\b"
)
_EITHER: Final = re.compile(
    r"\b(either|any(?: one| of them)?|whichever|whatever|you (?:choose|decide|pick)"
    r"|(?:does not|doesn't) matter|(?:do not|don't) care|both)\b"
)
_OTHER_WAY: Final = re.compile(r"\b(other (?:way|one)|instead|different way|another way)\b")
_NO_ACCESS: Final = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|could not|unable to|no way to) "
    r"(?:get|access|open|read|see|check|use|find|look|receive|log)\b"
    r"|\b(?:lost|broke|changed) my\b|\bstolen\b|\bno (?:longer|access)\b"
    r"|\b(?:don't|do not) (?:have|use) (?:that|my|the|this|any|an?|access|either)\b"
    r"|\bnot my (?:phone|number|email|e mail)\b|\bold (?:phone|number|email|e mail|address)\b"
    r"|\bneither\b"
)
_RESEND: Final = re.compile(
    r"\b(?:send|text|e ?mail|give|get) (?:it|me|the code|that|one|a new|another)\b"
    r"|\b(?:send|sending|try|text)\b.*\b(?:again|once more|one more time)\b|^again\b"
    r"|\bre ?send\b|\b(?:another|new) (?:code|one)\b"
    r"|\b(?:didn't|did not|haven't|have not|hasn't|has not|never|not) (?:\w+ ){0,2}?"
    r"(?:get|got|gotten|come|came|arrive|arrived|receive|received|there|here|see|seen|have)\b"
    r"|\bno (?:code|text|message|e ?mail)\b|\bnothing\b|\bstill (?:waiting|not|no)\b"
    r"|\b(?:doesn't|does not|didn't|did not|isn't|not) work(?:ing)?\b|\bexpired\b|\btoo old\b"
    r"|\b(?:lost|deleted|erased) (?:it|the)\b"
)
_ORDER: Final = re.compile(
    r"\b(orders?|ordered|package|packages|parcel|parcels|delivery|delivered|item|items|shipping)\b"
)
_HAS_IT: Final = re.compile(
    r"^(?:(?:um|uh|oh|well|okay|ok|yes|yeah|yep|alright) )*"
    r"(?:yes|yeah|yep|okay|ok|alright|ready|got it|it's here|it is here|here it is|it came|"
    r"it arrived|i (?:have|got|see) (?:it|the code|that)|i've got (?:it|the code)|there it is)\b"
)
_SOMEBODY: Final = (
    r"(?:husband|wife|partner|mother|mom|mum|mama|father|dad|grandmother|grandma|grandfather|"
    r"grandpa|parents?|son|daughter|kids?|child|brother|sister|uncle|aunt|cousin|friend|"
    r"girlfriend|boyfriend|neighbor|boss|coworker|colleague|client|roommate)"
)
_SOMEBODY_ELSES: Final = re.compile(
    rf"\bmy {_SOMEBODY}(?:'s|s)? (?:account|password|log ?in|sign ?in)\b"
    rf"|\bmy {_SOMEBODY} (?:forgot|lost|can't|cannot|can not|doesn't|does not|needs|is locked|"
    r"got locked|has forgotten|wants)\b"
    rf"|\b(?:for|of) my {_SOMEBODY}\b"
    r"|\b(?:somebody|someone|some one) else's?\b|\banother person\b|\bon behalf of\b"
    r"|\b(?:not|isn't) my (?:own )?account\b|\b(?:other|another|different) account\b"
)
_OFFERS: Final = re.compile(
    r"\b(?:tell|give|spell|say) (?:it )?(?:to )?you (?:my|the|a|what)\b.*\bpass"
    r"|\bdo you (?:want|need) (?:to know )?my (?:\w+ )?password\b"
    r"|\b(?:can|could|may|shall|should) i (?:just )?(?:say|spell|pick|choose|give)\b"
    r".*\b(?:pass ?words?|new one)\b"
    r"|\b(?:make|set|change) (?:it|(?:my|the) (?:new )?password|the new one) to(?: be)?\b"
    r"|\bi(?:'d| would)? (?:want|like) (?:it|(?:my|the) (?:new )?password|the new one) to be\b"
)
_WANTS_IT_TOLD: Final = re.compile(
    r"\b(?:tell|read|show|remind) me\b.*\bpass ?word\b"
    r"|\bwhat(?:'s| is| was) my (?:current |old |new )?pass ?word\b"
    r"|\bwhat my (?:current |old )?pass ?word (?:is|was)\b"
    r"|\b(?:look up|see|find|say|read) my (?:current |old )?pass ?word\b"
)


def contact_kind(text: str) -> MessageKind | None:
    """Tell which way the caller chose.

    Args:
        text: What the recogniser heard.

    Returns:
        "email", "text", or None if it was neither. A way that cannot be used chooses the other.
    """
    lowered = text.lower()
    email, message = bool(_EMAIL.search(lowered)), bool(_TEXT.search(lowered))
    if _NO_ACCESS.search(lowered):
        email, message = message, email
        if email and message:
            return None
    if email == message:
        return "email" if _EITHER.search(lowered) else None
    return "email" if email else "text"


def wants_other_way(text: str) -> bool:
    """Tell whether a caller wants the code by the other way ("send it the other way")."""
    return bool(_OTHER_WAY.search(text.lower()))


def reaches_no_contact(text: str) -> bool:
    """Tell whether a caller can use none of the ways, or does not say which one it is."""
    lowered = text.lower()
    named = bool(_EMAIL.search(lowered)), bool(_TEXT.search(lowered))
    return bool(_NO_ACCESS.search(lowered)) and named[0] == named[1]


def wants_code_again(text: str) -> bool:
    """Tell whether a caller has no code that works ("i didn't get it", "send it again")."""
    return bool(_RESEND.search(text.lower()))


def speaks_of_order(text: str) -> bool:
    """Tell whether a caller names an order, and not only something that has not come."""
    return bool(_ORDER.search(text.lower()))


def has_code(text: str) -> bool:
    """Tell whether a caller only says that the code is there ("okay i got it")."""
    return bool(_HAS_IT.search(text.lower()))


def is_somebody_elses(text: str) -> bool:
    """Tell whether a caller speaks of another person's account."""
    return bool(_SOMEBODY_ELSES.search(text.lower()))


def about_password(text: str) -> AboutPassword | None:
    """Tell whether a caller is about to say a password, or wants to hear one.

    Args:
        text: What the recogniser heard; a password in it may have been hidden already.

    Returns:
        Which of the two, or None.
    """
    lowered = text.lower()
    if "pass" in lowered and HIDDEN in redact(text, contacts=False):
        return "offers_it"
    if _WANTS_IT_TOLD.search(lowered):
        return "wants_it_told"
    return "offers_it" if _OFFERS.search(lowered) else None
