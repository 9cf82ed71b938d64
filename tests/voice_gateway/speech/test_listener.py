from __future__ import annotations

import numpy as np
import pytest

from tests.voice_gateway.speech.conftest import RATE, Callers, frames, noise, silence
from voice_gateway.conversation.events import PartialTranscript, SpeechStarted, SpeechStopped
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.listener import HeardEvent, Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import AudioError


def hear(listener: Listener, pcm: bytes, rate: int = RATE) -> list[HeardEvent]:
    return [event for frame in frames(pcm, rate) for event in listener.hear(frame)]


def starts(events: list[HeardEvent]) -> int:
    return sum(isinstance(event, SpeechStarted) for event in events)


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_an_utterance_from_start_to_transcript(
    model: SpeechModel, callers: Callers, rate: int
) -> None:
    listener = Listener(model, rate)
    events = hear(listener, callers.say("where is my order", rate), rate)
    assert isinstance(events[0], SpeechStarted)
    assert starts(events) == 1
    assert any(isinstance(event, PartialTranscript) for event in events)
    final = listener.finish().transcript
    assert events[-1] == SpeechStopped(Listener.hangover_s, final)
    assert final.text == "where is my order"
    assert 0.2 < final.words[0].start < final.words[-1].end < listener.heard_s


def test_the_first_word_is_not_lost_when_speech_comes_at_once(
    model: SpeechModel, callers: Callers
) -> None:
    listener = Listener(model, RATE)
    pcm = callers.say("where is my order")
    hear(listener, pcm[round(0.3 * RATE) * 2 :])
    assert listener.finish().transcript.text == "where is my order"


def test_times_refer_to_the_call(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    hear(listener, silence(20.0) + callers.say("where is my order"))
    assert 20.2 < listener.finish().transcript.words[0].start < 20.9


def test_one_utterance_after_another(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    for text in ("where is my order", "i forgot my password", "i need a refund"):
        hear(listener, callers.say(text))
        assert listener.finish().transcript.text == text


def test_a_pause_does_not_end_the_utterance(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    pause = silence(6.0)
    events = hear(
        listener, callers.say("where is my order") + pause + callers.say("i need a refund")
    )
    assert starts(events) == 2
    final = listener.finish().transcript
    assert final.text == "where is my order i need a refund"
    assert final.words[4].start - final.words[3].end > 5.0


def test_short_pauses_tell_what_was_said_and_do_not_change_what_is_heard(
    model: SpeechModel, callers: Callers
) -> None:
    pcm = callers.say("where is my order")
    middle = round(0.85 * RATE) * 2
    listener = Listener(model, RATE)
    events = hear(listener, pcm[:middle] + silence(0.25) + pcm[middle:])
    first, second = (event.heard for event in events if isinstance(event, SpeechStopped))
    final = listener.finish().transcript
    assert first is not None
    assert second == final
    assert "where is my order".startswith(first.text)
    assert final.text == "where is my order"
    assert final.words[-1].end < listener.heard_s - Listener.hangover_s


def test_finishing_in_the_middle_of_speech_begins_another_utterance(
    model: SpeechModel, callers: Callers
) -> None:
    listener = Listener(model, RATE)
    pcm = callers.say("where is my order") + callers.say("i forgot my password")
    cut = round(0.9 * RATE) * 2
    hear(listener, pcm[:cut])
    assert listener.speaking
    listener.finish()
    assert isinstance(hear(listener, pcm[cut:])[0], SpeechStarted)
    assert listener.finish().transcript.text.endswith("i forgot my password")


@pytest.mark.parametrize("pcm", [silence(3.0), noise(3.0)], ids=["silence", "noise"])
def test_nothing_is_heard_in(model: SpeechModel, pcm: bytes) -> None:
    listener = Listener(model, RATE)
    assert hear(listener, pcm) == []
    assert listener.finish().transcript == Transcript("")


def test_expectations_reach_the_recogniser(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    listener.expect("choice", ("text messages",))
    hear(listener, callers.say("text message"))
    assert listener.finish().transcript.text == "text messages"


def test_frames_of_any_length_are_heard(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    events = listener.hear(callers.say("where is my order"))
    assert [type(e) for e in events if not isinstance(e, PartialTranscript)] == [
        SpeechStarted,
        SpeechStopped,
    ]
    assert listener.finish().transcript.text == "where is my order"


def test_odd_bytes_are_refused_and_do_no_harm(model: SpeechModel, callers: Callers) -> None:
    listener = Listener(model, RATE)
    with pytest.raises(AudioError, match="even number"):
        listener.hear(b"\x00\x01\x02")
    hear(listener, callers.say("where is my order"))
    assert listener.finish().transcript.text == "where is my order"


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_transcript_tells_how_loud_the_caller_spoke(
    model: SpeechModel, callers: Callers, rate: int
) -> None:
    said = np.frombuffer(callers.say("where is my order", rate), "<i2")
    listener = Listener(model, rate)
    levels = []
    for gain in (1.0, 0.5, 1.0):
        hear(listener, (said * gain).astype("<i2").tobytes(), rate)
        levels.append(listener.finish().transcript.level_db)
    loud, soft, loud_again = levels
    assert loud is not None
    assert soft is not None
    assert loud - soft == pytest.approx(6.0, abs=1.0)
    assert loud_again == pytest.approx(loud, abs=1.0)


def test_the_level_follows_the_line(model: SpeechModel) -> None:
    listener = Listener(model, RATE)
    listener.hear(silence(0.02))
    assert listener.level_db == -96.0
    listener.hear(noise(0.02, level=3000.0))
    assert -25.0 < listener.level_db < -18.0
