"""How often a question may be asked."""

from __future__ import annotations

from actions.patience import GIVE_UP_AT, MOST_TURNS, asked_once_more, verdict


def test_a_question_is_explained_then_a_person_offered_then_fetched() -> None:
    course = [verdict("order_number", times) for times in range(1, 7)]
    assert course == ["ask", "ask", "explain", "offer_person", "give_up", "give_up"]


def test_a_person_is_not_offered_in_place_of_a_person() -> None:
    assert [verdict("offer_person", times) for times in (1, 2, 3)] == ["ask", "ask", "give_up"]


def test_no_call_goes_on_for_ever() -> None:
    assert verdict("order_number", 1, MOST_TURNS - 1) == "ask"
    assert verdict("order_number", 1, MOST_TURNS) == "give_up"


def test_each_question_is_counted_by_itself() -> None:
    asked = asked_once_more(asked_once_more({}, "code"), "order_number")
    assert asked == {"code": 1, "order_number": 1}
    assert asked_once_more(asked, "code") == {"code": 2, "order_number": 1}
    assert GIVE_UP_AT > 2
