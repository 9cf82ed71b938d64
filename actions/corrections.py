"""Another order than the one that was understood: "no, the lamp", "actually it's the other one"."""

from __future__ import annotations

from typing import Final

from actions.asides import corrects, other_one
from actions.business import Business
from actions.orders import ORDER_INTENTS, finding, which
from actions.orders.which import Known
from actions.turn import Request, Turn
from contact_center.orders import Order

# Asked about one order in particular, or after something was told about one.
ABOUT_AN_ORDER: Final = frozenset(
    {
        None,
        "confirm_cancel",
        "offer_trace",
        "offer_replacement",
        "offer_refund",
        "offer_label",
        "confirm_problem",
        "offer_person",
        "anything_else",
    }
)


async def correct_order(turn: Turn, business: Business) -> bool:
    """Turn to the order that the caller means instead, for what was wanted of the first.

    Args:
        turn: The caller's turn; its `then` becomes the wish for the other order.
        business: Where the caller's orders are.

    Returns:
        Whether it was such a correction.
    """
    wanted = turn.intent if turn.intent in ORDER_INTENTS else turn.get("problem")
    if turn.awaiting not in ABOUT_AN_ORDER or wanted not in ORDER_INTENTS:
        return False
    current = turn.get("order_number")
    if not current or not corrects(turn.text):
        return False
    known = await finding.known_to(turn, business)
    meant = meant_instead(turn.text, known, str(current))
    if meant is None and not other_one(turn.text):
        return False
    turn.settle()
    turn.set(
        order_number=meant.number if meant else None,
        order_confirmed=True if meant else None,
        candidate=None,
        partial_number=None,
    )
    turn.then = Request(str(wanted))
    return True


def meant_instead(text: str, known: Known, current: str) -> Order | None:
    """Find the order that a caller means instead of another.

    Args:
        text: What the recogniser heard.
        known: The caller's own orders.
        current: Number of the order that is not meant.

    Returns:
        The one that the text names, or the only other one when the text says "the other one"; None
        when that is not clear.
    """
    named = [order for order in which.meant(text, known) if order.number != current]
    if len(named) == 1:
        return named[0]
    others = [order for order in known.orders if order.number != current]
    return others[0] if len(others) == 1 and other_one(text) else None
