from __future__ import annotations

import numpy as np

from speech_model.data.examples import Example
from speech_model.lexicon.dictionary import Lexicon
from speech_model.phones import NETWORK_PHONES
from speech_model.training.transcribing import Transcriber

LEXICON = Lexicon(
    {
        "either": (("IY", "DH", "ER"), ("AY", "DH", "ER")),
        "way": (("W", "EY"),),
        "read": tuple((phone,) for phone in NETWORK_PHONES[1:8]),
    }
)


def example(words: str, phones: tuple[int, ...] = ()) -> Example:
    return Example(np.zeros((9, 40), np.float16), np.array(phones, np.int16), words, "toy")


def named(numbers: list[int]) -> list[str]:
    return [NETWORK_PHONES[number] for number in numbers]


def test_words_may_be_said_in_every_way_of_the_lexicon() -> None:
    transcript = Transcriber(LEXICON)(example("either way"))
    assert named(transcript.phones.tolist()) == ["IY", "DH", "ER", "AY", "DH", "ER", "W", "EY"]
    assert transcript.words.tolist() == [0, 2, 3]


def test_only_the_likeliest_of_many_ways_count() -> None:
    assert len(Transcriber(LEXICON)(example("read")).phones) == 4


def test_without_words_there_are_the_phones() -> None:
    assert Transcriber(LEXICON)(example("", (3, 4))).canonical.tolist() == [3, 4]


def test_without_anything_there_is_silence() -> None:
    assert Transcriber(LEXICON)(example("")).shortest == 0
