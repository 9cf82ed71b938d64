from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import diskcache
import numpy as np
import pytest

from tests.voice_gateway.speech.conftest import silence
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import samples_of
from voice_gateway.speech.recogniser import Recogniser
from voice_gateway.speech.synthesiser import SpokenSentence, Synthesiser
from voice_gateway.speech.voice import Voice

TEXT = "Your order is late. It will be there at 6:30 PM. Can I help you with anything else?"


@pytest.fixture(scope="module")
def synthesiser(voice: Voice) -> Synthesiser:
    return Synthesiser(voice)


def test_sentences_come_one_by_one_and_name_their_place(synthesiser: Synthesiser) -> None:
    spoken = list(synthesiser.speak(TEXT, 8_000))
    assert [s.text for s in spoken] == [
        "Your order is late.",
        "It will be there at 6:30 PM.",
        "Can I help you with anything else?",
    ]
    assert all(TEXT[s.start_char : s.end_char] == s.text for s in spoken)
    assert all(0.4 < len(s.pcm) / 16_000 < 4 for s in spoken)


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_a_line_gets_its_own_rate(synthesiser: Synthesiser, rate: int) -> None:
    (spoken,) = synthesiser.speak("Where is my order?", rate)
    assert 0.7 < len(spoken.pcm) / 2 / rate < 2.0


def test_speech_begins_almost_at_once_and_ends_with_a_short_pause(
    synthesiser: Synthesiser,
) -> None:
    (spoken,) = synthesiser.speak("Where is my order?", 8_000)
    audible = np.flatnonzero(np.abs(samples_of(spoken.pcm).astype(int)) > 400)
    assert audible[0] / 8_000 < 0.06
    assert 0.15 < (len(spoken.pcm) / 2 - audible[-1]) / 8_000 < 0.35


def test_what_it_says_is_understood(synthesiser: Synthesiser, model: SpeechModel) -> None:
    (spoken,) = synthesiser.speak("My order number is 482913.", 16_000)
    recogniser = Recogniser(model, 16_000)
    recogniser.feed(silence(0.5) + spoken.pcm + silence(0.5))
    assert "four eight two nine one three" in recogniser.finish().text


def test_a_long_first_sentence_begins_with_its_first_clause(synthesiser: Synthesiser) -> None:
    text = "I found your order from Monday, and it has left our warehouse on time this morning."
    first, second = synthesiser.speak(text, 8_000)
    assert first.text == "I found your order from Monday,"
    assert text[second.start_char : second.end_char] == second.text
    assert len(first.pcm) < len(second.pcm)


def test_groups_of_a_number_stay_together(synthesiser: Synthesiser) -> None:
    text = "I have got your order number here: it is 482, 913, is that the right one for you"
    first, *rest = synthesiser.speak(text, 8_000)
    assert first.text == "I have got your order number here:"
    assert len(rest) == 1


@pytest.mark.parametrize("text", ["", "   ", "...", "\n\n!"])
def test_nothing_to_say_is_nothing_said(synthesiser: Synthesiser, text: str) -> None:
    assert list(synthesiser.speak(text, 8_000)) == []


def test_the_pace_makes_it_shorter(synthesiser: Synthesiser) -> None:
    def length(pace: float) -> int:
        return sum(len(s.pcm) for s in synthesiser.speak(TEXT, 8_000, pace))

    assert length(1.5) < 0.8 * length(0.8)


def test_rates_and_paces_out_of_range_are_refused_before_speaking(
    synthesiser: Synthesiser,
) -> None:
    with pytest.raises(ValueError, match="sample rate 100"):
        synthesiser.speak("Hello.", 100)
    with pytest.raises(ValueError, match="pace 9"):
        synthesiser.speak("Hello.", 8_000, pace=9)


def test_warmed_phrases_come_from_the_disk(voice: Voice, tmp_path: Path) -> None:
    long = "Thank you for calling Northwind Outfitters, how can I help you today with your order?"
    first = Synthesiser(voice, tmp_path)
    first.warm([long], 8_000)
    (spoken,) = Synthesiser(voice, tmp_path).speak(long, 8_000)
    assert spoken.text == long
    # The voice never says a thing twice in exactly the same way.
    assert [spoken] == list(first.speak(long, 8_000))


def test_what_was_said_lately_is_said_in_the_same_way_again(synthesiser: Synthesiser) -> None:
    assert list(synthesiser.speak(TEXT, 8_000)) == list(synthesiser.speak(TEXT, 8_000))


def test_what_may_be_about_a_customer_is_not_kept_on_disk(voice: Voice, tmp_path: Path) -> None:
    assert list(Synthesiser(voice, tmp_path).speak("Your order is 482913.", 8_000))
    assert len(diskcache.Cache(str(tmp_path))) == 0


def test_a_cache_that_cannot_be_written_is_only_slower(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    synthesiser = Synthesiser(voice, tmp_path / "file")
    synthesiser.warm(["Hello."], 8_000)
    assert list(synthesiser.speak("Hello.", 8_000))


def test_several_threads_speak_at_once(voice: Voice, tmp_path: Path) -> None:
    synthesiser = Synthesiser(voice, tmp_path)
    spoken: dict[int, list[SpokenSentence]] = {}

    def speak(number: int) -> None:
        spoken[number] = list(synthesiser.speak(f"Line {number} is here. Hello.", 8_000))

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(spoken[number]) for number in range(3)] == [2, 2, 2]


def test_what_is_being_made_is_not_made_a_second_time(voice: Voice) -> None:
    class Counting(Synthesiser):
        rendered = 0

        def _render(self, key: Any) -> bytes:
            self.rendered += 1
            time.sleep(0.2)  # so that the others come meanwhile
            return super()._render(key)

    synthesiser = Counting(voice)
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda _: spoken(synthesiser), range(4)))
    assert synthesiser.rendered == 1
    assert len(set(said)) == 1


def test_a_voice_that_broke_once_is_tried_again(voice: Voice) -> None:
    class Breaking(Synthesiser):
        broken = True

        def _render(self, key: Any) -> bytes:
            if self.broken:
                raise RuntimeError("no voice today")
            return super()._render(key)

    synthesiser = Breaking(voice)
    with pytest.raises(RuntimeError, match="no voice"):
        spoken(synthesiser)
    synthesiser.broken = False
    assert spoken(synthesiser)


def spoken(synthesiser: Synthesiser) -> bytes:
    return b"".join(sentence.pcm for sentence in synthesiser.speak("Hello there.", 8_000))
