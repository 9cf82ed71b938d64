"""A caller who takes steps whatever the bot does, played against a bot of silence and sound."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.peers.judgement import FRAME_S
from benchmarks.peers.situations import CallerTurn
from benchmarks.peers.turn_taker import AFTERWARDS_S, PATIENCE_S, POLITE_S, Step, TurnTaker
from voice_gateway.caller.audio import CallerAudioError, CallSnapshot
from voice_gateway.speech.pcm import LISTENING_RATE
from voice_gateway.transports.line import frame_bytes

SIZE = frame_bytes(LISTENING_RATE)
QUIET = bytes(SIZE)
LOUD = np.full(SIZE // 2, 3000, "<i2").tobytes()
TURN = CallerTurn("turn", "whole", "hello", LOUD * 50, 0.8, QUIET * 25)


def play(caller: TurnTaker, *bot_s: tuple[float, float], length_s: float = 30.0) -> float:
    """Play a bot that can be heard from and until; returns when the caller hung up."""
    for number in range(round(length_s / FRAME_S)):
        at = number * FRAME_S
        frame = caller.frame(CallSnapshot(at))
        assert len(frame.pcm) == SIZE
        if frame.hang_up:
            return at
        caller.hear(LOUD if any(start <= at < end for start, end in bot_s) else QUIET)
    raise AssertionError("the caller never hung up")


def test_speaks_once_the_bot_has_been_quiet_for_a_while() -> None:
    caller = TurnTaker([Step(TURN)])
    play(caller, (0.0, 2.0), (4.0, 5.0))
    (said,) = caller.tape.said
    assert said.from_s == pytest.approx(2.0 + POLITE_S)
    assert said.until_s == pytest.approx(said.from_s + TURN.speech_end_s)


def test_says_the_next_thing_after_the_answer_to_the_one_before() -> None:
    caller = TurnTaker([Step(TURN), Step(TURN)])
    play(caller, (0.0, 1.0), (4.0, 6.0), (9.0, 10.0))
    assert caller.tape.said[1].from_s == pytest.approx(6.0 + POLITE_S)


def test_goes_on_when_no_answer_comes() -> None:
    caller = TurnTaker([Step(TURN), Step(TURN)])
    play(caller, (0.0, 1.0))
    first, second = caller.tape.said
    assert second.from_s - first.from_s == pytest.approx(PATIENCE_S + 1.0, abs=0.1)


def test_keeps_on_talking_when_the_bot_cuts_in() -> None:
    caller = TurnTaker([Step(TURN)])
    play(caller, (0.0, 1.0), (2.2, 4.0))
    (said,) = caller.tape.said
    assert said.until_s - said.from_s == pytest.approx(TURN.speech_end_s)


def test_talks_over_the_bot_after_a_while_and_listens_to_what_comes() -> None:
    caller = TurnTaker([Step(TURN), Step(TURN, over_after_s=1.2)])
    ended = play(caller, (0.0, 1.0), (4.0, 12.0))
    over = caller.tape.said[1]
    assert over.from_s == pytest.approx(5.2, abs=0.05)
    assert ended == pytest.approx(over.from_s + 1.0 + AFTERWARDS_S, abs=0.1)


def test_does_not_talk_over_a_bot_that_says_nothing() -> None:
    caller = TurnTaker([Step(TURN), Step(TURN, over_after_s=1.2)])
    play(caller, (0.0, 1.0))
    assert len(caller.tape.said) == 1


def test_the_tape_has_the_bot_frame_by_frame() -> None:
    caller = TurnTaker([Step(TURN)])
    play(caller, (0.0, 1.0), (4.0, 5.0))
    assert sum(caller.tape.bot) * FRAME_S == pytest.approx(2.0)


async def test_refuses_another_rate_than_that_of_its_turns() -> None:
    with pytest.raises(CallerAudioError, match="16000"):
        await TurnTaker([Step(TURN)]).start(8000)
