"""How a call begins, and how one that was cut off goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.business import Business
from actions.turn import Turn

# What a resumed call takes over. Who is calling is known anew; a hand-off is not repeated.
RESUMED_SLOTS = frozenset(
    {
        "active_task",
        "awaiting",
        "question_values",
        "problem",
        "order_number",
        "order_confirmed",
        "candidate",
        "partial_number",
        "number_attempts",
        "recent_offered",
        "contact_attempts",
        "reset_customer_id",
        "department",
        "actions_done",
        "actions_not_done",
        "promises",
    }
)


async def start_call(turn: Turn, business: Business) -> None:
    """Take in who is calling, and whether a broken call may be gone on with; says nothing."""
    caller = turn.metadata.get("caller") or {}
    resume = turn.metadata.get("resume")
    turn.set(
        caller_number=caller.get("number"),
        customer_id=caller.get("customer_id"),
        customer_name=caller.get("name"),
        tier=caller.get("tier"),
        resume_state=resume if isinstance(resume, Mapping) else None,
        awaiting="resume" if isinstance(resume, Mapping) else None,
    )


async def answer_resume(turn: Turn, business: Business) -> bool:
    """Take the answer to "shall we go on where we were?"; returns whether it was an answer."""
    agreed = turn.yes_or_no()
    if agreed is None:
        # Something else was said: the caller has moved on.
        turn.settle()
        turn.set(resume_state=None)
        return False
    state = turn.get("resume_state") or {}
    turn.settle()
    turn.set(resume_state=None)
    if not agreed:
        turn.ask("what_then")
        return True
    turn.set(**_taken_over(state))
    turn.say("utter_resumed")
    if not turn.ask_again():
        turn.ask("what_then")
    return True


def _taken_over(state: Mapping[str, Any]) -> dict[str, Any]:
    slots = state.get("slots") or {}
    return {name: value for name, value in slots.items() if name in RESUMED_SLOTS}
