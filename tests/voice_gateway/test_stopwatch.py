"""The delay of an answer, part by part."""

from __future__ import annotations

import pytest

from voice_gateway.stopwatch import Stopwatch


def answered() -> Stopwatch:
    watch = Stopwatch()
    watch.last_word(10.0)
    watch.turn_ended(10.25)
    watch.asked("t1", 10.3)
    watch.answered("t1", 10.4)
    return watch


def test_the_parts_add_up_to_the_whole() -> None:
    delay = answered().first_audio(10.45)
    assert delay is not None
    assert delay.turn_id == "t1"
    parts = [delay.endpoint, delay.recognition, delay.assistant, delay.synthesis]
    assert parts == pytest.approx([0.25, 0.05, 0.1, 0.05])
    assert delay.total == pytest.approx(0.45)


def test_only_the_first_audio_of_an_answer_counts() -> None:
    watch = answered()
    watch.first_audio(10.45)
    assert watch.first_audio(12.0) is None


def test_a_filler_before_the_answer_is_no_answer() -> None:
    watch = Stopwatch()
    watch.last_word(10.0)
    watch.turn_ended(10.7)
    watch.asked("t1", 10.7)
    assert watch.first_audio(11.9) is None
    watch.answered("t1", 13.0)
    assert watch.first_audio(13.1) is not None


def test_later_messages_of_the_same_turn_do_not_count() -> None:
    watch = answered()
    watch.answered("t1", 11.0)
    delay = watch.first_audio(11.0)
    assert delay is not None
    assert delay.assistant == pytest.approx(0.1)


def test_a_greeting_has_no_delay() -> None:
    assert Stopwatch().first_audio(1.0) is None
