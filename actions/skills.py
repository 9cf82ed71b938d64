"""Which skill answers to which action of the assistant's domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
from actions.business import Business
from actions.even_answers import evenly
from actions.password_reset import listening_for_code
from actions.turn import Turn

Skill = Callable[[Turn, Business], Awaitable[None]]

SKILLS: Final[dict[str, Skill]] = {
    "action_start_call": session.start_call,
    "action_order": listening_for_code(orders.order),
    "action_opening_hours": opening_hours.opening_hours,
    "action_password_reset": password_reset.password_reset,
    "action_frustration": complaints.frustration,
    "action_hand_off": handoff.hand_off,
    "action_answer": evenly(conversation.answer),
    "action_small_talk": listening_for_code(conversation.small_talk),
    "action_repeat": listening_for_code(conversation.repeat),
    "action_misunderstood": evenly(conversation.misunderstood),
    "action_goodbye": conversation.goodbye,
}

# What begins when it is the second of two requests, or a task gone back to.
BEGINS: Final[dict[str, str]] = {
    "order_status": "action_order",
    "order_late": "action_order",
    "order_missing": "action_order",
    "order_damaged": "action_order",
    "order_wrong": "action_order",
    "cancel_order": "action_order",
    "return_refund": "action_order",
    "invoice_copy": "action_order",
    "password_reset": "action_password_reset",
    "opening_hours": "action_opening_hours",
}
