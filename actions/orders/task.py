"""What a caller wants about an order, from the request to the end of the task."""

from __future__ import annotations

import re
from typing import Final

from actions import agenda
from actions.business import Business
from actions.orders import finding, steps, which
from actions.orders.finding import FINDING_QUESTIONS
from actions.orders.status import standing, tell_order
from actions.orders.steps import STEP_QUESTIONS
from actions.turn import Turn
from contact_center.order_policy import Problem
from contact_center.orders import UNDELIVERED, Order

ORDER_QUESTIONS: Final = FINDING_QUESTIONS | STEP_QUESTIONS
TASKS: Final = {
    "order_status": "order_status",
    "order_late": "order_problem",
    "order_missing": "order_problem",
    "order_damaged": "order_problem",
    "order_wrong": "order_problem",
    "cancel_order": "cancel_order",
    "return_refund": "return_refund",
    "invoice_copy": "invoice_copy",
}
ORDER_INTENTS: Final = frozenset(TASKS)
_PROBLEMS: Final[dict[str, Problem]] = {
    "order_late": "late",
    "order_missing": "lost",
    "order_damaged": "damaged",
    "order_wrong": "wrong_item",
    "cancel_order": "cancel",
    "return_refund": "return",
    "invoice_copy": "invoice",
}
_PART = re.compile(
    r"\b(parts?|pieces?|half|missing from|only (got |received )?(one|two|three|half|some|part)|"
    r"one of (the|my|them)|not everything|isn't (complete|everything)|incomplete|empty|"
    r"is missing|are missing|were missing|was missing|something missing|rest of)\b"
)
_ASKS_FOR_MONEY_DUE = re.compile(
    r"\b(where('s| is)|when|status|waiting|haven't|have not|hasn't|never|did you|have you|"
    r"is my|still owe|did my|late)\b.*\b(refund|refunded|money|return|returned|back)\b"
    r"|\b(refund|return) status\b|\bi (returned|sent)\b"
)
# "The ones I just ordered", whatever it was taken for.
_NAMING = re.compile(
    r"^((um|uh|oh|well|no|yes|it's|it is|i mean) )*the (\w+ )?(one|ones|order|first|second|last)\b"
)
# "Can you see if it got delivered" says of nothing that it is missing.
_ONLY_ASKS = re.compile(
    r"^(?!.*\b(not|never|but|nothing|says|said|still|why|\w+n't|nobody|lost|stolen|missing)\b)"
    r".*\b(if|whether|has|have|did|was|were)\b.*\b(delivered|arrived?|come|came|got here)\b"
)
_BOTH = 2
# Said in answer to "which one?", these are the task at hand and no new one.
_WEAK_INTENTS: Final = frozenset({"order_status", None})


async def order(turn: Turn, business: Business) -> None:
    """Begin, or go on with, whatever the caller wants about an order."""
    turn.set(misunderstandings=0)
    if await _answers_open_question(turn, business):
        return
    if turn.awaiting == "offer_person" and turn.yes_or_no():
        turn.escalate("requested")
        return
    if turn.awaiting in FINDING_QUESTIONS and turn.intent == turn.get("problem"):
        # The wish is known; which order it is about has been asked, and is not any clearer.
        if not await finding.unclear(turn, business):
            turn.ask_again()
        return
    await _begin(turn, business, turn.intent if turn.intent in TASKS else "order_status")


async def answer(turn: Turn, business: Business) -> bool:
    """Take the caller's answer to one of `ORDER_QUESTIONS`; returns whether it was an answer."""
    if await _told_of_both(turn, business):
        return True
    if turn.awaiting in FINDING_QUESTIONS:
        reply = await finding.answer(turn, business)
        if reply.order is not None:
            await _proceed(turn, business, reply.order)
        return reply.understood
    if turn.awaiting in STEP_QUESTIONS:
        return await _answer_step(turn, business)
    return False


async def number_without_task(turn: Turn, business: Business) -> bool:
    """Take an order that is named out of the blue for the wish to know about it as well.

    Returns:
        Whether an order was named: by its number, or one of the caller's own by its items.
    """
    said = finding.numbers_in(turn)
    known = await finding.known_to(turn, business)
    picked = () if said else which.meant(turn.text, known)
    if not said and (len(picked) != 1 or picked[0].number == known.current):
        return False
    intent = str(turn.get("problem") or "")
    if intent not in TASKS:
        asks_for_return = _ASKS_FOR_MONEY_DUE.search(turn.text.lower())
        intent = "return_refund" if asks_for_return else "order_status"
    await _begin(turn, business, intent)
    return True


async def tell_about(turn: Turn, business: Business, number: str) -> None:
    """Tell the caller how one of their orders stands.

    Args:
        turn: The caller's turn.
        business: The company.
        number: The order's number in its stored form.
    """
    agenda.begin(turn, "order_status", "order_status")
    turn.set(order_problem=None)
    found = await business.orders.find(number)
    if found is None:
        turn.ask("order_number")
    else:
        await _proceed(turn, business, found)


async def _told_of_both(turn: Turn, business: Business) -> bool:
    """Tell how two orders stand when the caller asked about "both"; returns whether that was it."""
    offered = turn.get("order_choice") or ()
    if (
        turn.awaiting != "which_order"
        or turn.get("order_problem") is not None
        or len(offered) != _BOTH
        or not which.BOTH.search(turn.text.lower())
    ):
        return False
    for number in offered:
        found = await business.orders.find(str(number))
        if found is not None and found.customer_id == turn.customer_id:
            tell_order(turn, found, business.now().date(), own=True)
    await agenda.done(turn, business)
    return True


async def _answers_open_question(turn: Turn, business: Business) -> bool:
    task = TASKS.get(turn.intent or "")
    same_task = task is None or task == turn.get("active_task")
    if turn.awaiting in FINDING_QUESTIONS:
        named = bool(finding.numbers_in(turn)) or turn.yes_or_no() is not None
        if named or same_task or turn.intent in _WEAK_INTENTS or _NAMING.search(turn.text.lower()):
            return await answer(turn, business)
        return False
    if turn.awaiting == "confirm_cancel" and turn.intent not in {"cancel_order", "order_status"}:
        return False
    if turn.awaiting in STEP_QUESTIONS:
        return await answer(turn, business)
    return False


async def _begin(turn: Turn, business: Business, intent: str | None) -> None:
    intent = intent or "order_status"
    if intent == "order_missing" and _ONLY_ASKS.search(turn.text.lower()):
        intent = "order_status"
    problem = _problem(intent, turn)
    asked = turn.awaiting in FINDING_QUESTIONS
    agenda.begin(turn, TASKS[intent], intent)
    turn.set(order_problem=problem)
    found = await finding.find(turn, business, problem, asked=asked)
    if found is not None:
        await _proceed(turn, business, found)


def _problem(intent: str, turn: Turn) -> Problem | None:
    """Tell which problem of the policy a request is about."""
    lowered = turn.text.lower()
    if not lowered and turn.get("problem") == intent and turn.get("order_problem"):
        # A request that is gone on with has been said before.
        return turn.get("order_problem")  # type: ignore[no-any-return]
    problem = _PROBLEMS.get(intent)
    if problem == "lost" and _PART.search(lowered):
        return "part_missing"
    if problem == "return" and _ASKS_FOR_MONEY_DUE.search(lowered):
        return "refund"
    return problem


async def _proceed(turn: Turn, business: Business, found: Order) -> None:
    """Do what the caller wants, now that the order is known."""
    today = business.now().date()
    own = turn.customer_id is not None and turn.customer_id == found.customer_id
    turn.settle()
    turn.set(order_number=found.number, order_confirmed=True)
    turn.note("actions_done", f"Looked up order {found.number}: {standing(found, today)}")
    problem: Problem | None = turn.get("order_problem")
    if own:
        await _for_customer(turn, business, problem, found)
    elif problem in (None, "late") or (problem == "lost" and found.state in UNDELIVERED):
        tell_order(turn, found, today, own=False)
        if found.is_late(today):
            turn.note("actions_not_done", "The parcel has not been traced with the carrier")
            turn.ask("offer_person")
        else:
            await agenda.done(turn, business)
    else:
        turn.say("utter_cancel_needs_person" if problem == "cancel" else "utter_order_needs_person")
        turn.note("actions_not_done", f"Nothing was done about order {found.number}")
        turn.escalate("policy")


async def _for_customer(
    turn: Turn, business: Business, problem: Problem | None, found: Order
) -> None:
    today = business.now().date()
    underway = found.state in UNDELIVERED
    late = found.is_late(today)
    if problem == "late" and found.state == "delivered":
        # To be late although it has been delivered is not to have arrived.
        problem = "lost"
        turn.set(order_problem=problem)
    if problem == "return" and await business.returns.of_order(found.number) is not None:
        problem = "refund"
        turn.set(order_problem=problem)
    elif problem == "refund" and await business.returns.of_order(found.number) is None:
        problem = "return"
        turn.set(order_problem=problem)
    waits_for_rest = problem == "part_missing" and underway and bool(found.parts())
    not_late = problem in ("late", "lost") and not late and found.state != "delivered"
    if problem is None or waits_for_rest or not_late:
        tell_order(turn, found, today, own=True)
        if not late or problem is not None:
            await agenda.done(turn, business)
            return
        turn.set(order_problem="late")
        await steps.take(turn, business, "late", found, asked_for=False)
        return
    if late and problem in ("late", "lost"):
        tell_order(turn, found, today, own=True)
    await steps.take(turn, business, problem, found)


async def _answer_step(turn: Turn, business: Business) -> bool:
    number, problem = turn.get("order_number"), turn.get("order_problem")
    found = await business.orders.find(str(number)) if number else None
    if found is None or problem is None or found.customer_id != turn.customer_id:
        return False
    if turn.yes_or_no() is not True:
        # "No, the other one": the question was about the wrong order.
        picked = which.meant(turn.text, await finding.known_to(turn, business))
        if len(picked) == 1 and picked[0].number != found.number:
            await _proceed(turn, business, picked[0])
            return True
    return await steps.answer(turn, business, problem, found)
