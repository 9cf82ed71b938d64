"""Turns of a password reset in which an order number is looked up take the same time."""

from __future__ import annotations

from typing import Any

import pytest

from actions.business import Business
from actions.even_answers import evenly
from actions.turn import Turn
from contact_center.database import Database
from contact_center.even_time import EvenTime
from contact_center.settings import ContactCenterSettings


@pytest.mark.parametrize(
    ("slots", "waits"),
    [
        ({"active_task": "password_reset", "awaiting": "order_number"}, [0.5]),
        ({"active_task": "password_reset", "awaiting": "confirm_number"}, [0.5]),
        ({"active_task": "password_reset", "awaiting": "contact_kind"}, []),
        ({"active_task": "order_status", "awaiting": "order_number"}, []),
    ],
)
async def test_only_the_numbers_of_a_reset_are_waited_for(
    db: Database, slots: dict[str, Any], waits: list[float]
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def skill(turn: Turn, _business: Business) -> None:
        turn.settle()

    even = EvenTime(0.5, clock=lambda: 0.0, sleep=sleep)
    business = Business.over(db, ContactCenterSettings(), even=even)
    turn = Turn("call-1", slots=slots)
    await evenly(skill)(turn, business)
    assert waited == waits
    assert turn.awaiting is None
