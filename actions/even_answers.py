"""Keeps the time of an answer from telling what was looked up for it."""

from __future__ import annotations

from actions.business import Business
from actions.password_reset import NUMBER_QUESTIONS, TASK, Skill
from actions.turn import Turn


def evenly(skill: Skill) -> Skill:
    """Let a skill take the same time for every order number that is said in a password reset.

    Codes are sent and tried in even time where they are; what remains is whether there is an
    account to an order, which looking it up would tell.

    Args:
        skill: A skill that takes answers.

    Returns:
        The skill, padded in those turns and as it was in all others.
    """

    async def even(turn: Turn, business: Business) -> None:
        if turn.get("active_task") == TASK and turn.awaiting in NUMBER_QUESTIONS:
            async with business.even.padded():
                await skill(turn, business)
        else:
            await skill(turn, business)

    return even
