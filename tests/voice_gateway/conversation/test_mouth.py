"""One utterance at a time, and what was heard of each."""

from __future__ import annotations

import itertools

from voice_gateway.conversation.commands import (
    PauseSpeaking,
    RecordHeard,
    RecordTurn,
    ResumeSpeaking,
    Say,
    StopSpeaking,
)
from voice_gateway.conversation.mouth import Mouth, Utterance


def mouth(*texts: str) -> Mouth:
    numbers = itertools.count(1)
    made = Mouth(lambda: f"t{next(numbers)}")
    made.queue.extend(Utterance(text) for text in texts)
    return made


def test_an_utterance_is_recorded_and_then_said() -> None:
    assert mouth("Hello.").start_next() == [RecordTurn("t1", "bot", "Hello."), Say(1, "Hello.")]


def test_what_was_played_to_the_end_was_heard() -> None:
    saying = mouth("Hello.")
    saying.start_next()
    assert saying.finish(1) == [RecordHeard("t1", "Hello.", complete=True)]
    assert saying.idle


def test_what_was_stopped_was_heard_up_to_the_last_mark() -> None:
    saying = mouth("Hello over there.")
    saying.start_next()
    saying.heard(1, 6)
    saying.heard(1, 3)
    assert saying.stop() == [StopSpeaking(1), RecordHeard("t1", "Hello", complete=False)]


def test_marks_of_an_earlier_utterance_mean_nothing() -> None:
    saying = mouth("One.", "Two.")
    saying.start_next()
    saying.stop()
    saying.start_next()
    saying.heard(1, 4)
    assert saying.finish(1) == []
    assert saying.stop()[1] == RecordHeard("t2", "", complete=False)


def test_only_answers_are_dropped_when_the_caller_moves_on() -> None:
    saying = mouth()
    saying.queue.extend(
        [
            Utterance("An answer.", answers="t1"),
            Utterance("A promise.", interruptible=False, answers="t1"),
            Utterance("A word of comfort."),
        ]
    )
    saying.drop_answers()
    assert [u.text for u in saying.queue] == ["A promise.", "A word of comfort."]


def test_what_was_paused_goes_on_once() -> None:
    saying = mouth("Hello over there.")
    assert saying.pause() == saying.resume() == []
    saying.start_next()
    assert saying.pause() == [PauseSpeaking(1)]
    assert saying.pause() == []
    assert saying.resume() == [ResumeSpeaking(1)]
    assert saying.resume() == []


def test_what_was_paused_can_be_stopped_and_the_next_is_not_paused() -> None:
    saying = mouth("One.", "Two.")
    saying.start_next()
    saying.pause()
    saying.stop()
    saying.start_next()
    assert not saying.paused


def test_who_cut_off_two_of_the_latest_utterances_interrupts_often() -> None:
    saying = mouth(*"abcdefgh")
    saying.start_next()
    saying.stop()
    saying.start_next()
    saying.finish(2)
    assert not saying.often_interrupted
    saying.start_next()
    saying.stop()
    assert saying.often_interrupted
    for utterance_id in range(4, 8):
        saying.start_next()
        saying.finish(utterance_id)
    assert not saying.often_interrupted
