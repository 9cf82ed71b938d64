"""What stands in an order is told from a heap of words."""

from __future__ import annotations

import random

import pytest
from components.word_order import WordOrder, words_of

SAID = [
    "where is my order",
    "where is my package please",
    "i want to return the lamp",
    "i want to cancel my order please",
    "the order is late and i want to know where it is",
    "my order number is four eight two nine",
    "can you tell me where my package is",
    "the last name is k o w a l s k i",
]


@pytest.fixture(scope="module")
def order() -> WordOrder:
    return WordOrder(SAID)


@pytest.mark.parametrize(
    "text", ["i want to know where my package is", "can you cancel my order", "where is the lamp"]
)
def test_new_sentences_of_known_turns_are_ordered(order: WordOrder, text: str) -> None:
    assert order.evidence(text) > 4


@pytest.mark.parametrize(
    "text", ["order is the to my and where i", "late the cancel it my to is want"]
)
def test_the_same_words_in_disorder_are_not(order: WordOrder, text: str) -> None:
    assert order.evidence(text) < -4


def test_a_longer_heap_is_surer_to_be_one(order: WordOrder) -> None:
    heap = "the to my and"
    assert order.evidence(f"{heap} {heap}") < order.evidence(heap) < 0


def test_odd_words_count_little(order: WordOrder) -> None:
    known, odd = "i want to return the lamp", "i want to return the zither"
    assert order.evidence(known) > order.evidence(odd) > 4


def test_behind_an_unknown_word_anything_may_follow(order: WordOrder) -> None:
    assert order.evidence("zither of the") == pytest.approx(
        order.evidence("zither tuba the"), abs=1.0
    )


def test_numbers_and_letters_follow_each_other_in_any_order(order: WordOrder) -> None:
    assert order.evidence("my order number is seven seven zero three") == pytest.approx(
        order.evidence("my order number is four eight two nine")
    )
    assert order.evidence("the last name is b r u c k n e r") > 4


def test_writing_does_not_matter(order: WordOrder) -> None:
    assert words_of("Where\u2019s my order, please?") == ["where's", "my", "order", "please"]
    assert order.evidence("Where is my order?") == order.evidence("where is my order")


@pytest.mark.parametrize("text", ["", " ", "?!"])
def test_silence_is_no_evidence(order: WordOrder, text: str) -> None:
    assert order.evidence(text) == 0


def test_nothing_learnt_is_no_evidence() -> None:
    assert WordOrder([]).evidence("the to my and") == 0


def test_probabilities_of_what_follows_a_word_add_up_to_one(order: WordOrder) -> None:
    """The evidence is a difference of logarithms of probabilities, so both models must be some."""
    words = sorted({word for text in SAID for word in words_of(text)} | {"<end>", "zither"})
    for before in random.Random(1).sample(words[1:-1], 5):
        together = sum(_together(order, before, word) for word in words)
        assert together == pytest.approx(1.0)


def _together(order: WordOrder, before: str, word: str) -> float:
    return 2.718281828459045 ** order._gain(before, word) * order._alone(word)
