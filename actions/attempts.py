"""Failed attempts at one thing that the line has to know: after two of them a person helps.

An attempt fails when an answer does not tell what was asked for. What was heard of it is no failure
of the caller's, so that an answer which is understood starts the counting afresh; numbers that turn
out to be wrong are counted beside it, in `number_attempts`.
"""

from __future__ import annotations

from typing import Final

from actions.turn import Turn

MOST: Final = 2
WHICH_ORDER: Final = "unclear which order"
WHICH_CONTACT: Final = "unclear which contact"


def unclear(turn: Turn, what: str) -> bool:
    """Count an answer that does not tell what was asked for.

    Args:
        turn: The caller's turn.
        what: What has to be known, `WHICH_ORDER` or `WHICH_CONTACT`.

    Returns:
        Whether that was one too many.
    """
    times = turn.count(what)
    wrong = int(turn.get("number_attempts") or 0) if what == WHICH_ORDER else 0
    return times + wrong >= MOST


def understood(turn: Turn, what: str) -> None:
    """Begin to count anew, because an answer has been understood.

    Args:
        turn: The caller's turn.
        what: What has to be known.
    """
    turn.count_anew(what)
