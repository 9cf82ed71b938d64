"""Which of their own orders a caller means."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions.orders.which import Known, as_options, likely, meant, named
from contact_center.order_policy import Problem
from contact_center.orders import Order, OrderItem, OrderState
from contact_center.returns import Return

# A Monday.
TODAY = date(2026, 11, 23)


def order(
    number: str,
    *items: str,
    state: OrderState = "shipped",
    placed: int = 5,
    expected: int | None = None,
    delivered: int | None = None,
) -> Order:
    """An order; days count from today, backwards where it was placed or delivered."""
    return Order(
        number=number,
        customer_id=1,
        placed_on=TODAY - timedelta(days=placed),
        state=state,
        items=tuple(OrderItem(item, 1, 1000) for item in items),
        shipments=(),
        expected_on=None if expected is None else TODAY + timedelta(days=expected),
        delivered_on=None if delivered is None else TODAY - timedelta(days=delivered),
        total_cents=1000 * len(items),
    )


BOOTS = order("482913", "a pair of hiking boots", "a pair of wool socks", placed=3, expected=1)
LAMP = order("715204", "a floor lamp", placed=12, expected=-6)
TENT = order("350866", "a two-person tent", state="processing", placed=0, expected=5)
BIG_TENT = order("B903157", "a four-person tent", state="delivered", placed=20, delivered=9)
PACK = order("628471", "a day pack", state="delivered", placed=60, delivered=50)
ALL = (TENT, BOOTS, LAMP, BIG_TENT, PACK)
OFFERED = (TENT.number, BOOTS.number, LAMP.number)


def numbers(found: tuple[Order, ...]) -> list[str]:
    return [each.number for each in found]


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("the boots", BOOTS),
        ("i mean the wool socks", BOOTS),
        ("the socks", BOOTS),
        ("my lamps", LAMP),
        ("uh the light", LAMP),
        ("the four person tent", BIG_TENT),
        ("the two person one the tent", TENT),
        ("the first one", TENT),
        ("the second one please", BOOTS),
        ("the third", LAMP),
        ("the last one", LAMP),
        ("the most recent one", TENT),
        ("the oldest one", LAMP),
        ("the one that is late", LAMP),
        ("the late one", LAMP),
        ("the one coming tomorrow", BOOTS),
        ("the one i ordered today", TENT),
        ("it ends in two oh four", LAMP),
        ("it starts with three five", TENT),
        ("seven one five two oh four", LAMP),
        ("the backpack", PACK),
    ],
)
def test_ways_to_name_one(text: str, which: Order) -> None:
    assert numbers(meant(text, Known(ALL, TODAY, OFFERED), asked=True)) == [which.number]


def test_the_other_one_is_the_one_that_was_not_spoken_about() -> None:
    known = Known(ALL, TODAY, (BOOTS.number, LAMP.number), current=BOOTS.number)
    assert numbers(meant("no the other one", known)) == [LAMP.number]


def test_the_other_one_of_three_is_not_clear() -> None:
    assert meant("the other one", Known(ALL, TODAY, OFFERED, BOOTS.number)) == ()


def test_words_that_fit_two_name_both() -> None:
    assert numbers(meant("the tent", Known(ALL, TODAY))) == [TENT.number, BIG_TENT.number]


def test_of_two_that_fit_the_one_that_was_named_to_the_caller_is_meant() -> None:
    assert numbers(meant("the tent", Known(ALL, TODAY, OFFERED))) == [TENT.number]


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "what day will it come",
        "no thanks",
        "i want a person",
        "when are you open on friday",
        "can you slow down",
        "first of all hello",
        "",
    ],
)
def test_other_words_name_none(text: str) -> None:
    assert meant(text, Known(ALL, TODAY)) == ()


@pytest.mark.parametrize(
    ("problem", "which"),
    [
        (None, [TENT, BOOTS, LAMP]),
        ("late", [LAMP]),
        ("lost", [LAMP, BIG_TENT]),
        ("damaged", [BIG_TENT]),
        ("cancel", [TENT]),
        ("return", [BIG_TENT]),
        ("refund", [PACK]),
        ("invoice", [TENT, BOOTS, LAMP]),
    ],
)
def test_the_likeliest_for_each_wish(problem: Problem | None, which: list[Order]) -> None:
    back = {PACK.number: Return(PACK.number, "in_transit", 1000, TODAY, None, None)}
    assert likely(problem, ALL, back, TODAY) == tuple(which)


def test_without_a_likely_one_the_latest_are() -> None:
    assert likely("cancel", (BIG_TENT, PACK), {}, TODAY) == (BIG_TENT, PACK)


def test_orders_of_the_same_thing_are_told_apart_by_their_day() -> None:
    again = order("111111", "a floor lamp", placed=1)
    assert named((again, LAMP, BOOTS), TODAY) == [
        "the floor lamp from yesterday",
        "the floor lamp from November 11",
        "the hiking boots",
    ]


def test_the_words_to_listen_for_are_spoken_words() -> None:
    options = as_options((TENT, BOOTS), TODAY)
    assert options["options"] == "the two-person tent or the hiking boots"
    choices = options["choices"]
    assert isinstance(choices, list)
    assert {"two person tent", "the tent", "boots", "the second one"} <= set(choices)
