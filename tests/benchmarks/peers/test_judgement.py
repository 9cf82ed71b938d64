"""What a caller's tape says about cut-ins, missed ends and barge-ins."""

from __future__ import annotations

import pytest

from benchmarks.peers.judgement import (
    FRAME_S,
    Said,
    Stretch,
    Tape,
    judge_overlap,
    judge_turn,
    longest_speech_s,
    stretches,
)


def tape(said: Said, *bot: Stretch, length_s: float = 20.0) -> Tape:
    frames = range(round(length_s / FRAME_S))
    audible = tuple(
        any(round(each.from_s / FRAME_S) <= at < round(each.until_s / FRAME_S) for each in bot)
        for at in frames
    )
    return Tape((said,), audible)


TURN = Said("turn", "pause", 5.0, 8.0)
OVER = Said("over", "barge_in", 6.0, 8.0)


def test_short_silences_do_not_part_a_stretch() -> None:
    audible = [True] * 5 + [False] * 5 + [True] * 5 + [False] * 20 + [True] * 5
    bounds = [(each.from_s, each.until_s) for each in stretches(audible, 0.3)]
    assert bounds == [pytest.approx((0.0, 0.3)), pytest.approx((0.7, 0.8))]


def test_the_delay_is_from_the_last_word_to_the_first_sound() -> None:
    found = judge_turn(tape(TURN, Stretch(1.0, 3.0), Stretch(8.4, 10.0)), 0)
    assert found.delay_s == pytest.approx(0.4)
    assert not found.cut_in
    assert not found.missed


def test_a_bot_that_speaks_in_a_pause_of_the_turn_cuts_in() -> None:
    found = judge_turn(tape(TURN, Stretch(6.0, 6.5), Stretch(8.4, 10.0)), 0)
    assert found.cut_in
    assert found.talked_over_s == pytest.approx(0.5)
    assert found.delay_s is None
    assert not found.missed


def test_only_what_is_said_before_the_last_word_counts_as_talking_over() -> None:
    found = judge_turn(tape(TURN, Stretch(7.8, 12.0)), 0)
    assert found.talked_over_s == pytest.approx(0.2)


def test_no_answer_within_three_seconds_is_a_missed_end() -> None:
    assert judge_turn(tape(TURN, Stretch(11.5, 13.0)), 0).missed
    assert judge_turn(tape(TURN), 0).missed


def test_a_bot_that_falls_silent_was_stopped() -> None:
    found = judge_overlap(tape(OVER, Stretch(5.0, 6.4), Stretch(8.5, 12.0)), 0, 7.0)
    assert found is not None
    assert found.stopped_after_s == pytest.approx(0.4)


def test_a_bot_that_goes_on_was_not_stopped() -> None:
    found = judge_overlap(tape(OVER, Stretch(5.0, 12.0)), 0, 7.0)
    assert found is not None
    assert found.stopped_after_s is None


def test_a_pause_between_two_sentences_is_no_stop() -> None:
    found = judge_overlap(tape(OVER, Stretch(5.0, 6.5), Stretch(6.9, 12.0)), 0, 7.0)
    assert found is not None
    assert found.stopped_after_s is None


def test_a_bot_that_comes_to_its_own_end_was_not_stopped() -> None:
    found = judge_overlap(tape(OVER, Stretch(5.0, 7.0)), 0, 2.0)
    assert found is not None
    assert found.stopped_after_s is None


def test_whether_a_stopped_bot_speaks_again_is_told() -> None:
    murmur = Said("murmur", "back_channel", 6.0, 6.4)
    again = judge_overlap(tape(murmur, Stretch(5.0, 6.5), Stretch(8.0, 12.0)), 0, 7.0)
    silent = judge_overlap(tape(murmur, Stretch(5.0, 6.5)), 0, 7.0)
    assert again is not None
    assert silent is not None
    assert again.spoke_again
    assert not silent.spoke_again


def test_nothing_is_found_where_the_bot_was_not_speaking() -> None:
    assert judge_overlap(tape(OVER, Stretch(1.0, 3.0)), 0, 7.0) is None


def test_the_longest_speech_is_measured_across_short_pauses() -> None:
    heard = tape(TURN, Stretch(1.0, 2.0), Stretch(2.2, 4.0), Stretch(9.0, 10.0))
    assert longest_speech_s(heard) == pytest.approx(3.0)
