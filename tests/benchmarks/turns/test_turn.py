from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.turns.turn import LINE_S, bounds_of
from tests.benchmarks.turns.sounds import labelled, silence, tone
from voice_gateway.speech.pcm import LISTENING_RATE as RATE
from voice_gateway.speech.pcm import SAMPLE_BYTES


def test_a_pause_is_the_silence_between_two_words() -> None:
    sound = np.concatenate([silence(0.2), tone(0.5), silence(0.4), tone(0.3), silence(0.6)])
    bounds = bounds_of(sound, RATE)
    assert (bounds.start_s, bounds.end_s) == pytest.approx((0.2, 1.4), abs=0.011)
    (pause,) = bounds.pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((0.7, 1.1), abs=0.011)


def test_a_silence_too_short_to_notice_is_no_pause() -> None:
    sound = np.concatenate([tone(0.5), silence(0.1), tone(0.5)])
    assert bounds_of(sound, RATE).pauses == ()


def test_what_the_line_drowns_is_silence() -> None:
    sound = np.concatenate([tone(0.5), 0.01 * tone(0.4), tone(0.5), 0.01 * tone(0.4)])
    bounds = bounds_of(sound, RATE)
    assert len(bounds.pauses) == 1
    assert bounds.end_s == pytest.approx(1.4, abs=0.011)
    assert bounds_of(sound, RATE, quieter_db=60.0).end_s == pytest.approx(1.8, abs=0.011)


@pytest.mark.parametrize("seconds", [0.0, 0.005, 1.0])
def test_nobody_speaks_in_silence(seconds: float) -> None:
    bounds = bounds_of(silence(seconds), RATE)
    assert (bounds.start_s, bounds.end_s, bounds.pauses) == (0.0, 0.0, ())


def test_the_line_alone_is_the_end_of_a_turns_audio() -> None:
    line = b"\1\0" * round(LINE_S * RATE)
    turn = replace(labelled(), pcm=b"\2\0" * RATE + line)
    assert turn.line == line
    assert len(turn.speech) == RATE * SAMPLE_BYTES
