"""Which of their own orders a caller means: by product words, place, date, state or digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from actions.spoken_dates import when
from actions.wording import spoken_day, spoken_item
from contact_center.order_policy import Problem
from contact_center.orders import UNDELIVERED, Order
from contact_center.returns import Return
from contact_center.spoken_numbers import candidates, fragment

MOST_NAMED = 3
NEITHER: Final = re.compile(
    r"\b(neither|none( of (them|those|these))?|another (one|order)|a different (one|order)|"
    r"something else|not (any of|one of) (them|those|these))\b"
)
BOTH: Final = re.compile(r"\b(both|all of (them|it)|all three|each of them|every one)\b")

_WORD = re.compile(r"[a-z]+")
# Of "a pair of hiking boots" and "a four-person tent" these say nothing by themselves.
_WEAK_WORDS = "a an the of and pair set some one two three four first person kit"
_WEAK = frozenset(_WEAK_WORDS.split())
# What a caller may call a thing that the catalogue calls otherwise.
_ALSO: Final[dict[str, frozenset[str]]] = {
    "sneaker": frozenset({"shoe"}),
    "runner": frozenset({"shoe"}),
    "shoe": frozenset({"boot"}),
    "coat": frozenset({"jacket"}),
    "pant": frozenset({"trouser"}),
    "jean": frozenset({"trouser"}),
    "sweater": frozenset({"pullover"}),
    "bag": frozenset({"pack", "backpack", "duffel"}),
    "backpack": frozenset({"pack"}),
    "cup": frozenset({"mug"}),
    "light": frozenset({"lamp", "headlamp", "lantern"}),
    "flashlight": frozenset({"headlamp"}),
    "bike": frozenset({"bicycle"}),
    "blanket": frozenset({"throw"}),
    "rug": frozenset({"mat"}),
}
_PLACES: Final = (
    (re.compile(r"\b(first|former)\b(?! (name|time|of all))"), 0),
    (re.compile(r"\b(second|middle)\b(?! (hand|time))"), 1),
    (re.compile(r"\bthird\b"), 2),
    (re.compile(r"\b(last|latter) (one|of)\b|^(the )?(last|latter)$"), -1),
)
_NEWEST = re.compile(
    r"\b(latest|newest|most recent|recent|last (order|thing)|just (ordered|bought))"
)
_OLDEST = re.compile(r"\b(oldest|earliest|older) (one|order)\b|^(the )?(oldest|older|earliest)$")
_OTHER = re.compile(r"\b(other|different) (one|order|package|parcel|thing)\b|^(no )?the other$")
_ABOUT_A_DAY = re.compile(
    r"\b(ordered|bought|placed|from|arriv\w*|com(es?|ing)|deliver\w*|gets?|due|one)\b"
)
_STATES: Final[tuple[tuple[re.Pattern[str], Callable[[Order, date], bool]], ...]] = (
    (re.compile(r"\b(late|overdue|delayed) (one|order|package)\b|\bthat('s| is) late\b"),
     lambda order, today: order.is_late(today)),
    (re.compile(r"\bthat (was delivered|came|arrived)\b|\b(delivered|arrived) (one|order)\b"),
     lambda order, _: order.state == "delivered"),
    (re.compile(r"\bthat('s| is) (coming|on its way|arriving)\b"),
     lambda order, today: order.state in UNDELIVERED and not order.is_late(today)),
)  # fmt: skip
_ENDS = re.compile(r"\b(ends?|ending|last (two|three|four|digits?|numbers?))\b")
_STARTS = re.compile(r"\b(starts?|starting|begins?|beginning|first (two|three|four|digits?))\b")

_RECENTLY = timedelta(days=30)
_LONG_AGO = timedelta(days=60)


@dataclass(frozen=True)
class Known:
    """What is known when a caller says which order they mean.

    Attributes:
        orders: The caller's own orders, newest first.
        offered: Numbers of the orders that were named to the caller, in that order.
        current: Number of the order that was spoken about last.
        today: The current day.
    """

    orders: Sequence[Order]
    today: date
    offered: Sequence[str] = ()
    current: str | None = None


def meant(text: str, known: Known, *, asked: bool = False) -> tuple[Order, ...]:
    """Find which orders a caller means.

    Args:
        text: What the recogniser heard.
        known: The orders that may be meant.
        asked: Whether the caller was asked which order it is, so that few words are enough.

    Returns:
        The order; several when the words fit several; none when they name no order.
    """
    lowered = text.lower()
    offered = _by_numbers(known.orders, known.offered)
    for found in (
        _by_digits(lowered, known.orders),
        _by_items(lowered, known.orders, known.offered),
        _by_place(lowered, offered, known) if asked or offered else (),
        _by_state(lowered, known),
        _by_day(lowered, known) if asked or _ABOUT_A_DAY.search(lowered) else (),
    ):
        if found:
            return found
    return ()


def likely(
    problem: Problem | None, orders: Sequence[Order], returns: Mapping[str, Return], today: date
) -> tuple[Order, ...]:
    """Choose the orders that a problem is probably about.

    Args:
        problem: What is wrong or wanted; None for where an order is.
        orders: The caller's own orders, newest first.
        returns: What is on its way back, by order number.
        today: The current day.

    Returns:
        Those that fit best, newest first; the latest few when none fits.
    """
    for fits in _LIKELY[problem]:
        found = tuple(order for order in orders if fits(order, returns.get(order.number), today))
        if found:
            return found
    return tuple(orders[:MOST_NAMED])


def named(orders: Sequence[Order], today: date) -> list[str]:
    """Name orders so that they can be told apart.

    Args:
        orders: The orders.
        today: The current day.

    Returns:
        Such as ["the hiking boots", "the floor lamp"], with the day on which they were ordered
        where two begin with the same item.
    """
    firsts = [spoken_item(order.items[0].name) if order.items else "order" for order in orders]
    names = []
    for first, order in zip(firsts, orders, strict=True):
        placed = spoken_day(order.placed_on, today).removeprefix("on ")
        names.append(f"the {first} from {placed}" if firsts.count(first) > 1 else f"the {first}")
    return names


def as_options(orders: Sequence[Order], today: date) -> dict[str, object]:
    """Put orders into a question.

    Args:
        orders: At least two, at most `MOST_NAMED`.
        today: The current day.

    Returns:
        The values of the question: the words to say, and the words to listen for.
    """
    names = named(orders, today)
    choices: dict[str, None] = {}
    for order in orders:
        for item in order.items:
            words = re.sub(r"[^a-z ]", " ", spoken_item(item.name).lower()).split()
            for said in (" ".join(words), words[-1]):
                choices |= {said: None, f"the {said}": None}
    choices |= dict.fromkeys(("the first one", "the second one", "the last one", "neither"))
    return {"options": f"{', '.join(names[:-1])} or {names[-1]}", "choices": list(choices)}


def _by_numbers(orders: Sequence[Order], numbers: Collection[str]) -> tuple[Order, ...]:
    by_number = {order.number: order for order in orders}
    return tuple(by_number[number] for number in numbers if number in by_number)


def _by_digits(text: str, orders: Sequence[Order]) -> tuple[Order, ...]:
    said = candidates(text)
    exact = tuple(order for order in orders if order.number in said)
    if exact:
        return exact[:1]
    digits = fragment(text)
    if 2 <= len(digits) <= 5:
        if _ENDS.search(text):
            return tuple(order for order in orders if order.number.endswith(digits))
        if _STARTS.search(text):
            return tuple(order for order in orders if order.number[-6:].startswith(digits))
    return ()


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _by_items(text: str, orders: Sequence[Order], offered: Collection[str]) -> tuple[Order, ...]:
    said = {_stem(word) for word in _WORD.findall(text)}
    scores = [(_score(said, order), order) for order in orders]
    best = max((score for score, _ in scores), default=0.0)
    if best == 0:
        return ()
    found = tuple(order for score, order in scores if score == best)
    # Of two that fit as well, the one that was named to the caller is meant.
    return tuple(order for order in found if order.number in offered) or found


def _score(said: set[str], order: Order) -> float:
    best = 0.0
    for item in order.items:
        words = [_stem(word) for word in _WORD.findall(spoken_item(item.name).lower())]
        strong = {word for word in words if word not in _WEAK} | set(words[-1:])
        exact = strong & said
        also = {other for word in said for other in _ALSO.get(word, ())} & strong - said
        # A thing is called by its last word: "what day is it" is not about a day pack.
        if set(words[-1:]) & (exact | also) or len(exact) > 1:
            weak = len((set(words) - strong) & said)
            best = max(best, len(exact) + 0.5 * bool(also) + 0.1 * weak)
    return best


def _by_place(text: str, offered: Sequence[Order], known: Known) -> tuple[Order, ...]:
    if _OTHER.search(text):
        others = [order for order in offered if order.number != known.current]
        return (others[0],) if len(others) == 1 else ()
    if _NEWEST.search(text):
        return (max(offered or known.orders, key=lambda order: order.placed_on),)
    if _OLDEST.search(text):
        return (min(offered or known.orders, key=lambda order: order.placed_on),)
    for pattern, place in _PLACES:
        if pattern.search(text) and -len(offered) <= place < len(offered):
            return (offered[place],)
    return ()


def _by_state(text: str, known: Known) -> tuple[Order, ...]:
    for pattern, fits in _STATES:
        if pattern.search(text):
            return tuple(order for order in known.orders if fits(order, known.today))
    return ()


def _by_day(text: str, known: Known) -> tuple[Order, ...]:
    if "yesterday" in text.split():
        day: date | None = known.today - timedelta(days=1)
    else:
        day = when(text, known.today).day
    if day is None:
        return ()
    # "Monday" is the next one for opening hours; of an order it may have been the last one.
    week = timedelta(days=7)
    for days in ({day}, {day - week}):
        found = tuple(order for order in known.orders if days & _days_of(order))
        if found:
            return found
    return ()


def _days_of(order: Order) -> set[date | None]:
    parts = {part.expected_on for part in order.parts()}
    return {order.placed_on, order.expected_on, order.delivered_on} | parts


_Fits = Callable[[Order, Return | None, date], bool]


def _open(order: Order, _: Return | None, today: date) -> bool:
    return order.state in UNDELIVERED


def _late(order: Order, _: Return | None, today: date) -> bool:
    return order.is_late(today)


def _cancellable(order: Order, _: Return | None, today: date) -> bool:
    return order.is_cancellable()


def _came(within: timedelta) -> _Fits:
    def fits(order: Order, returned: Return | None, today: date) -> bool:
        came = [part.delivered_on for part in order.parts() if part.delivered_on]
        last = order.delivered_on or max(came, default=None)
        sent_back = order.state in ("returned", "refunded") or returned is not None
        return last is not None and last >= today - within and not sent_back

    return fits


def _late_or_came(order: Order, returned: Return | None, today: date) -> bool:
    return order.is_late(today) or _came(_RECENTLY)(order, returned, today)


def _going_back(order: Order, returned: Return | None, today: date) -> bool:
    if returned is None:
        return False
    paid = returned.refunded_on
    return paid is None or paid >= today - _RECENTLY


_HERE: Final[tuple[_Fits, ...]] = (_came(_RECENTLY), _came(_LONG_AGO), _open)
_LIKELY: Final[dict[Problem | None, tuple[_Fits, ...]]] = {
    None: (_open, _came(_RECENTLY)),
    "late": (_late, _open, _came(_RECENTLY)),
    "lost": (_late_or_came, _open),
    "damaged": _HERE,
    "wrong_item": _HERE,
    "part_missing": (lambda order, _, today: bool(order.parts()), *_HERE),
    "cancel": (_cancellable, _open),
    "return": _HERE,
    "refund": (_going_back, *_HERE),
    "invoice": (),
}
