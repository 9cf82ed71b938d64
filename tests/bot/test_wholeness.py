"""What says something complete in itself, so that a short silence may end the turn."""

from __future__ import annotations

from typing import Any

import pytest
from channels.wholeness import SURE, is_whole

CERTAIN = 0.95
YES_NO = {"type": "expect", "grammar": "yes_no"}
READ_BACK = {"type": "expect", "grammar": "yes_no", "length": 6}
NUMBER = {"type": "expect", "grammar": "digits", "length": 6}
CODE = {"type": "expect", "grammar": "digits", "length": 6, "secret": True}
CHOICE = {"type": "expect", "grammar": "choice", "choices": ["the tent", "the lamp"]}
FREE = {"type": "expect", "grammar": "free"}


class TestWish:
    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("where is my order", "order_status"),
            ("can you tell me where it is", "order_status"),
            ("what time do you close on saturday", "opening_hours"),
            ("what time do you close", "opening_hours"),
            ("is the store open", "opening_hours"),
            ("are you open at nine", "opening_hours"),
            ("i forgot my password", "password_reset"),
            ("i can't log in", "password_reset"),
            ("cancel my order", "cancel_order"),
            ("let me talk to a person", "talk_to_person"),
            ("operator", "talk_to_person"),
            ("bye", "goodbye"),
            ("no thank you", "deny"),
            ("can you repeat that", "repeat"),
            ("are you a robot", "are_you_a_robot"),
        ],
    )
    @pytest.mark.parametrize("expects", [None, FREE, NUMBER])
    def test_in_a_sentence_is_whole(
        self, text: str, intent: str, expects: dict[str, Any] | None
    ) -> None:
        assert is_whole(text, intent, CERTAIN, expects)

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("i want to", "cancel_order"),
            ("i'd like to return", "return_refund"),
            ("i want to cancel my order and", "cancel_order"),
            ("where is", "order_status"),
            ("where is my", "order_status"),
            ("i want to know where my order", "order_status"),
            ("could you tell me", "order_status"),
            ("is the store", "opening_hours"),
            ("what time does the downtown store", "opening_hours"),
            ("when are you open on", "opening_hours"),
            ("when do you", "opening_hours"),
            ("i can't", "password_reset"),
            ("i forgot", "password_reset"),
            ("where is my order um", "order_status"),
            ("my order number", "order_status"),
            ("where is order four eight two", "order_status"),
            ("cancel", "cancel_order"),
        ],
    )
    def test_that_breaks_off_is_not(self, text: str, intent: str) -> None:
        assert not is_whole(text, intent, CERTAIN, None)

    @pytest.mark.parametrize(
        "text", ["if i come on sunday", "when i try to log in", "because i forgot my password"]
    )
    def test_is_still_to_come_after_when_and_why(self, text: str) -> None:
        assert not is_whole(text, "opening_hours", CERTAIN, FREE)

    def test_may_begin_with_when_itself(self) -> None:
        assert is_whole("when do you open tomorrow", "opening_hours", CERTAIN, FREE)

    @pytest.mark.parametrize("expects", [None, FREE, YES_NO])
    def test_may_be_the_number_of_an_order(self, expects: dict[str, Any] | None) -> None:
        said = "my order number is four eight two"
        assert not is_whole(said, "provide_number", CERTAIN, expects)
        assert is_whole(f"{said} nine one three", "nlu_fallback", 0.3, expects)
        assert not is_whole(f"{said} nine one three five", "provide_number", CERTAIN, expects)

    def test_that_may_be_another_one_is_not(self) -> None:
        assert is_whole("where is my order", "order_status", SURE, None)
        assert not is_whole("where is my order", "order_status", SURE - 0.01, None)

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("hello there", "greet"),
            ("thank you very much", "thanks"),
            ("hold on a second", "wait"),
            ("yes", "affirm"),
            ("no", "deny"),
            ("my lamp came broken", "order_damaged"),
            ("i have called six times", "complaint"),
            ("this is ridiculous", "frustration"),
            ("what rhymes with purple", "out_of_scope"),
            ("blabla bla bla", "nlu_fallback"),
            ("where is my order", None),
        ],
    )
    def test_is_not_what_only_opens_tells_or_is_not_understood(
        self, text: str, intent: str | None
    ) -> None:
        assert not is_whole(text, intent, CERTAIN, FREE)


class TestAnswer:
    @pytest.mark.parametrize(
        ("text", "expects"),
        [
            ("yes", YES_NO),
            ("yes that's right", YES_NO),
            ("yes it is", YES_NO),
            ("no", YES_NO),
            ("no it isn't", YES_NO),
            ("yes", READ_BACK),
            ("the tent please", CHOICE),
            ("four eight two nine one three", NUMBER),
            ("it's 482913", NUMBER),
            ("it never came", CODE),
        ],
    )
    def test_that_fits_the_question_is_whole(self, text: str, expects: dict[str, Any]) -> None:
        assert is_whole(text, "nlu_fallback", 0.3, expects)

    @pytest.mark.parametrize(
        ("text", "expects"),
        [
            ("yes i", YES_NO),
            ("yes um", YES_NO),
            ("the tent and", CHOICE),
            ("four eight two", NUMBER),
            ("four eight no sorry four nine two nine one", NUMBER),
            ("four eight two nine one three", NUMBER | {"length": None}),
        ],
    )
    def test_that_goes_on_is_not(self, text: str, expects: dict[str, Any]) -> None:
        assert not is_whole(text, "nlu_fallback", 0.3, expects)

    def test_no_to_a_number_is_mostly_followed_by_the_right_one(self) -> None:
        assert not is_whole("no", "deny", CERTAIN, READ_BACK)


def test_nothing_is_not_whole() -> None:
    assert not is_whole("", "order_status", CERTAIN, None)
