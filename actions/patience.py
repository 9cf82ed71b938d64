"""Never in a circle: what to do when the same question has to be asked again and again.

A question that brought no answer twice is asked with an explanation, then a person is offered, then
the call goes to one. A finished task starts the counting afresh, but no call goes on for ever.
"""

from __future__ import annotations

from typing import Final, Literal

Verdict = Literal["ask", "explain", "offer_person", "give_up"]

EXPLAIN_AT = 3
OFFER_AT = 4
GIVE_UP_AT = 5
MOST_TURNS = 60
# Turns after which an open question comes again although nothing went wrong.
NO_FAULT: Final = frozenset({"opening_hours", "wait"})


def verdict(question: str, times: int, turns: int = 0) -> Verdict:
    """Decide how a question is asked.

    Args:
        question: A key of `questions.QUESTIONS`.
        times: How often it has been asked since a task was last finished, this time included.
        turns: The caller's turns so far.

    Returns:
        To ask it, to ask it with an explanation, to offer a person instead, or to hand over.
    """
    if turns >= MOST_TURNS or times >= GIVE_UP_AT:
        return "give_up"
    if question == "offer_person":
        return "ask" if times < EXPLAIN_AT else "give_up"
    if times >= OFFER_AT:
        return "offer_person"
    return "explain" if times >= EXPLAIN_AT else "ask"
