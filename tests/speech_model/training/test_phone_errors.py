from __future__ import annotations

import jiwer
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_model.training.phone_errors import PhoneErrors, PhoneLoop, count_errors
from speech_model.training.phone_language import uniform
from tests.speech_model.training.enumeration import languages, paths

phones = st.lists(st.integers(1, 5), max_size=8)


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), phones)
def test_errors_are_counted_as_word_errors_are(said: list[int], heard: list[int]) -> None:
    counted = count_errors(np.array(said, np.int16), np.array(heard, np.int16))
    words = jiwer.process_words(" ".join(map(str, said)), " ".join(map(str, heard)))
    assert counted.errors == words.substitutions + words.deletions + words.insertions
    assert counted.phones == len(said)


def test_rates_are_of_all_that_was_said() -> None:
    assert (PhoneErrors(1, 4) + PhoneErrors(2, 2)).rate == 0.5
    assert PhoneErrors().rate == 0.0


def test_it_hears_what_the_network_is_sure_of() -> None:
    outputs = np.zeros((7, 8), np.float32)
    for frame, output in enumerate([0, 1, 2, 3, 3, 6, 0]):
        outputs[frame, output] = 12.0
    assert PhoneLoop(uniform(4)).hear(outputs).tolist() == [1, 3]


def test_it_hears_the_likeliest_of_all_paths() -> None:
    language = languages(3, 4)
    for seed in range(5):
        outputs = np.random.default_rng(seed).normal(size=(5, 6)).astype(np.float32)
        _, best = max((likelihood, said) for _, said, likelihood in paths(outputs, language))
        assert PhoneLoop(language).hear(outputs).tolist() == [phone for phone in best if phone]
