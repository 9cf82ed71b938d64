from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from tests.voice_gateway.speech.conftest import RATE, Callers, frames, noise, silence
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.speech.caller_voice import telephone_band
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import AudioError
from voice_gateway.speech.recogniser import Recogniser

NUMBER = "my order number is four eight two nine one three"


def heard(recogniser: Recogniser, pcm: bytes) -> Transcript:
    recogniser.feed(pcm)
    return recogniser.finish()


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_caller_is_understood_at_both_rates(
    model: SpeechModel, callers: Callers, rate: int
) -> None:
    result = heard(Recogniser(model, rate), callers.say(NUMBER, rate))
    assert result.text == NUMBER
    assert result.confidence > 0.8


def test_a_caller_is_understood_through_the_telephone(model: SpeechModel, callers: Callers) -> None:
    line = telephone_band(callers.say(NUMBER, 8_000), 8_000, snr_db=25)
    assert heard(Recogniser(model, 8_000), line).text == NUMBER


def test_partials_grow_while_the_caller_speaks(model: SpeechModel, callers: Callers) -> None:
    recogniser = Recogniser(model, RATE)
    said = callers.say(NUMBER) + silence(0.5)
    partials = [text for frame in frames(said) if (text := recogniser.feed(frame))]
    assert len(partials) > 3
    assert all(before != after for before, after in pairwise(partials))
    assert partials[-1] == recogniser.finish().text


def test_words_have_times_in_the_call(model: SpeechModel, callers: Callers) -> None:
    recogniser = Recogniser(model, RATE)
    recogniser.seek(100.0)
    pcm = callers.say(NUMBER)
    words = heard(recogniser, pcm).words
    assert words[0].start > 100.2
    assert words[-1].end < 100.0 + len(pcm) / 2 / RATE
    assert all(a.end <= b.start + 0.05 for a, b in pairwise(words))


def test_segments_on_both_sides_of_a_pause_are_one_utterance(
    model: SpeechModel, callers: Callers
) -> None:
    pcm = callers.say("where is my order") + silence(1.5) + callers.say("i need a refund")
    assert heard(Recogniser(model, RATE), pcm).text == "where is my order i need a refund"


def test_looking_into_an_utterance_does_not_change_what_is_heard(
    model: SpeechModel, callers: Callers
) -> None:
    pcm = callers.say("my order number is four eight two nine one three")
    whole = heard(Recogniser(model, RATE), pcm)
    looking = Recogniser(model, RATE)
    looking.seek(0.0)
    seen = []
    step = round(0.7 * RATE) * 2
    for at in range(0, len(pcm), step):
        looking.feed(pcm[at : at + step])
        seen.append(looking.so_far().text)
    final = looking.finish()
    assert final.text == whole.text == seen[-1]
    assert [word.start for word in final.words] == pytest.approx(
        [word.start for word in whole.words], abs=0.06
    )
    assert len(set(seen)) > 2


def test_left_out_audio_keeps_the_times_right(model: SpeechModel, callers: Callers) -> None:
    recogniser = Recogniser(model, RATE)
    recogniser.feed(callers.say("where is my order"))
    recogniser.seek(60.0)
    words = heard(recogniser, callers.say("i need a refund")).words
    assert " ".join(word.text for word in words) == "where is my order i need a refund"
    assert words[3].end < 10.0
    assert words[4].start > 60.0


@pytest.mark.parametrize("milliseconds", [20, 30, 200])
def test_streaming_hears_exactly_what_one_piece_does(
    model: SpeechModel, callers: Callers, milliseconds: int
) -> None:
    pcm = telephone_band(callers.say(NUMBER, 8_000), 8_000, snr_db=12)
    whole = heard(Recogniser(model, 8_000), pcm)
    streaming = Recogniser(model, 8_000)
    for frame in frames(pcm, 8_000, milliseconds):
        streaming.feed(frame)
    assert streaming.finish() == whole


def test_an_utterance_is_heard_the_same_whatever_came_before(
    model: SpeechModel, callers: Callers
) -> None:
    recogniser = Recogniser(model, RATE)
    pcm = telephone_band(callers.say(NUMBER), RATE, snr_db=10)
    first = heard(recogniser, pcm)
    heard(recogniser, callers.say("where is my order"))
    assert heard(recogniser, pcm) == first


def test_two_at_once_hear_what_each_hears_alone(model: SpeechModel, callers: Callers) -> None:
    lines = [
        telephone_band(callers.say(text), RATE, snr_db=12)
        for text in (NUMBER, "what time do you open on sunday")
    ]
    alone = [heard(Recogniser(model, RATE), pcm) for pcm in lines]
    together: dict[int, Transcript] = {}

    def listen(number: int) -> None:
        recogniser = Recogniser(model, RATE)
        for frame in frames(lines[number]):
            recogniser.feed(frame)
        together[number] = recogniser.finish()

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[0], together[1]] == alone


@pytest.mark.parametrize("pcm", [b"", silence(2.0)], ids=["nothing", "silence"])
def test_silence_has_no_words(model: SpeechModel, pcm: bytes) -> None:
    assert heard(Recogniser(model, RATE), pcm) == Transcript("")


def test_odd_bytes_are_refused(model: SpeechModel) -> None:
    with pytest.raises(AudioError, match="even number of bytes"):
        Recogniser(model, RATE).feed(b"\x00\x01\x02")


def test_a_grammar_narrows_what_is_heard(model: SpeechModel, callers: Callers) -> None:
    pcm = callers.say("text message")
    recogniser = Recogniser(model, RATE)
    free = heard(recogniser, pcm)
    recogniser.expect("choice", ("text messages",))
    narrowed = heard(recogniser, pcm)
    assert narrowed.text == "text messages"
    assert free.text == "text message"
    assert narrowed.alternatives[0] == "text message"
    assert narrowed.confidence < free.confidence
    recogniser.expect("free")
    assert heard(recogniser, pcm) == free


def test_a_grammar_set_in_the_middle_counts_from_the_beginning(
    model: SpeechModel, callers: Callers
) -> None:
    pcm = callers.say("text message")
    early, late = Recogniser(model, RATE), Recogniser(model, RATE)
    early.expect("choice", ("text messages",))
    half = len(pcm) // 4 * 2
    late.feed(pcm[:half])
    late.expect("choice", ("text messages",))
    assert heard(late, pcm[half:]) == heard(early, pcm)


def test_dropping_a_grammar_in_the_middle_loses_nothing(
    model: SpeechModel, callers: Callers
) -> None:
    pcm = callers.say("text message")
    recogniser = Recogniser(model, RATE)
    recogniser.expect("choice", ("text messages",))
    half = len(pcm) // 4 * 2
    recogniser.feed(pcm[:half])
    recogniser.expect("free")
    assert heard(recogniser, pcm[half:]).text == "text message"


@pytest.mark.parametrize(
    "said", ["i want to talk to a person", "where is my order", "i forgot my password"]
)
@pytest.mark.parametrize("grammar", ["digits", "code", "yes_no"])
def test_something_else_than_expected_gets_through(
    model: SpeechModel, callers: Callers, grammar: str, said: str
) -> None:
    recogniser = Recogniser(model, RATE)
    recogniser.expect(grammar, length=None if grammar == "yes_no" else 6)
    assert heard(recogniser, callers.say(said)).text == said


def test_words_that_the_model_lacks_are_logged_by_name(model: SpeechModel) -> None:
    with capture_logs() as logs:
        Recogniser(model, RATE).expect("choice", ("yes", "blibbl"))
    assert logs[0]["words"] == ["blibbl"]


def test_steady_noise_is_no_certain_sentence(model: SpeechModel) -> None:
    result = heard(Recogniser(model, RATE), noise(3.0))
    assert len(result.words) <= 2
