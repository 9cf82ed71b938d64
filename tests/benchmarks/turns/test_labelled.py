from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.turns.labelled import LabelledSet, on_the_line, spoken
from benchmarks.turns.scripts import FREE, Script
from benchmarks.turns.turn import LINE_S
from tests.benchmarks.turns.sounds import Whistler, labelled
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES, samples_of
from voice_gateway.speech.voice_activity import level_dbfs

HELLO = Script("hello", "clauses", FREE, ("hello", "where is my order"), (0.6,))


def test_a_turn_begins_with_its_first_word_and_its_pauses_are_where_they_were_made() -> None:
    turn = on_the_line(spoken(HELLO, Whistler()), real=False)
    assert turn.speech_end_s == pytest.approx(1.6, abs=0.03)
    (pause,) = turn.pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((0.5, 1.1), abs=0.03)
    assert turn.text == "hello where is my order"
    seconds = len(turn.pcm) / SAMPLE_BYTES / LISTENING_RATE
    assert seconds == pytest.approx(turn.speech_end_s + LINE_S, abs=0.03)


def test_the_caller_goes_on_after_all_parts_but_the_last() -> None:
    whistler = Whistler()
    spoken(HELLO, whistler)
    assert whistler.told == ["hello,", "where is my order."]


def test_speech_is_heard_above_the_noise_of_the_line() -> None:
    turn = on_the_line(spoken(HELLO, Whistler()), real=False)
    word = turn.pcm[: round(0.4 * LISTENING_RATE) * SAMPLE_BYTES]
    assert -33.0 < level_dbfs(word) < -19.0
    assert 13.0 < level_dbfs(word) - level_dbfs(turn.line) < 33.0
    assert np.any(samples_of(turn.line))


def test_a_turn_is_the_same_each_time_and_another_with_another_seed() -> None:
    said = spoken(HELLO, Whistler())
    assert on_the_line(said, real=False) == on_the_line(said, real=False)
    assert on_the_line(said, real=False).pcm != on_the_line(said, real=False, seed=1).pcm


def test_a_smaller_set_has_some_of_each_kind() -> None:
    turns = [
        replace(labelled(kind, real=real), name=f"{kind}-{real}-{number}")
        for kind in ("whole", "noise")
        for real in (False, True)
        for number in range(5)
    ]
    small = LabelledSet(tuple(turns), turns[0], ()).at_most(2)
    assert len(small.turns) == 8
    assert len(small.of("whole")) == 4
    assert len({turn.name for turn in small.turns}) == 8
