from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.turns.judging import (
    PATIENCE_S,
    OverBot,
    Ratio,
    figures,
    judge,
    over_bot_figures,
    percentiles,
)
from tests.benchmarks.turns.sounds import labelled


def test_a_turn_taken_after_its_last_word_is_taken_well() -> None:
    taken = judge(labelled(end_s=2.0), [(2.5, "where is it")], [2.8])
    assert taken.end_delay_s == pytest.approx(0.5)
    assert (taken.cut_in, taken.missed, taken.talked_over) == (False, False, False)
    assert taken.heard == ("where is it",)


def test_a_turn_taken_in_a_pause_is_cut_in_upon() -> None:
    taken = judge(labelled(end_s=2.0), [(0.9, "where"), (2.5, "is it")], [2.8])
    assert taken.cut_in_s == 0.9
    assert not taken.talked_over
    assert taken.end_delay_s == pytest.approx(0.5)


def test_a_last_word_that_fades_out_is_over() -> None:
    taken = judge(labelled(end_s=2.0), [(1.98, "where is it")], [])
    assert (taken.cut_in, taken.end_delay_s) == (False, 0.0)


def test_the_bot_talks_over_whoever_has_not_finished() -> None:
    assert judge(labelled(end_s=2.0), [(0.9, "where")], [1.2]).talked_over


@pytest.mark.parametrize("asked", [[], [(1.0, "where")], [(2.1 + PATIENCE_S, "where is it")]])
def test_an_end_is_missed_when_nobody_notices_it_in_time(asked: list[tuple[float, str]]) -> None:
    assert judge(labelled(end_s=2.0), asked, []).missed


def test_figures_are_of_one_kind_and_of_people_or_not() -> None:
    well = judge(labelled("whole", real=True), [(2.5, "")], [])
    cut = judge(labelled("clauses"), [(1.0, ""), (2.4, "")], [1.3])
    both = figures([well, cut], None, None)
    assert (both.cut_ins, both.talked_over, both.missed) == (Ratio(1, 2), Ratio(1, 2), Ratio(0, 2))
    assert figures([well, cut], "clauses", None).cut_ins == Ratio(1, 1)
    assert figures([well, cut], None, True).cut_ins == Ratio(0, 1)


def test_only_whole_turns_tell_how_soon_an_end_is_noticed() -> None:
    well = judge(labelled(), [(2.5, "")], [])
    cut = judge(labelled(), [(1.0, ""), (2.4, "")], [])
    assert figures([well, cut], None, None).delays_s == (0.5,)


def test_what_stopped_the_bot_is_told_from_what_only_made_it_pause() -> None:
    heard = [
        OverBot(labelled("noise"), None, stopped=False),
        OverBot(labelled("noise"), 0.3, stopped=False),
        OverBot(labelled("noise"), 0.7, stopped=True),
    ]
    found = over_bot_figures("noise", heard, wanted=False)
    assert (found.stopped, found.paused, found.reactions_s) == (Ratio(1, 3), Ratio(1, 3), (0.7,))
    assert over_bot_figures("noise", heard, wanted=False, real=True).stopped == Ratio(0, 0)


# From the formula, worked out by hand for these numbers.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    assert Ratio(hits, of).interval() == pytest.approx((low, high), abs=5e-4)


def test_nothing_is_known_of_nothing() -> None:
    assert Ratio(0, 0).interval() == (0.0, 1.0)
    assert Ratio(0, 0).share == 0.0


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_holds_the_share_and_mirrors_its_complement(hits: int, of: int) -> None:
    ratio = Ratio(min(hits, of), of)
    low, high = ratio.interval()
    assert 0.0 <= low <= ratio.share + 1e-12
    assert ratio.share - 1e-12 <= high <= 1.0
    assert Ratio(of - ratio.hits, of).interval() == pytest.approx((1 - high, 1 - low))


def test_percentiles_of_nothing_are_not_there() -> None:
    assert percentiles([]) is None
    assert percentiles([1.0, 3.0]) == pytest.approx((2.0, 2.9))
