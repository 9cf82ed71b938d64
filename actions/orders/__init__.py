"""Orders by telephone: where they are, what went wrong, cancelling, returns and invoices.

First it is found out which order is meant (`finding`), then what the caller wants is done (`task`).
What is in an order is told only to a caller whose own number belongs to its customer, and only for
such a caller something is done; others hear how an order stands whose number they have given.
"""

from __future__ import annotations

from actions.orders.finding import FINDING_QUESTIONS, has_no_number, unclear
from actions.orders.task import (
    ORDER_INTENTS,
    ORDER_QUESTIONS,
    answer,
    number_without_task,
    order,
    tell_about,
)

__all__ = [
    "FINDING_QUESTIONS",
    "ORDER_INTENTS",
    "ORDER_QUESTIONS",
    "answer",
    "has_no_number",
    "number_without_task",
    "order",
    "tell_about",
    "unclear",
]
