from __future__ import annotations

import pytest

from voice_gateway.caller.response_delay import MeasuredTurn, ResponseMeter


def watch(caller: str, bot: str, clear_at: int | None = None) -> list[MeasuredTurn]:
    """One letter is 20 ms: `x` is sound, `-` is silence that is played, `.` is nothing."""
    meter = ResponseMeter()
    turns = []
    for n, (mine, theirs) in enumerate(zip(caller, bot, strict=True)):
        if n == clear_at:
            meter.cleared()
        turn = meter.frame(
            n * 0.02,
            caller_voiced=mine == "x",
            bot_sounding=theirs in "x-",
            bot_audible=theirs == "x",
            said="hello",
        )
        turns += [turn] if turn else []
    last = meter.finish()
    return turns + ([last] if last else [])


def test_from_the_last_word_to_the_first_sound_of_the_answer() -> None:
    [turn] = watch(
        ".xx.x....................",
        "...............--xx......",
    )
    assert (turn.spoke_from, turn.answered_at, turn.said) == (0.02, 0.34, "hello")
    assert turn.response_delay == pytest.approx(0.24)


def test_each_turn_has_its_own_answer() -> None:
    turns = watch(
        "xx........xx........",
        ".....xxx.......xxx..",
    )
    assert [turn.response_delay for turn in turns] == pytest.approx([0.06, 0.06])


def test_a_greeting_answers_nothing() -> None:
    assert watch("......", "xxx...") == []


def test_what_the_caller_talks_over_is_no_answer() -> None:
    [turn] = watch(
        "...xxx.............",
        "xxxxxxxxx......xx..",
    )
    assert turn.response_delay == pytest.approx(0.18)


def test_after_an_interruption_the_next_sound_is_the_answer() -> None:
    [turn] = watch(
        "...xxx.............",
        "xxxxx...xx.........",
        clear_at=5,
    )
    assert turn.response_delay == pytest.approx(0.04)


def test_a_bot_that_begins_while_the_caller_speaks_has_not_answered_yet() -> None:
    [turn] = watch(
        "xxxxxx.............",
        "....xxxxx....xx....",
    )
    assert turn.response_delay == pytest.approx(0.14)


def test_a_turn_without_an_answer_has_no_delay() -> None:
    [turn] = watch("xx....", "......")
    assert (turn.answered_at, turn.response_delay) == (None, None)
