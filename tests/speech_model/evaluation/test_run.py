from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speech_model.evaluation import real_sets, sets
from speech_model.evaluation.run import hear, on_the_line, result
from tests.speech_model.evaluation import heard as made
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import samples_of


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel.load()


@pytest.fixture(scope="module")
def strings(recordings: Path) -> sets.EvaluationSet:
    return real_sets.digit_strings([recordings])


def test_a_line_is_the_telephone_s(strings: sets.EvaluationSet) -> None:
    said = strings.utterances[0]
    line = on_the_line(said, snr_db=30)
    assert line.rate == 8_000
    assert line.seconds == pytest.approx(said.seconds + 1.0, abs=0.01)
    spectrum = np.abs(np.fft.rfft(samples_of(line.pcm)))
    hz = np.fft.rfftfreq(len(line.pcm) // 2, 1 / 8_000)
    assert spectrum[hz < 80].max() < spectrum[(hz > 300) & (hz < 3_400)].max() / 50


def test_a_wide_line_has_16_khz_and_as_much_noise(strings: sets.EvaluationSet) -> None:
    said = strings.utterances[0]
    line = on_the_line(said, snr_db=30, wideband=True)
    assert line.rate == 16_000
    assert line.seconds == pytest.approx(said.seconds + 1.0, abs=0.01)
    assert samples_of(line.pcm)[:4_000].std() > 0


def test_noise_repeats_and_differs_between_utterances(strings: sets.EvaluationSet) -> None:
    one, other = strings.utterances[:2]
    assert on_the_line(one, 20) == on_the_line(one, 20)
    ends = [samples_of(on_the_line(each, 20).pcm)[-4_000:] for each in (one, other)]
    assert not np.array_equal(ends[0], ends[1])


def test_more_noise_is_louder_noise(strings: sets.EvaluationSet) -> None:
    one = strings.utterances[0]
    quiet, noisy = (samples_of(on_the_line(one, db).pcm)[-4_000:].std() for db in (30, 10))
    assert noisy > 5 * quiet


def test_an_utterance_is_heard_as_in_a_call(
    model: SpeechModel, strings: sets.EvaluationSet
) -> None:
    said = strings.utterances[0]
    heard = hear(model, said, on_the_line(said, 30), narrowed=True, in_one_piece_too=True)
    assert heard.same_in_one_piece is True
    assert heard.audio_s > said.seconds
    assert heard.cpu_s > 0
    assert len(heard.confidences()) == len(heard.transcript.words)


def test_words_are_right_or_wrong_with_their_confidence() -> None:
    heard = made.heard("four eight", [("four", 0.9), ("a", 0.3), ("eight", 0.8)])
    assert heard.confidences() == [(0.9, True), (0.3, False), (0.8, True)]


def test_spellings_are_one_before_words_are_judged() -> None:
    assert made.heard("oh okay", [("o", 0.9), ("ok", 0.5)]).confidences() == [
        (0.9, True),
        (0.5, True),
    ]


def test_words_that_are_spelled_apart_are_not_judged() -> None:
    assert made.heard("six am", [("six", 0.9), ("a", 0.5), ("m", 0.5)]).confidences() == []


def test_a_set_is_summed_up(strings: sets.EvaluationSet) -> None:
    all_heard = (
        made.heard("yes", [("yes", 0.9)]),
        made.heard("no", [("oh", 0.4), ("no", 0.6)]),
    )
    summed = result(strings, "free", all_heard)
    assert summed.errors.put_in == 1
    assert summed.real_time_factor == pytest.approx(0.1)
    assert summed.same_in_one_piece is None
