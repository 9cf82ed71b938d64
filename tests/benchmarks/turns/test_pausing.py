from __future__ import annotations

import random
from statistics import median

import pytest

from benchmarks.turns.pausing import LINKING, SEARCHING, WITHIN, Pausing


@pytest.mark.parametrize("pausing", [WITHIN, SEARCHING, LINKING])
def test_no_pause_is_outside_the_limits(pausing: Pausing) -> None:
    chance = random.Random(1)
    drawn = [pausing.draw(chance) for _ in range(500)]
    assert pausing.shortest_s <= min(drawn)
    assert max(drawn) <= pausing.longest_s


def test_most_pauses_are_about_half_a_second_and_a_few_are_much_longer() -> None:
    chance = random.Random(1)
    drawn = [WITHIN.draw(chance) for _ in range(2_000)]
    assert 0.4 < median(drawn) < 0.5
    assert 0.02 < sum(seconds > 0.9 for seconds in drawn) / len(drawn) < 0.15


def test_who_searches_pauses_longer() -> None:
    chance = random.Random(1)
    drawn = ([pausing.draw(chance) for _ in range(500)] for pausing in (WITHIN, SEARCHING))
    within, searching = map(median, drawn)
    assert searching > 1.4 * within
