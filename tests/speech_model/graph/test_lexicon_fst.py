"""Words as a tree of phones."""

from __future__ import annotations

import pytest

from speech_model.graph.fst import EPSILON, Fst
from speech_model.graph.lexicon_fst import lexicon_fst
from speech_model.graph.unknown import Unknown
from speech_model.phones import SILENCE, transition_ids
from tests.speech_model.graph.paths import made_of, steps_of

ORDER, WHERE, WEAR, EYE, UNKNOWN = 1, 2, 3, 4, 5
LABELS = {"order": ORDER, "where": WHERE, "wear": WEAR, "i": EYE}
PRONUNCIATIONS = {
    "order": [("AO", "R", "D", "ER")],
    "where": [("W", "EH", "R"), ("HH", "W", "EH", "R")],
    "wear": [("W", "EH", "R")],
    "i": [("AY",)],
}


def frames(*phones: str, each: int = 1) -> list[int]:
    """The transition ids of some phones, so many frames long each."""
    ids = (transition_ids(phone) for phone in phones)
    return [label for enter, stay in ids for label in (enter, *[stay] * (each - 1))]


def heard(fst: Fst, inputs: list[int]) -> dict[tuple[int, ...], float]:
    """All that may be heard in some frames, and its cost."""
    found: dict[tuple[int, ...], float] = {}
    waiting = [(fst.start, 0, (), 0.0, 0)]
    steps = steps_of(fst)
    while waiting:
        state, at, words, cost, silent = waiting.pop()
        if at == len(inputs) and fst.final[state] == 0.0:
            found[words] = min(cost, found.get(words, cost))
        for source, ilabel, olabel, more, goal in steps:
            said = (*words, olabel) if olabel != EPSILON else words
            if source != state:
                continue
            if ilabel == EPSILON and silent < 3:
                waiting.append((goal, at, said, cost + more, silent + 1))
            elif ilabel != EPSILON and at < len(inputs) and inputs[at] == ilabel:
                waiting.append((goal, at + 1, said, cost + more, 0))
    return found


@pytest.mark.parametrize("each", [1, 3])
def test_a_word_is_heard_however_long_its_phones_last(each: int) -> None:
    fst = lexicon_fst(PRONUNCIATIONS, LABELS)
    assert heard(fst, frames("AO_B", "R_I", "D_I", "ER_E", each=each)) == {(ORDER,): 0.0}
    assert heard(fst, frames("AY_S", each=each)) == {(EYE,): 0.0}


def test_words_that_sound_alike_are_both_heard() -> None:
    fst = lexicon_fst(PRONUNCIATIONS, LABELS)
    assert heard(fst, frames("W_B", "EH_I", "R_E")) == {(WHERE,): 0.0, (WEAR,): 0.0}
    assert heard(fst, frames("HH_B", "W_I", "EH_I", "R_E")) == {(WHERE,): 0.0}


def test_there_may_be_silence_before_between_and_after_words() -> None:
    fst = lexicon_fst(PRONUNCIATIONS, LABELS)
    silence, eye = frames(SILENCE, each=4), frames("AY_S")
    assert heard(fst, [*silence, *eye, *silence, *eye, *silence]) == {(EYE, EYE): 0.0}
    assert heard(fst, [*eye, *eye]) == {(EYE, EYE): 0.0}
    assert heard(fst, silence) == {(): 0.0}


def test_no_other_phones_are_a_word() -> None:
    fst = lexicon_fst(PRONUNCIATIONS, LABELS)
    assert heard(fst, frames("W_B", "EH_E")) == {}
    assert heard(fst, frames("ER_S")) == {}


def test_the_unknown_word_is_any_phones_at_a_price() -> None:
    fst = lexicon_fst(PRONUNCIATIONS, LABELS, Unknown(UNKNOWN, begin_cost=4.0, phone_cost=2.5))
    assert heard(fst, frames("Z_B", "UW_E")) == {(UNKNOWN,): 6.5}
    assert heard(fst, frames("Z_B", "UW_I", "M_E")) == {(UNKNOWN,): 9.0}
    assert heard(fst, frames("AO_B", "R_I", "D_I", "ER_E")) == {(ORDER,): 0.0, (UNKNOWN,): 11.5}


def test_words_share_what_they_begin_with() -> None:
    steps = steps_of(lexicon_fst(PRONUNCIATIONS, LABELS))
    enter, _ = transition_ids("W_B")
    assert len([ilabel for _, ilabel, *_ in steps if ilabel == enter]) == 1


def test_a_pronunciation_told_twice_counts_once() -> None:
    twice = {"i": [("AY",), ("AY",)]}
    once = {"i": [("AY",)]}
    assert steps_of(lexicon_fst(twice, LABELS)) == steps_of(lexicon_fst(once, LABELS))


def test_the_order_of_words_makes_no_difference() -> None:
    backwards = dict(reversed(PRONUNCIATIONS.items()))
    assert steps_of(lexicon_fst(backwards, LABELS)) == steps_of(lexicon_fst(PRONUNCIATIONS, LABELS))


def test_without_words_there_is_silence() -> None:
    enter, stay = transition_ids(SILENCE)
    steps = [(0, enter, 0, 0.0, 1), (1, stay, 0, 0.0, 1), (1, 0, 0, 0.0, 0)]
    assert steps_of(lexicon_fst({}, {})) == steps_of(made_of(steps, {0: 0.0}, states=2))


def test_a_word_without_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="phone"):
        lexicon_fst({"order": [()]}, LABELS)
    with pytest.raises(KeyError):
        lexicon_fst({"order": [("AOX",)]}, LABELS)
