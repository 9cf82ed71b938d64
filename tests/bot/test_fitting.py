"""What fits the open question is an answer to it, whatever its words sound like."""

from __future__ import annotations

import pytest
from channels.fitting import _SAYS_MORE, ANSWER, NO, NUMBER, YES, fitting_intent

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


class TestYesOrNoInOtherWords:
    @pytest.mark.parametrize(
        "text",
        [
            "uh-huh, that's the one",
            "mm hmm you heard it right",
            "yep that is how it looks here",
            "right, all six digits",
            "correct thank you very much",
            "hm yes I believe so",
            "sure I'd like that",
        ],
    )
    def test_yes(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) == YES

    @pytest.mark.parametrize(
        "text",
        [
            "no that's not what I said",
            "nope, you got it wrong again",
            "no it's not that one either",
            "nah those weren't mine",
            "no not at all",
            "no wrong",
        ],
    )
    def test_no(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) == NO

    @pytest.mark.parametrize(
        "text",
        [
            "no thanks get me a person",
            "yes where is it now",
            "yes I want to cancel",
            "no about the desk",
            "yes is it coming today",
            "yes but not that one",
            "yes four two six one five nine",
            "no it's two six four",
            "no I didn't get it",
            "no I never got mine",
            "no that's right",
            "no it's still not here",
            "yes the lamp came broken",
            "yes there is something that I have to tell you first",
        ],
    )
    def test_more_than_an_answer(self, text: str) -> None:
        assert fitting_intent(text, YES_NO) is None

    @pytest.mark.parametrize("more", sorted(_SAYS_MORE))
    def test_a_yes_with_a_word_of_something_else_is_left_alone(self, more: str) -> None:
        for text in (f"yes {more}", f"yes it is {more}", f"yeah that's it {more} please"):
            assert fitting_intent(text, YES_NO) is None

    @pytest.mark.parametrize("word", ["lamp", "person", "cancel", "arrived", "account", "hurt"])
    def test_a_no_with_any_other_word_is_left_alone(self, word: str) -> None:
        for text in (f"no {word}", f"no that's not it {word}", f"no that's wrong {word}"):
            assert fitting_intent(text, YES_NO) is None


class TestANumberReadOut:
    @pytest.mark.parametrize(
        "text",
        [
            "then try eight one two six four four",
            "there is another one on the paper it says nine nine one three oh six",
        ],
    )
    def test_is_nothing_but_a_number(self, text: str) -> None:
        assert fitting_intent(text, DIGITS) == NUMBER

    @pytest.mark.parametrize(
        "text",
        ["i have got one or two here", "cancel order eight one two six four four"],
    )
    def test_needs_enough_digits_and_no_other_words(self, text: str) -> None:
        assert fitting_intent(text, DIGITS) is None


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
