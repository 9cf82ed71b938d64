from __future__ import annotations

import random

import pytest

from benchmarks.turns.scripts import FREE, NUMBER, digits, grouped, grouping, script, scripts
from benchmarks.turns.turn import SPOKEN_KINDS, Kind
from voice_gateway.conversation.endpoint import EndOfTurn
from voice_gateway.conversation.timing import Timing
from voice_gateway.languages import load_language

ENGLISH = load_language("en_us")


def test_marks_become_pauses() -> None:
    told = script(
        "a", "searching", NUMBER, "let me see ... it's four eight | two", random.Random(1)
    )
    assert told.parts == ("let me see", "it's four eight", "two")
    assert len(told.pauses_s) == 2
    assert told.text == "let me see it's four eight two"


def test_a_line_without_marks_is_said_in_one_go() -> None:
    told = script("a", "whole", FREE, "where is my order", random.Random(1))
    assert (told.parts, told.pauses_s) == (("where is my order",), ())


def test_groups_have_pauses_between_them() -> None:
    assert grouped(["one", "two", "three"], (2, 1)) == "one two | three"


@pytest.mark.parametrize("seed", range(20))
def test_an_order_number_has_six_digits_in_groups(seed: int) -> None:
    chance = random.Random(seed)
    assert len(digits(chance)) == sum(grouping(chance)) == 6


@pytest.mark.parametrize("kind", [*SPOKEN_KINDS, "back_channel"])
def test_no_mark_is_ever_spoken(kind: Kind) -> None:
    told = list(scripts(kind, 150))
    assert len({each.name for each in told}) == 150
    for each in told:
        assert not set("#|.") & set(each.text)
        assert all(part.strip() for part in each.parts)


@pytest.mark.parametrize("kind", ["pause_in_number", "searching", "clauses"])
def test_these_turns_all_have_a_pause(kind: Kind) -> None:
    assert all(each.pauses_s for each in scripts(kind, 150))


def test_numbers_are_said_in_full() -> None:
    for each in scripts("pause_in_number", 100):
        # A letter may come before the six digits.
        assert EndOfTurn(ENGLISH, Timing()).symbols(each.text) in (6, 7)


def test_scripts_are_the_same_each_time_and_others_with_another_seed() -> None:
    once, again = (list(scripts("clauses", 20)) for _ in range(2))
    assert once == again
    assert once != list(scripts("clauses", 20, seed=1))
