"""What the caller still wants in this call: one task at a time, the others wait their turn.

A task that is interrupted by another is put aside with everything the caller has given for it, and
offered again when the other is finished. A second request of the same breath waits likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from actions.business import Business
from actions.questions import QUESTIONS
from actions.turn import Request, Turn

# What belongs to the call and not to a task. Every other slot is a detail of the task at hand.
CALL_SLOTS: Final = frozenset(
    {
        "caller_number",
        "customer_id",
        "customer_name",
        "tier",
        "resume_state",
        "active_task",
        "awaiting",
        "question_values",
        "problem",
        "misunderstandings",
        "actions_done",
        "actions_not_done",
        "promises",
        "tasks_done",
        "pending_request",
        "put_aside",
        "offered",
        "asked",
        "turns",
        "pace",
        "handoff_reason",
        "handed_off",
        "preferred_agent",
        "complaint_level",
        "complaint_category",
        "department",
        "site",
        "hours_asked",
        "sites_told",
        "session_started_metadata",
        "requested_slot",
    }
)
# Who asks where an order is and then wants it cancelled has not changed the subject.
GIVES_WAY: Final[dict[str, frozenset[str]]] = {
    "order_status": frozenset({"order_problem", "cancel_order", "return_refund"}),
    "order_problem": frozenset({"cancel_order", "return_refund"}),
}
NAMES: Final[dict[str, str]] = {
    "order_status": "your order",
    "order_problem": "the problem with your order",
    "cancel_order": "the cancellation",
    "return_refund": "the return",
    "invoice_copy": "the invoice",
    "password_reset": "the password reset",
}
ASKS_FOR_ORDER: Final = frozenset({"order_number", "rest_of_number"})
KNOWN_ORDER: Final = frozenset({"order_number", "order_confirmed"})
MOST_PUT_ASIDE = 3
MOST_TOLD = 2
# Of a caller whose orders are known, the answer may be a sentence and an offer: it is not begun
# behind another answer.
TWO_SENTENCES: Final = frozenset({"order_status", "order_late", "order_missing"})

Aside = Mapping[str, Any]


def begin(turn: Turn, task: str, problem: str) -> None:
    """Begin a task; another one that is not finished is put aside.

    Args:
        turn: The caller's turn.
        task: What the caller is busy with from here on, such as "order_status".
        problem: The intent with which it began.
    """
    running = turn.get("active_task")
    if running and running != task and task not in GIVES_WAY.get(str(running), frozenset()):
        _put_aside(turn, str(running))
    waiting = [each for each in _waiting(turn) if each.get("task") != task]
    turn.settle()
    turn.set(
        active_task=task,
        problem=problem,
        misunderstandings=0,
        put_aside=waiting or None,
    )


async def done(turn: Turn, business: Business) -> None:
    """Finish the task: go on with what waits, otherwise ask whether there is anything else."""
    finished = turn.get("active_task")
    if finished:
        turn.set(tasks_done=[*(turn.get("tasks_done") or []), finished])
    go_on(turn)


def go_on(turn: Turn) -> None:
    """Turn to what waits: the other request of the same breath, then a task put aside."""
    turn.settle()
    turn.set(active_task=None)
    pending = turn.get("pending_request")
    if isinstance(pending, Mapping) and pending.get("intent"):
        if _too_much_at_once(turn, str(pending["intent"])):
            turn.ask("other_request")
        else:
            turn.say("utter_other_request")
            take_pending(turn)
        return
    waiting = _waiting(turn)
    if not waiting:
        turn.ask("anything_else")
        return
    last = waiting[-1]
    values: dict[str, Any] = {"task": NAMES.get(str(last["task"]), "what we began")}
    if last.get("awaiting") in QUESTIONS and QUESTIONS[str(last["awaiting"])].secret:
        # Somebody with a code at hand may say it at once instead of yes.
        values |= {"secret": True, "length": QUESTIONS[str(last["awaiting"])].length}
    turn.ask("go_on_with" if turn.told < MOST_TOLD else "go_on_briefly", **values)


def take_pending(turn: Turn) -> None:
    """Begin the other request of the same breath, if there is one."""
    pending = turn.get("pending_request") or {}
    turn.settle()
    turn.set(pending_request=None)
    if pending.get("intent"):
        turn.then = Request(str(pending["intent"]), str(pending.get("text") or ""))


def _too_much_at_once(turn: Turn, intent: str) -> bool:
    """Tell whether another answer would be more than one listens to before speaking again."""
    long = turn.customer_id is not None and intent in TWO_SENTENCES
    return turn.told >= MOST_TOLD or (long and turn.told > 0)


def take_along(turn: Turn) -> None:
    """Keep the second request of the same breath for later, if there is one."""
    also = turn.metadata.get("also")
    if isinstance(also, Mapping) and also.get("intent"):
        kept = {"intent": str(also["intent"]), "text": str(also.get("text") or "")}
        turn.set(pending_request=kept)


def take_up(turn: Turn, task: str | None = None) -> bool:
    """Go back to a task that was put aside, at the question where it stood.

    The caller hears that question again, unless the answer has been given for another task since.

    Args:
        turn: The caller's turn.
        task: Which one; by default the one put aside last.

    Returns:
        Whether there was one.
    """
    waiting = _waiting(turn)
    found = [each for each in waiting if task in (None, each.get("task"))]
    if not found:
        return False
    restore(turn, found[-1])
    aside = found[-1]
    if aside.get("awaiting") in ASKS_FOR_ORDER and _found_since(turn, aside):
        turn.settle()
        turn.then = Request(str(aside.get("problem") or aside["task"]))
    elif not turn.ask_again():
        turn.then = Request(str(aside.get("problem") or aside["task"]))
    return True


def restore(turn: Turn, aside: Aside) -> None:
    """Make a task that was put aside the one under way, with all that was given for it."""
    kept = dict(aside.get("slots") or {})
    if aside.get("awaiting") in ASKS_FOR_ORDER and _found_since(turn, aside):
        kept |= {"order_number": turn.get("order_number"), "order_confirmed": True}
    forgotten = {name: None for name in _details(turn) if name not in kept}
    waiting = [each for each in _waiting(turn) if each.get("task") != aside.get("task")]
    turn.set(
        **forgotten | kept,
        active_task=aside.get("task"),
        problem=aside.get("problem"),
        awaiting=aside.get("awaiting"),
        question_values=aside.get("question_values"),
        put_aside=waiting or None,
    )


def drop(turn: Turn) -> None:
    """Give up the task at hand, then turn to what waits; an order that is known stays known."""
    forget(turn, keep_order=True)
    go_on(turn)


def forget(turn: Turn, *, keep_order: bool = False) -> None:
    """Forget the details of the task at hand.

    Args:
        turn: The caller's turn.
        keep_order: Whether an order that the caller has confirmed stays known.
    """
    kept = KNOWN_ORDER if keep_order and turn.get("order_confirmed") else frozenset()
    details = [name for name in _details(turn) if name not in kept]
    turn.settle()
    turn.set(**dict.fromkeys(details), active_task=None, problem=None, misunderstandings=0)


def drop_last_aside(turn: Turn) -> None:
    """Give up the task that was put aside last."""
    turn.set(put_aside=_waiting(turn)[:-1] or None)


def last_aside(turn: Turn) -> Aside | None:
    """Tell which task was put aside last, if any."""
    waiting = _waiting(turn)
    return waiting[-1] if waiting else None


def is_waiting(turn: Turn, task: str) -> bool:
    """Tell whether a task was put aside."""
    return any(each.get("task") == task for each in _waiting(turn))


def _found_since(turn: Turn, aside: Aside) -> bool:
    """Tell whether the order is known now that the task was waiting for."""
    before = (aside.get("slots") or {}).get("order_confirmed")
    return bool(not before and turn.get("order_confirmed") and turn.get("order_number"))


def _put_aside(turn: Turn, task: str) -> None:
    aside = {
        "task": task,
        "problem": turn.get("problem"),
        "awaiting": turn.get("awaiting"),
        "question_values": turn.get("question_values"),
        "slots": _details(turn),
    }
    others = [each for each in _waiting(turn) if each.get("task") != task]
    turn.set(put_aside=[*others, aside][-MOST_PUT_ASIDE:])


def _waiting(turn: Turn) -> list[Aside]:
    waiting = turn.get("put_aside")
    return [each for each in waiting if each.get("task")] if isinstance(waiting, list) else []


def _details(turn: Turn) -> dict[str, Any]:
    slots = {**turn.slots, **turn.changes}
    return {
        name: value for name, value in slots.items() if value is not None and name not in CALL_SLOTS
    }
