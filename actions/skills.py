"""Which skill answers to which action of the assistant's domain."""

from __future__ import annotations

from typing import Final

from actions import (
    complaints,
    conversation,
    handoff,
    opening_hours,
    orders,
    password_reset,
    session,
)
from actions.skill import Skill

SKILLS: Final[dict[str, Skill]] = {
    "action_start_call": session.start_call,
    "action_order": orders.order,
    "action_opening_hours": opening_hours.opening_hours,
    "action_password_reset": password_reset.password_reset,
    "action_frustration": complaints.frustration,
    "action_hand_off": handoff.hand_off,
    "action_answer": conversation.answer,
    "action_small_talk": conversation.small_talk,
    "action_repeat": conversation.repeat,
    "action_misunderstood": conversation.misunderstood,
    "action_goodbye": conversation.goodbye,
}
