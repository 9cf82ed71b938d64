"""Which skill takes the answer to which question; what belongs to any call is in `conversation`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from actions import orders, password_reset, session
from actions.business import Business
from actions.turn import Turn

Answer = Callable[[Turn, Business], Awaitable[bool]]
"""Takes the caller's turn for the answer to the open question; returns whether it was one."""

# Asks for something that the line has to know: what does not tell it is a failed attempt, and these
# return whether it was one too many.
FAILED_ATTEMPTS: Final[dict[str, Answer]] = {
    **dict.fromkeys(orders.FINDING_QUESTIONS, orders.unclear),
    "contact_kind": password_reset.unclear_contact_kind,
}
ANSWERS: Final[dict[str, Answer]] = {
    **dict.fromkeys(orders.ORDER_QUESTIONS, orders.answer),
    "contact_kind": password_reset.answer_contact_kind,
    "code": password_reset.answer_code,
    "resume": session.answer_resume,
}
