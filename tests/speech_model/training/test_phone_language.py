from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.training.phone_language import PhoneLanguage, estimate, uniform

PHONES = 5

sequences = st.lists(st.lists(st.integers(0, PHONES - 1), max_size=12).map(np.array), max_size=10)


@given(sequences)
def test_after_any_two_phones_something_follows_and_silence_never_repeats(
    said: list[np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> None:
    for language in (estimate(said, PHONES), uniform(PHONES)):
        assert language.phones == PHONES
        assert language.first.sum() == pytest.approx(1.0, abs=1e-5)
        assert language.following.sum(axis=2) == pytest.approx(np.ones((PHONES, PHONES)), abs=1e-5)
        assert not language.following[0, :, 0].any()
        assert (language.following[1:] > 0).all()
        assert (language.following[0, :, 1:] > 0).all()


def test_what_was_said_often_is_likely() -> None:
    said = [[0, 1, 2, 3, 0]] * 20 + [[3, 2, 3, 1]] + [[0, 2, 1]] * 5
    language = estimate([np.array(one) for one in said], PHONES)
    assert language.first.argmax() == 0
    assert language.following[2, 1].argmax() == 3
    # After "4 2", which was never said, it counts what follows "2" in different places.
    assert language.following[2, 4].argmax() == 3
    assert language.following[3, 2].argmax() == 0


def test_an_utterance_begins_as_after_silence() -> None:
    language = estimate([np.array([1, 2])] * 10, PHONES)
    assert language.following[1, 0, 2] > 0.8


def test_it_is_kept_in_a_file(tmp_path: Path) -> None:
    language = estimate([np.array([0, 1, 2, 3])], PHONES)
    language.save(tmp_path / "phones.npz")
    again = PhoneLanguage.load(tmp_path / "phones.npz")
    assert (again.first == language.first).all()
    assert (again.following == language.following).all()


def test_logarithms_of_nothing_are_very_low() -> None:
    first, following = uniform(PHONES).logarithms()
    assert np.exp(first) == pytest.approx(0.2)
    assert -100 < following[0, 1, 0] < -80
