"""Which mishearings are learnt from."""

from __future__ import annotations

import pytest

from warmline.mishearing.examples import Example
from warmline.mishearing.selection import Heard, clashes, selected, to_be_said, word_errors


def example(intent: str, text: str) -> Example:
    return Example("a.yml", intent, text)


CANCEL = example("cancel_order", "please cancel my [floor lamp](product)")
RETURN = example("return_refund", "i want to return my [lamp](product)")
STATUS = example("order_status", "where is order [four eight two](order_number)")
HURT = example("safety_incident", "the [kettle](product) burned my hand")
SMOKE = example("safety_incident", "there is smoke coming out")
COMING = example("order_late", "when is it coming it was to be out there today")
PERSON = example("talk_to_person", "get me a human please")
NUMBER = example("provide_number", "[four eight two nine](order_number)")
SMALL_WORDS = example("what_can_you_do", "what can you get me and is there a menu on the line")
CLEAN = [CANCEL, RETURN, STATUS, HURT, SMOKE, COMING, PERSON, NUMBER, SMALL_WORDS]


def learnt(said: Example, *heard: str, kept_back: tuple[str, ...] = ()) -> list[str]:
    return [each.text for each in selected([Heard(said, text) for text in heard], CLEAN, kept_back)]


@pytest.mark.parametrize(
    ("said", "heard", "share"),
    [
        ("where is it", "where is it", 0),
        ("cancel my order", "terrible my order", 1 / 3),
        ("yes", "a yes", 1 / 2),
        ("where is my order", "where order", 1 / 2),
        ("return a helmet", "can help the", 1),
        ("hello", "", 1),
        ("", "", 0),
    ],
)
def test_word_errors_are_a_share_of_the_longer_sentence(
    said: str, heard: str, share: float
) -> None:
    assert word_errors(said, heard) == share == word_errors(heard, said)


def test_numbers_and_spelling_are_not_said() -> None:
    spelled = example("spell", "b as in bravo")
    assert to_be_said([CANCEL, NUMBER, spelled, CANCEL]) == [CANCEL]


def test_a_mishearing_keeps_the_intent_and_the_file_of_what_was_meant() -> None:
    (kept,) = selected([Heard(CANCEL, "please terrible my lamp")], CLEAN)
    assert kept == example("cancel_order", "please terrible my [lamp](product)")


def test_what_was_heard_right_or_not_at_all_teaches_nothing() -> None:
    assert learnt(CANCEL, "please cancel my floor lamp", "") == []


def test_the_same_mishearing_is_learnt_once() -> None:
    assert learnt(CANCEL, "please cancel my floor", "please cancel my floor") == [
        "please cancel my floor"
    ]


def test_the_words_of_a_written_example_keep_their_intent() -> None:
    assert learnt(CANCEL, "i want to return my lamp") == []


def test_what_is_kept_back_for_measuring_is_not_learnt() -> None:
    assert learnt(CANCEL, "please cancel my floor", kept_back=("please cancel my floor",)) == []


def test_what_was_heard_for_two_intents_tells_neither() -> None:
    heard = [Heard(CANCEL, "my lamp please"), Heard(RETURN, "my lamp please")]
    assert selected(heard, CLEAN) == []


def test_something_must_be_left_of_what_was_said() -> None:
    assert learnt(RETURN, "i want to turn by lab", "can help the lamp it", "i can do it now") == [
        "i want to turn by lab"
    ]


def test_a_word_must_be_left_that_others_seldom_say() -> None:
    others = [
        example(intent, f"i want to know about my {intent}")
        for intent in ("order", "account", "invoice", "code")
    ]
    heard = [
        Heard(RETURN, text) for text in ("i want to the my lad", "i want to return by the land")
    ]
    assert [each.text for each in selected(heard, [RETURN, *others])] == [
        "i want to return by the land"
    ]


def test_a_number_alone_is_an_answer_and_no_request() -> None:
    assert learnt(STATUS, "four eight two", "order four eight two") == [
        "order [four eight two](order_number)"
    ]


def test_a_thing_alone_is_an_answer_and_no_request() -> None:
    assert learnt(CANCEL, "floor lamp", "cancel floor lamp") == ["cancel [floor lamp](product)"]


def test_what_calls_a_person_must_be_half_right_and_hold_a_word_that_says_so() -> None:
    assert learnt(PERSON, "get a human please", "human", "get me a new one please") == [
        "get a human please"
    ]
    assert learnt(SMOKE, "there is a coming out", "there smoke coming out") == [
        "there smoke coming out"
    ]


def test_a_harmless_request_is_not_learnt_with_words_of_accidents() -> None:
    assert learnt(RETURN, "i want to burned my lamp", "i want to the turn my lamp") == [
        "i want to the turn my [lamp](product)"
    ]


@pytest.mark.parametrize(
    ("said", "heard", "annotated"),
    [
        (STATUS, "where order four eight two", "where order [four eight two](order_number)"),
        (STATUS, "where is order for eight two", "where is order for eight two"),
        (CANCEL, "please council my floor lamp", "please council my [floor lamp](product)"),
        (CANCEL, "please cancel my four lamp", "please cancel my four [lamp](product)"),
        (CANCEL, "please cancel my floor clamp", "please cancel my floor clamp"),
    ],
)
def test_a_value_that_was_heard_is_annotated(said: Example, heard: str, annotated: str) -> None:
    assert learnt(said, heard) == [annotated]


def test_several_values_are_annotated_each_in_its_place() -> None:
    hours = example(
        "opening_hours", "is the [store](department) open [sunday](day) or [monday](day)"
    )
    (kept,) = selected([Heard(hours, "is a store open monday or sunday")], [hours, *CLEAN])
    assert kept.text == "is a [store](department) open [monday](day) or [sunday](day)"


def test_mishearings_of_the_data_go_with_it() -> None:
    assert clashes([example("cancel_order", "please terrible my lamp"), CANCEL], CLEAN) == []


def test_a_mishearing_that_was_written_for_another_intent_clashes() -> None:
    (clash,) = clashes([example("cancel_order", "i want to return my lamp")], CLEAN)
    assert clash == (
        "a.yml, cancel_order: 'i want to return my lamp' was written as an example of return_refund"
    )


def test_a_mishearing_for_an_intent_that_is_gone_clashes() -> None:
    (clash,) = clashes([example("order_pizza", "a big one")], CLEAN)
    assert clash == "a.yml, order_pizza: 'a big one' is for an intent that is gone"
