"""What fits the open question is an answer to it, whatever its words sound like."""

from __future__ import annotations

import pytest
from channels.fitting import ANSWER, NO, NUMBER, YES, fitting_intent

ORDERS = {
    "type": "expect",
    "grammar": "choice",
    "choices": ["two person tent", "the two person tent", "tent", "smoke alarm", "the first one"],
}
DIGITS = {"type": "expect", "grammar": "digits", "length": 6}
YES_NO = {"type": "expect", "grammar": "yes_no"}


class TestOneOfTheChoices:
    @pytest.mark.parametrize(
        "text",
        [
            "two person tent",
            "the tent please",
            "um it's the smoke alarm",
            "I mean the first one, sorry",
            "yes, the tent",
        ],
    )
    def test_is_an_answer(self, text: str) -> None:
        assert fitting_intent(text, ORDERS) == ANSWER

    @pytest.mark.parametrize(
        "text",
        [
            "a person",
            "the smoke alarm caught fire",
            "cancel the tent",
            "no",
            "the lamp",
            "the tent and the smoke alarm",
        ],
    )
    def test_is_not_whatever_says_something_else(self, text: str) -> None:
        assert fitting_intent(text, ORDERS) is None


class TestDigits:
    @pytest.mark.parametrize(
        "text",
        [
            "four eight two nine one three",
            "it's double four eight, two nine",
            "482913",
            "eight eight zero no sorry let me start over four eight two nine one three",
        ],
    )
    def test_are_a_number(self, text: str) -> None:
        assert fitting_intent(text, DIGITS) == NUMBER

    @pytest.mark.parametrize(
        "text", ["one moment", "one", "i have two questions", "where do i find that", "no"]
    )
    def test_are_more_than_a_word_of_counting(self, text: str) -> None:
        assert fitting_intent(text, DIGITS) is None


class TestYesOrNo:
    @pytest.mark.parametrize("text", ["yes please", "um yeah that's right", "sure go ahead"])
    def test_yes(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) == YES

    @pytest.mark.parametrize("text", ["no", "nope it's not", "no thank you"])
    def test_no(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) == NO

    @pytest.mark.parametrize(
        "text", ["yes and i want a person", "no the lamp", "no that's all", "okay bye", "um"]
    )
    def test_with_anything_behind_it_is_left_alone(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) is None


class TestWhileACodeIsAwaited:
    @pytest.mark.parametrize(
        "text", ["hm there's nothing there", "i didn't get it", "send it again", "it never came"]
    )
    def test_what_is_missing_is_the_code(self, text: str) -> None:
        assert fitting_intent(text, {**DIGITS, "secret": True}) == ANSWER
        assert fitting_intent(text, DIGITS) is None

    @pytest.mark.parametrize(
        "text", ["my package never came", "i want a person", "are you open tomorrow"]
    )
    def test_other_wishes_are_left_alone(self, text: str) -> None:
        assert fitting_intent(text, {**DIGITS, "secret": True}) is None


def test_nothing_fits_a_free_question_or_none() -> None:
    assert fitting_intent("yes", {"type": "expect", "grammar": "free"}) is None
    assert fitting_intent("yes", None) is None
    assert fitting_intent("", YES_NO) is None
