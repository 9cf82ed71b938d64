"""The language model as a transducer."""

from __future__ import annotations

import math

import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph.grammar_fst import grammar_fst
from speech_model.graph.unknown import Unknown
from speech_model.language.automaton import Arc, WordAutomaton
from speech_model.language.build import language_model
from speech_model.language.perplexity import Scorer
from tests.speech_model.graph.language import phrases, sentences, written
from tests.speech_model.graph.paths import cheapest, steps_of

WORDS = ("order", "number", "two", "four", "please", "is", "late")
LABELS = {word: number for number, word in enumerate(WORDS, start=1)}


def labels(text: str) -> list[int]:
    return [LABELS[word] for word in text.split()]


def test_what_may_be_said_costs_what_the_language_model_says() -> None:
    model = written(
        [[Arc("order", 0.5, 1)], [Arc("two", 1.0, 2), Arc("four", 2.0, 2)], []],
        final={1: 4.0, 2: 0.25},
    )
    fst = grammar_fst(model, LABELS).fst
    assert cheapest(fst, labels("order two")) == 1.75
    assert cheapest(fst, labels("order four")) == 2.75
    assert cheapest(fst, labels("order")) == 4.5
    assert cheapest(fst, labels("two")) == math.inf


def test_what_a_state_does_not_know_costs_the_way_to_the_shorter_one() -> None:
    model = written(
        [[Arc("order", 1.0, 1), Arc("two", 3.0, 0)], [Arc("two", 0.5, 0)]],
        final={0: 2.0},
        backoff={1: (0, 0.25)},
    )
    fst = grammar_fst(model, LABELS).fst
    assert cheapest(fst, labels("order two")) == 3.5
    assert cheapest(fst, labels("order order two")) == 1.0 + 0.25 + 1.0 + 0.5 + 2.0
    assert cheapest(fst, labels("order")) == 1.0 + 0.25 + 2.0


def test_a_class_stands_for_its_phrases() -> None:
    classes = {"<digits>": phrases("two", "four two", "four four two")}
    model = sentences("order <digits> please", "order please", classes=classes)
    fst = grammar_fst(model, LABELS).fst
    one_of_two, one_of_three = math.log(2), math.log(3)
    for said in ("order two please", "order four two please", "order four four two please"):
        assert cheapest(fst, labels(said)) == pytest.approx(one_of_two + one_of_three)
    assert cheapest(fst, labels("order please")) == pytest.approx(one_of_two)
    assert cheapest(fst, labels("order four please")) == math.inf
    assert cheapest(fst, labels("order two")) == math.inf


def test_phrases_may_go_on_after_they_may_end() -> None:
    again = WordAutomaton(
        ((Arc("two", 0.25, 1),), (Arc("two", 1.5, 1), Arc("four", 1.0, 2)), ()),
        {1: 0.5, 2: 0.125},
    )
    model = sentences("order <digits>", classes={"<digits>": again})
    fst = grammar_fst(model, LABELS).fst
    assert cheapest(fst, labels("order two")) == 0.75
    assert cheapest(fst, labels("order two two two")) == 0.25 + 1.5 + 1.5 + 0.5
    assert cheapest(fst, labels("order two two four")) == 0.25 + 1.5 + 1.0 + 0.125


def test_each_place_of_a_class_goes_on_in_its_own_way() -> None:
    classes = {"<digits>": phrases("two four")}
    model = sentences("<digits> please", "order <digits> is late", classes=classes)
    fst = grammar_fst(model, LABELS).fst
    assert cheapest(fst, labels("two four please")) < math.inf
    assert cheapest(fst, labels("order two four is late")) < math.inf
    assert cheapest(fst, labels("two four is late")) == math.inf


def test_places_that_go_on_alike_share_the_phrases() -> None:
    classes = {"<digits>": phrases("two four two four")}
    place = [Arc("<digits>", 1.0, 2)]
    model = written([[Arc("order", 0.0, 1), *place], place, []], {2: 0.0}, classes=classes)
    fst = grammar_fst(model, LABELS).fst
    assert fst.states == 3 + 3
    assert cheapest(fst, labels("two four two four")) == 1.0
    assert cheapest(fst, labels("order two four two four")) == 1.0


def test_a_class_needs_no_step_without_a_word() -> None:
    classes = {"<digits>": phrases("two four", "two")}
    model = sentences("order <digits>", classes=classes)
    assert all(ilabel for _, ilabel, *_ in steps_of(grammar_fst(model, LABELS).fst))


def test_words_that_cannot_be_heard_are_told_and_left_out() -> None:
    classes = {"<digits>": phrases("two", "four nine", "four")}
    model = sentences("order <digits>", "parcel <digits>", "order is smashed", classes=classes)
    told = grammar_fst(model, LABELS)
    assert told.missing == ("nine", "parcel", "smashed")
    assert cheapest(told.fst, labels("order two")) < math.inf
    assert cheapest(told.fst, labels("order four")) < math.inf
    heard = {ilabel for _, ilabel, *_ in steps_of(told.fst)}
    assert heard == {LABELS["order"], LABELS["two"], LABELS["four"]}


def test_the_unknown_word_may_be_said_wherever_any_word_may() -> None:
    model = written(
        [[Arc("order", 1.0, 1), Arc("two", 3.0, 0)], [Arc("two", 0.5, 0)]],
        final={0: 2.0},
        backoff={1: (0, 0.25)},
    )
    fst = grammar_fst(model, LABELS, Unknown(label=9, free_cost=5.0)).fst
    assert cheapest(fst, [9]) == 5.0 + 2.0
    assert cheapest(fst, [*labels("order"), 9, *labels("two")]) == 1.0 + 0.25 + 5.0 + 3.0 + 2.0
    assert cheapest(fst, labels("order two")) == 3.5
    assert cheapest(grammar_fst(model, LABELS).fst, [9]) == math.inf


def test_arcs_are_sorted_for_composition() -> None:
    model = sentences("two", "order", "number")
    assert [ilabel for _, ilabel, *_ in steps_of(grammar_fst(model, LABELS).fst)] == [1, 2, 3]


def test_nothing_is_left_of_a_language_without_known_words() -> None:
    assert grammar_fst(sentences("parcel"), LABELS).fst.states == 0


def test_the_language_of_the_line_costs_what_its_language_model_says() -> None:
    model = language_model(SHIPPED_PATH.parents[1] / "nlu_data")
    words = sorted(model.words())
    labels = {word: number for number, word in enumerate(words, start=1)}
    told = grammar_fst(model, labels)
    assert told.missing == ()
    scorer = Scorer(model)
    for said in (
        "where is my order",
        "my number is four two seven one",
        "the moon is a cold place",
    ):
        cost = cheapest(told.fst, [labels[word] for word in said.split()])
        # The model adds up all ways to see a sentence, of which one is nearly all of it.
        assert cost == pytest.approx(-scorer.log_prob(said.split()), abs=1.0)
