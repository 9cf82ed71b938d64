from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from speech_model.data.joining import plan_examples
from speech_model.data.manifest import Utterance

DIGITS = ("one", "two", "three", "four")


def said(speaker: str, text: str, seconds: float = 1.0, corpus: str = "mine") -> Utterance:
    return Utterance(Path(f"{speaker}-{text}.flac"), speaker, text, corpus, seconds)


def planned(
    utterances: list[Utterance], hours: float, seed: int = 0
) -> list[tuple[Utterance, ...]]:
    return list(plan_examples(utterances, hours, np.random.default_rng(seed)))


SINGLE = [said(speaker, digit, 0.4) for speaker in ("ann", "bob") for digit in DIGITS]
SENTENCES = [
    said(speaker, f"this is sentence {n}", 3.0) for speaker in ("ann", "bob") for n in DIGITS
]


def test_as_much_is_planned_as_is_wanted() -> None:
    examples = planned(SENTENCES, 0.5)
    seconds = sum(one.seconds for example in examples for one in example) + len(examples)
    assert seconds == pytest.approx(1800, abs=15)


def test_single_words_become_strings_as_long_as_codes_and_numbers_are() -> None:
    lengths = Counter(map(len, planned(SINGLE, 1.0)))
    assert set(lengths) == {1, 2, 3, 4, 5, 6, 7, 8, 10}
    assert lengths[6] > lengths[5] > lengths[7]


def test_sentences_mostly_stay_alone() -> None:
    lengths = Counter(map(len, planned(SENTENCES, 1.0)))
    assert set(lengths) == {1, 2}
    assert lengths[1] > 4 * lengths[2]


def test_only_one_speaker_of_one_corpus_is_in_an_example() -> None:
    mixed = SINGLE + SENTENCES + [said("ann", "five", 0.4, "other")]
    for example in planned(mixed, 1.0):
        assert len({(one.corpus, one.speaker) for one in example}) == 1
        assert len({len(one.text.split()) > 2 for one in example}) == 1


def test_every_recording_is_used_about_equally_often() -> None:
    heads = Counter(
        one.text + one.speaker for example in planned(SENTENCES, 2.0) for one in example
    )
    assert len(heads) == len(SENTENCES)
    assert max(heads.values()) < 1.3 * min(heads.values())


def test_strings_of_digits_are_used_more_often_than_sentences() -> None:
    string = said("ann", "four two seven one", 3.0)
    uses = Counter(one.text for example in planned([*SENTENCES, string], 2.0) for one in example)
    assert uses[string.text] > 2.5 * uses[SENTENCES[0].text]


def test_nothing_gets_too_long_for_a_batch() -> None:
    slow = [said("ann", digit, 4.0) for digit in DIGITS]
    assert max(sum(one.seconds for one in example) for example in planned(slow, 1.0)) <= 14.0


def test_the_same_seed_plans_the_same() -> None:
    assert planned(SINGLE, 0.1, seed=5) == planned(SINGLE, 0.1, seed=5)
    assert planned(SINGLE, 0.1, seed=5) != planned(SINGLE, 0.1, seed=6)


def test_of_nothing_comes_nothing() -> None:
    assert planned([], 1.0) == []
    assert planned(SINGLE, 0.0) == []
