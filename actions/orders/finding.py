"""Finding out which order a caller means: by their own orders first, else by its number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from actions import attempts, password_reset
from actions.business import Business
from actions.orders import which
from actions.orders.which import Known
from actions.turn import Turn
from actions.wording import spoken_day, spoken_items, spoken_number
from contact_center.order_numbers import is_near
from contact_center.order_policy import Problem
from contact_center.orders import Order
from contact_center.spoken_numbers import ORDER_DIGITS, continued, corrected, weighed

OWN_ORDERS = 10
FINDING_QUESTIONS: Final = frozenset(
    {
        "order_number",
        "rest_of_number",
        "confirm_number",
        "confirm_recent",
        "confirm_near",
        "which_order",
    }
)

_WITHOUT_NUMBER = re.compile(
    r"\b(don't|do not|can't|cannot|didn't|haven't|dunno|no idea|lost|forgot|not sure|without"
    r"|no (order )?number)\b"
)
# "The usual one" says no digit.
_COUNTS_NOTHING = re.compile(
    r"\b(?!(?:is|it's|sorry|no|not|um|uh|oh|then|and|yes|digit|number) )[a-z]+ one\b"
)
# There is a number, but the caller cannot make it out.
_UNREADABLE = re.compile(
    r"\b(can't|cannot|can not|couldn't|could not|hard to|impossible to) (?:\w+ ){0,2}"
    r"(read|make (?:\w+ )?out)\b|\b(unreadable|smudged|blurry|faded|torn off)\b"
)
# Of a number that lacks digits.
_ALL_THERE_IS = re.compile(
    r"\b(only|no more|that's (it|all)|that is (it|all)|there (are|is) no|nothing (else|more)"
    r"|the whole (thing|number)|doesn't go on|does not go on)\b"
)
_ANOTHER = re.compile(
    r"\b(another|other|different|second|more) (order|one|package|parcel|thing)s?\b"
)


@dataclass(frozen=True)
class Reply:
    """What came of an utterance.

    Attributes:
        understood: Whether it said something about which order it is.
        order: The order, once it is known; until then a question has been asked.
    """

    understood: bool
    order: Order | None = None


ASKED: Final = Reply(True)
NOT_UNDERSTOOD: Final = Reply(False)


async def known_to(turn: Turn, business: Business) -> Known:
    """Collect what is known when this caller says which order they mean."""
    orders: list[Order] = []
    if turn.customer_id is not None and turn.get("active_task") != "password_reset":
        orders = await business.orders.of_customer(turn.customer_id, limit=OWN_ORDERS)
    current = turn.get("order_number")
    return Known(
        orders,
        business.now().date(),
        tuple(turn.get("order_choice") or ()),
        str(current) if current else None,
    )


def numbers_in(turn: Turn) -> tuple[str, ...]:
    """Read the complete order numbers of a turn, weighed over all that may have been heard."""
    return weighed(turn.hearings)


def has_no_number(turn: Turn) -> bool:
    """Tell whether a caller who was asked for a number says that there is none at hand."""
    asked = turn.awaiting in ("order_number", "rest_of_number")
    return asked and bool(_WITHOUT_NUMBER.search(turn.text.lower()))


async def find(
    turn: Turn, business: Business, problem: Problem | None, *, asked: bool = False
) -> Order | None:
    """Find the order of a request, or ask for it.

    Args:
        turn: The caller's turn with the request.
        business: The company.
        problem: What is wrong or wanted; None for where the order is.
        asked: Whether the line was asking for an order already, so that failed attempts count on.

    Returns:
        The order; None when a question has been asked instead.
    """
    if not asked:
        turn.set(number_attempts=0)
        attempts.understood(turn, attempts.WHICH_ORDER)
    said = numbers_in(turn)
    if said:
        return (await _by_numbers(turn, business, said)).order
    known = await known_to(turn, business)
    picked = which.meant(turn.text, known)
    if len(picked) == 1:
        return picked[0]
    another = _ANOTHER.search(turn.text.lower())
    if not picked and not another and turn.get("order_confirmed") and turn.get("order_number"):
        return await business.orders.find(str(turn.get("order_number")))
    turn.set(partial_number=None, candidate=None, recent_offered=False)
    if not known.orders:
        turn.ask("order_number")
        return None
    if not picked:
        assert turn.customer_id is not None
        returns = await business.returns.of_customer(turn.customer_id)
        left = [order for order in known.orders if not another or order.number != known.current]
        picked = which.likely(problem, left or known.orders, returns, known.today)
        if len(picked) == 1 and problem != "invoice":
            return picked[0]
    ask_which(turn, known, picked)
    return None


async def answer(turn: Turn, business: Business) -> Reply:
    """Take the caller's answer to a question about which order it is.

    Args:
        turn: The caller's turn; one of `FINDING_QUESTIONS` is open.
        business: The company.

    Returns:
        The order, if it is known now; whether it was an answer at all.
    """
    match turn.awaiting:
        case "which_order" | "confirm_recent":
            return await _answer_which(turn, business)
        case "confirm_number" | "confirm_near":
            return await _answer_read_back(turn, business)
        case "order_number" | "rest_of_number":
            return await _answer_number(turn, business)
        case _:
            return NOT_UNDERSTOOD


async def unclear(turn: Turn, business: Business) -> bool:
    """Count an answer that does not tell which order it is.

    Args:
        turn: The caller's turn; one of `FINDING_QUESTIONS` is open.
        business: The company.

    Returns:
        Whether it was one too many, so that something else has been done about it.
    """
    if not attempts.unclear(turn, attempts.WHICH_ORDER):
        return False
    await _out_of_attempts(turn)
    return True


def ask_which(turn: Turn, known: Known, orders: tuple[Order, ...]) -> None:
    """Ask which of a caller's own orders is meant; a single one is asked for by yes or no."""
    orders = orders[: which.MOST_NAMED]
    offered = [order.number for order in orders]
    turn.set(order_choice=offered, recent_offered=True)
    if len(orders) == 1:
        placed = spoken_day(orders[0].placed_on, known.today)
        turn.set(candidate=orders[0].number)
        turn.ask("confirm_recent", items=spoken_items(orders[0]), placed=placed)
    else:
        turn.ask("which_order", **which.as_options(orders, known.today))


async def _answer_which(turn: Turn, business: Business) -> Reply:
    said = numbers_in(turn)
    if said:
        return await _by_numbers(turn, business, said)
    known = await known_to(turn, business)
    for text in turn.hearings:
        picked = which.meant(text, known, asked=True)
        if len(picked) == 1:
            return Reply(True, picked[0])
    picked = which.meant(turn.text, known, asked=True)
    if picked and {order.number for order in picked} < set(known.offered):
        ask_which(turn, known, picked)
        return ASKED
    agreed = turn.yes_or_no()
    if turn.awaiting == "confirm_recent" and agreed:
        return Reply(True, await business.orders.find(str(turn.get("candidate"))))
    part = continued("", turn.text)
    if len(part) > 1:  # "the other one" says no digit
        return await _take_part(turn, business, part)
    if agreed is False or which.NEITHER.search(turn.text.lower()):
        _offer_others(turn, known)
        return ASKED
    return NOT_UNDERSTOOD


def _offer_others(turn: Turn, known: Known) -> None:
    """Name the caller's further orders; when there are none left, ask for the number."""
    heard_of = {*known.offered, *(turn.get("orders_refused") or ())}
    others = tuple(order for order in known.orders if order.number not in heard_of)
    turn.set(orders_refused=sorted(heard_of), candidate=None)
    if others:
        ask_which(turn, known, others)
    elif int(turn.get("number_attempts") or 0):
        _give_up(turn)
    else:
        turn.ask("order_number")


async def _answer_number(turn: Turn, business: Business) -> Reply:
    said = numbers_in(turn)
    partial = str(turn.get("partial_number") or "")
    if said and not partial:
        return await _by_numbers(turn, business, said)
    lowered = turn.text.lower()
    resets = turn.get("active_task") == "password_reset"
    lacks_digits = bool(partial) and not said and bool(_ALL_THERE_IS.search(lowered))
    if lacks_digits or (_UNREADABLE.search(lowered) and not resets):
        await _cannot_tell(turn, business)
        return ASKED
    joined = continued(partial, turn.text)
    without = _WITHOUT_NUMBER.search(lowered)
    # "I don't have one" says no digit.
    no_digit = without or _COUNTS_NOTHING.search(lowered)
    if joined != partial and not (no_digit and len(joined) == len(partial) + 1):
        return await _take_part(turn, business, joined)
    if said:
        return await _by_numbers(turn, business, said)
    known = await known_to(turn, business)
    picked = which.meant(turn.text, known, asked=True)
    if len(picked) == 1:
        return Reply(True, picked[0])
    if turn.intent == "deny" or without:
        await _by_caller(turn, business)
        return ASKED
    return NOT_UNDERSTOOD


async def _take_part(turn: Turn, business: Business, joined: str) -> Reply:
    """Join a number that is said in pieces, with pauses between them."""
    missing = ORDER_DIGITS - sum(symbol.isdigit() for symbol in joined)
    if missing > 0:
        attempts.understood(turn, attempts.WHICH_ORDER)
        turn.set(partial_number=joined)
        turn.ask("rest_of_number", heard=spoken_number(joined), length=missing)
        return ASKED
    if missing == 0:
        return await _by_numbers(turn, business, (joined,))
    return await _failed(turn, business, "utter_number_too_long")


async def _by_numbers(turn: Turn, business: Business, numbers: Iterable[str]) -> Reply:
    """Weigh heard numbers against the caller's own orders, else read the likeliest one back.

    Whoever has not been matched hears only what was heard: the order book is not asked, so that
    nobody can fish for numbers that exist.
    """
    numbers = tuple(numbers)
    attempts.understood(turn, attempts.WHICH_ORDER)
    turn.set(partial_number=None)
    known = await known_to(turn, business)
    for number in numbers:
        for order in known.orders:
            if number in (order.number, order.number[-ORDER_DIGITS:]):
                return Reply(True, order)
    near = [
        order for order in known.orders if any(is_near(number, order.number) for number in numbers)
    ]
    refused = set(turn.get("orders_refused") or ())
    if len(near) == 1 and near[0].number not in refused:
        turn.set(candidate=near[0].number, said_number=numbers[0])
        turn.ask("confirm_near", items=spoken_items(near[0]), number=spoken_number(near[0].number))
        return ASKED
    turn.set(candidate=numbers[0])
    turn.ask("confirm_number", number=spoken_number(numbers[0]))
    return ASKED


async def _answer_read_back(turn: Turn, business: Business) -> Reply:
    candidate = str(turn.get("candidate"))
    agreed = turn.yes_or_no()
    repairs = [number for text in turn.hearings for number in corrected(candidate, text)]
    if agreed is not True and repairs:
        return await _by_numbers(turn, business, dict.fromkeys(repairs))
    if agreed or candidate in numbers_in(turn):
        return await _accept(turn, business, candidate)
    picked = which.meant(turn.text, await known_to(turn, business), asked=True)
    if len(picked) == 1 and picked[0].number != candidate:
        return Reply(True, picked[0])
    if agreed is None:
        return NOT_UNDERSTOOD
    if turn.awaiting == "confirm_near" and turn.get("said_number"):
        # Not the order that it resembles: then it is the one that was heard.
        said = str(turn.get("said_number"))
        refused = [*(turn.get("orders_refused") or ()), candidate]
        turn.set(candidate=said, said_number=None, orders_refused=refused)
        turn.ask("confirm_number", number=spoken_number(said))
        return ASKED
    return await _failed(turn, business, "utter_number_misheard")


async def _accept(turn: Turn, business: Business, number: str) -> Reply:
    found = await business.orders.find(number)
    if turn.get("active_task") == "password_reset":
        turn.set(order_number=number, order_confirmed=True)
        await password_reset.identified_by_order(turn, found)
        return ASKED
    if found is None:
        return await _failed(turn, business, "utter_order_not_found")
    return Reply(True, found)


async def _failed(turn: Turn, business: Business, response: str) -> Reply:
    times = int(turn.get("number_attempts") or 0) + 1
    turn.set(number_attempts=times, partial_number=None, candidate=None)
    if times >= attempts.MOST:
        await _out_of_attempts(turn)
        return ASKED
    turn.say(response)
    await _ask_otherwise(turn, business)
    return ASKED


async def _cannot_tell(turn: Turn, business: Business) -> None:
    """Help a caller along who has a number but cannot say it: by what they ordered, if known."""
    turn.set(partial_number=None)
    if await unclear(turn, business):
        return
    if not (await known_to(turn, business)).orders or turn.get("recent_offered"):
        turn.say("utter_help_order_number")
    await _ask_otherwise(turn, business)


async def _ask_otherwise(turn: Turn, business: Business) -> None:
    """Ask by what was ordered where that is known and has not been tried, else for the number."""
    known = await known_to(turn, business)
    if known.orders and not turn.get("recent_offered"):
        ask_which(turn, known, tuple(known.orders))
    else:
        turn.ask("order_number")


async def _out_of_attempts(turn: Turn) -> None:
    if turn.get("active_task") == "password_reset":
        # As for a number without an account: nobody may find out by calling.
        await password_reset.identified_by_order(turn, None)
    else:
        _give_up(turn)


async def _by_caller(turn: Turn, business: Business) -> None:
    """Look the order up by who is calling; failing that, a person does."""
    if turn.get("active_task") == "password_reset":
        await _out_of_attempts(turn)
        return
    known = await known_to(turn, business)
    refused = set(turn.get("orders_refused") or ())
    left = tuple(order for order in known.orders if order.number not in refused)
    if left and not turn.get("recent_offered"):
        ask_which(turn, known, left)
    else:
        _give_up(turn)


def _give_up(turn: Turn) -> None:
    turn.say("utter_order_not_identified")
    turn.note("actions_not_done", "Could not find out which order it is")
    turn.escalate("repeated_failure")
