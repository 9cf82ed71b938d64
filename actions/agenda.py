"""What the caller still wants in this call: one task at a time, the others wait their turn."""

from __future__ import annotations

from actions.business import Business
from actions.turn import Turn


def begin(turn: Turn, task: str, problem: str) -> None:
    """Begin a task.

    Args:
        turn: The caller's turn.
        task: What the caller is busy with from here on, such as "order_status".
        problem: The intent with which it began.
    """
    turn.set(active_task=task, problem=problem, misunderstandings=0)


async def done(turn: Turn, business: Business) -> None:
    """Finish the task: go on with what waits, otherwise ask whether there is anything else."""
    turn.settle()
    turn.set(active_task=None)
    turn.ask("anything_else")
