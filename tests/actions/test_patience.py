"""How often a question may be asked."""

from __future__ import annotations

from actions.patience import MOST_TURNS, verdict


def test_a_question_is_explained_then_a_person_offered_then_fetched() -> None:
    course = [verdict("order_number", times) for times in range(1, 7)]
    assert course == ["ask", "ask", "explain", "offer_person", "give_up", "give_up"]


def test_a_person_is_not_offered_in_place_of_a_person() -> None:
    assert [verdict("offer_person", times) for times in (1, 2, 3)] == ["ask", "ask", "give_up"]


def test_no_call_goes_on_for_ever() -> None:
    assert verdict("order_number", 1, MOST_TURNS - 1) == "ask"
    assert verdict("order_number", 1, MOST_TURNS) == "give_up"
