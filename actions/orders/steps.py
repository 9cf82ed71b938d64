"""What the order policy decides, said and done: offered first where the caller has to agree."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from actions import agenda
from actions.business import Business
from actions.orders.status import tell_order, tell_return
from actions.turn import Turn
from actions.wording import spoken_by, spoken_day, spoken_items
from contact_center.order_policy import COSTLY, History, NextStep, Problem, Step, Within, decide
from contact_center.order_promises import OrderPromise
from contact_center.orders import NotCancellable, Order, why_not_cancellable

STEP_QUESTIONS: Final = frozenset(
    {
        "confirm_cancel",
        "offer_trace",
        "offer_replacement",
        "offer_refund",
        "replacement_or_refund",
        "offer_label",
        "confirm_problem",
    }
)
# Below this, a caller is asked whether that was meant before a person is called for it.
SURELY_MEANT: Final = 0.7
_PROBLEM_IN_WORDS: Final[dict[Problem, str]] = {
    "late": "your order with the {items} is late",
    "lost": "your order with the {items} hasn't come",
    "damaged": "something is wrong with the {items}",
    "wrong_item": "you got something else instead of the {items}",
    "part_missing": "something is missing from your order with the {items}",
    "cancel": "you want to cancel your order with the {items}",
    "return": "you want to send back the {items}",
    "refund": "it's about the refund for the {items}",
    "invoice": "you need the receipt for the {items}",
}

_SOON = Within(2, "working days")
_NOT_DONE: Final[dict[Problem, str]] = {
    "late": "The parcel has not been traced with the carrier",
    "lost": "The parcel has not been traced with the carrier",
    "damaged": "Replacement or refund has not been arranged",
    "wrong_item": "Replacement or refund has not been arranged",
    "part_missing": "The missing part has not been sent",
    "cancel": "The order has not been cancelled",
    "return": "No return label has been sent",
    "refund": "The refund has not been looked into",
    "invoice": "No copy of the invoice has been sent",
}
_DONE: Final[dict[Step, str]] = {
    "trace": "Asked for a trace of order {number}",
    "replacement": "Promised a replacement for order {number}",
    "refund": "Promised a refund of order {number}",
}
_WANTS_MONEY = re.compile(r"\b(refund|money|cash|paid back|pay (me )?back)\b")
_WANTS_ANOTHER = re.compile(
    r"\b(replace\w*|new one|another one|send (me )?(it|another|a new)|exchange|send it again)\b"
)


async def next_step(turn: Turn, business: Business, problem: Problem, order: Order) -> NextStep:
    """Decide by the policy what is done about a problem with the caller's own order."""
    history = History(
        promised_on=await business.order_promises.costly_days(order.customer_id),
        returned=await business.returns.of_order(order.number),
    )
    policy = business.order_policy.current()
    return decide(policy, problem, order, business.now().date(), history)


async def take(
    turn: Turn, business: Business, problem: Problem, order: Order, *, asked_for: bool = True
) -> None:
    """Take the next step about a problem with the caller's own order.

    Args:
        turn: The caller's turn.
        business: The company.
        problem: What is wrong or wanted.
        order: The order.
        asked_for: Whether the caller has a problem; otherwise a trace is only offered.
    """
    step = await next_step(turn, business, problem, order)
    promised = await _promised_before(business, step, order)
    if promised is not None:
        await _tell_promised(turn, business, promised, problem, order)
        return
    items = spoken_items(order)
    match step.step:
        case "tell":
            await _tell(turn, business, problem, order)
            await agenda.done(turn, business)
        case "wait":
            turn.say(str(step.say), **_values(business, order))
            await agenda.done(turn, business)
        case "trace" if asked_for:
            await _promise(turn, business, "trace", step, problem, order)
        case "trace":
            turn.ask("offer_trace")
        case "replacement" | "refund" if step.alternative not in (None, step.step):
            turn.ask(_choice_for(turn.text.lower()), items=items)
        case "replacement" | "refund":
            turn.ask(f"offer_{step.step}", items=items)
        case "return_label":
            turn.ask("offer_label", items=items)
        case "cancel" if not order.is_cancellable():
            reason = why_not_cancellable(order)
            await _refuse_cancelling(turn, business, "utter_not_cancellable", reason)
        case "cancel":
            turn.ask("confirm_cancel", items=items)
        case "send_copy":
            await _send_copy(turn, business, step, order)
        case "refuse":
            await _refuse(turn, business, step, problem, order)
        case "person" if _may_be_misheard(turn):
            turn.ask("confirm_problem", problem=_PROBLEM_IN_WORDS[problem].format(items=items))
        case "person":
            to_a_person(turn, problem)


async def answer(turn: Turn, business: Business, problem: Problem, order: Order) -> bool:
    """Take the answer to an offer; returns whether it was an answer.

    The policy is asked once more, so that nothing is done that it does not allow by now.
    """
    if turn.awaiting == "confirm_problem":
        return _answer_problem(turn, problem)
    step = await next_step(turn, business, problem, order)
    wanted = _wanted(turn, step)
    if wanted is None:
        return False
    if wanted is False:
        await _declined(turn, business, problem)
    elif isinstance(wanted, str) and wanted not in (step.step, step.alternative):
        to_a_person(turn, problem)
    else:
        chosen: Step = step.step if wanted is True else wanted
        if chosen in _DOING:
            await _DOING[chosen](turn, business, step, problem, order)
        else:
            # It was possible when it was offered: the order has moved on since.
            await take(turn, business, problem, order)
    return True


def to_a_person(turn: Turn, problem: Problem, *, reason: str = "complex") -> None:
    """Hand the call over, and say why if nothing has been told yet."""
    if not turn.messages:
        turn.say("utter_problem_needs_person")
    turn.note("actions_not_done", _NOT_DONE[problem])
    turn.escalate(reason)


def _may_be_misheard(turn: Turn) -> bool:
    """Tell whether this turn told of the problem, and was not understood with certainty."""
    told = turn.intent == turn.get("problem")
    return told and turn.confidence is not None and turn.confidence < SURELY_MEANT


def _answer_problem(turn: Turn, problem: Problem) -> bool:
    agreed = turn.yes_or_no()
    if agreed is None and turn.intent != turn.get("problem"):
        return False
    if agreed is False:
        agenda.forget(turn, keep_order=True)
        turn.ask("what_then")
    else:
        to_a_person(turn, problem)
    return True


def _wanted(turn: Turn, step: NextStep) -> Step | bool | None:
    """Read an answer to an offer: a step by name, yes, no, or None when it is neither."""
    lowered = turn.text.lower()
    agreed = turn.yes_or_no()
    if turn.awaiting in ("replacement_or_refund", "offer_replacement", "offer_refund"):
        if re.search(r"\b(neither|nothing)\b", lowered):
            return False
        money, another = _WANTS_MONEY.search(lowered), _WANTS_ANOTHER.search(lowered)
        if money and not another:
            return "refund"
        if another and not money:
            return "replacement"
        if turn.awaiting == "replacement_or_refund":
            for place, word in enumerate(("first", "second")):
                if re.search(rf"\b{word}\b", lowered):
                    return ("replacement", "refund")[place]
            # "Yes" to "this or that?" takes what was named first.
            return agreed
        if agreed:
            return "refund" if turn.awaiting == "offer_refund" else "replacement"
    if turn.awaiting == "confirm_cancel" and turn.intent == "cancel_order" and agreed is None:
        # "Yes, cancel it" and a mere "cancel it" both agree.
        return True
    if turn.awaiting == "offer_label" and turn.intent == "return_refund" and agreed is None:
        return True
    return agreed


def _choice_for(text: str) -> str:
    """Choose what to offer where either is possible: what the caller has asked for already."""
    money, another = _WANTS_MONEY.search(text), _WANTS_ANOTHER.search(text)
    if bool(money) == bool(another):
        return "replacement_or_refund"
    return "offer_refund" if money else "offer_replacement"


async def _promised_before(business: Business, step: NextStep, order: Order) -> OrderPromise | None:
    for promise in await business.order_promises.of_order(order.number):
        if promise.step == step.step or (promise.step in COSTLY and step.step != "tell"):
            return promise
    return None


async def _tell_promised(
    turn: Turn, business: Business, promise: OrderPromise, problem: Problem, order: Order
) -> None:
    now = business.now()
    if promise.due_at < now:
        to_a_person(turn, problem)
        return
    due = promise.due_at.astimezone(business.settings.zone).date()
    turn.say(f"utter_already_{promise.step}", by=spoken_by(due, now.date()))
    await agenda.done(turn, business)


async def _tell(turn: Turn, business: Business, problem: Problem, order: Order) -> None:
    returned = await business.returns.of_order(order.number)
    today = business.now().date()
    if returned is not None and problem in ("return", "refund"):
        tell_return(turn, returned, today, business.order_policy.current().refund_days)
    else:
        tell_order(turn, order, today, own=True)


def _values(business: Business, order: Order) -> dict[str, str]:
    today = business.now().date()
    day = order.expected_on or order.delivered_on
    return {
        "items": spoken_items(order),
        "subject": f"your order with the {spoken_items(order)}",
        "day": spoken_day(day, today) if day else "soon",
        "days": str(business.order_policy.current().return_days or 0),
    }


async def _promise(
    turn: Turn, business: Business, step: Step, decided: NextStep, problem: Problem, order: Order
) -> None:
    now = business.now()
    due = (decided.within or _SOON).after(now)
    made = await business.order_promises.make(step, problem, order, due, turn.call_id, now)
    by = spoken_by(made.due_at.astimezone(business.settings.zone).date(), now.date())
    done = _DONE[step].format(number=order.number)
    turn.note("actions_done", done)
    turn.note(
        "promises", f"{done.split(' ', 1)[1].capitalize()}, done {by} (ticket {made.ticket_id})"
    )
    say = decided.say if step == decided.step else f"utter_{step}_promised"
    if problem == "lost" and order.delivered_on and step == "trace":
        turn.say("utter_delivered_by_records", day=spoken_day(order.delivered_on, now.date()))
    turn.say(str(say), items=spoken_items(order), by=by)
    await agenda.done(turn, business)


async def _declined(turn: Turn, business: Business, problem: Problem) -> None:
    question = turn.awaiting
    turn.settle()
    if question == "confirm_cancel":
        turn.say("utter_cancel_kept")
    elif question in ("replacement_or_refund", "offer_replacement", "offer_refund"):
        turn.note("actions_not_done", _NOT_DONE[problem])
        turn.ask("offer_person")
        return
    else:
        turn.say("utter_left_as_it_is")
    await agenda.done(turn, business)


async def _cancel(
    turn: Turn, business: Business, step: NextStep, problem: Problem, order: Order
) -> None:
    try:
        await business.orders.cancel(order.number, business.now())
    except NotCancellable as refusal:
        await _refuse_cancelling(turn, business, "utter_not_cancellable", refusal.reason)
        return
    turn.note("actions_done", f"Cancelled order {order.number}")
    turn.say(str(step.say), items=spoken_items(order))
    await agenda.done(turn, business)


async def _refuse(
    turn: Turn, business: Business, step: NextStep, problem: Problem, order: Order
) -> None:
    if problem == "cancel":
        await _refuse_cancelling(turn, business, str(step.say), why_not_cancellable(order))
        return
    turn.note("actions_not_done", _NOT_DONE[problem])
    turn.say(str(step.say), **_values(business, order))
    turn.ask("offer_person")


async def _refuse_cancelling(turn: Turn, business: Business, say: str, reason: str) -> None:
    turn.note("actions_not_done", f"Order not cancelled: {reason}")
    turn.say(say, reason=reason)
    await agenda.done(turn, business)


async def _send_label(
    turn: Turn, business: Business, step: NextStep, problem: Problem, order: Order
) -> None:
    customer = await business.customers.get(order.customer_id)
    now = business.now()
    kind = customer and await business.returns.send_label(
        order, customer, turn.call_id, now, now.date()
    )
    if not kind:
        to_a_person(turn, problem)
        return
    way = "e-mail" if kind == "email" else "text message"
    turn.note("actions_done", f"Sent a return label for order {order.number} by {way}")
    turn.note("promises", f"A refund of order {order.number} once the goods are back")
    turn.say(str(step.say), way=way)
    await agenda.done(turn, business)


async def _send_copy(turn: Turn, business: Business, step: NextStep, order: Order) -> None:
    customer = await business.customers.get(order.customer_id)
    if customer is None or not await business.invoices.send(
        order, customer, turn.call_id, business.now()
    ):
        to_a_person(turn, "invoice", reason="policy")
        return
    turn.note("actions_done", f"Sent a copy of the invoice for order {order.number}")
    turn.say(str(step.say), items=spoken_items(order))
    await agenda.done(turn, business)


def _promising(step: Step) -> Callable[..., Awaitable[None]]:
    async def promise(
        turn: Turn, business: Business, decided: NextStep, problem: Problem, order: Order
    ) -> None:
        await _promise(turn, business, step, decided, problem, order)

    return promise


_DOING: Final[dict[str, Callable[[Turn, Business, NextStep, Problem, Order], Awaitable[None]]]] = {
    "trace": _promising("trace"),
    "replacement": _promising("replacement"),
    "refund": _promising("refund"),
    "return_label": _send_label,
    "cancel": _cancel,
}
