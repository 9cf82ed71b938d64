"""A long call is heard minute by minute, each of them alike."""

from __future__ import annotations

from benchmarks.decode_work import RATE, _a_minute, growth_of
from voice_gateway.speech.caller_voice import CallerVoice


def test_a_minute_is_a_minute_of_speech_and_silence() -> None:
    utterances = _a_minute(CallerVoice())
    assert sum(len(pcm) for pcm in utterances) == 60 * RATE * 2
    assert len(utterances) > 5
    assert all(pcm.strip(b"\0") for pcm in utterances[:-1])


def test_the_first_minute_is_not_held_against_the_others() -> None:
    assert growth_of([9.0] + [1.5] * 10) == growth_of([1.5] * 11)


def test_work_that_rises_along_the_call_shows() -> None:
    grows = growth_of([1.5 + 0.01 * minute for minute in range(20)])
    assert grows is not None
    assert not grows.none
