"""A turn of a call as a skill sees it."""

from __future__ import annotations

import pytest

from actions.turn import Turn


def test_each_thing_is_counted_by_itself() -> None:
    turn = Turn("c1", slots={"asked": {"code": 1}})
    assert turn.count("order_number") == 1
    assert turn.count("code") == 2
    assert (turn.counted("order_number"), turn.counted("code")) == (1, 2)
    assert turn.changes == {"asked": {"code": 2, "order_number": 1}}


def test_what_never_happened_is_counted_as_nothing() -> None:
    turn = Turn("c1")
    assert turn.counted("code") == 0
    turn.count_anew("code")
    assert turn.changes == {}


def test_one_thing_is_counted_anew() -> None:
    turn = Turn("c1", slots={"asked": {"code": 2, "wait": 1}})
    turn.count_anew("code")
    assert turn.changes == {"asked": {"wait": 1}}


@pytest.mark.parametrize("broken", [None, "twice", 3, []])
def test_counts_that_cannot_be_read_begin_anew(broken: object) -> None:
    assert Turn("c1", slots={"asked": broken}).count("code") == 1
