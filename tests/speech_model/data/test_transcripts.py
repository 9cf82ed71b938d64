from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.data.transcripts import plain_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("AND SO MY FELLOW AMERICANS", "and so my fellow americans"),
        ("Please call Stella.", "please call stella"),
        ("Wait \u2014 it's Maria\u2019s!", "wait it's maria's"),
        ("a well-known U.S. firm", "a well known u s firm"),
        ('He said: "No, thanks" (twice); why?', "he said no thanks twice why"),
        ("'tis the boys' own", "'tis the boys' own"),
        ("the 'quoted' word", "the quoted word"),
        ("o'clock\n", "o'clock"),
    ],
)
def test_case_and_punctuation_go(written: str, said: str) -> None:
    assert plain_words(written) == said


@pytest.mark.parametrize(
    "written", ["room 101", "50 %", "caf\u00e9", "[noise]x_y", "", " ... ", "a & b"]
)
def test_it_is_not_guessed_how_something_is_said(written: str) -> None:
    assert plain_words(written) is None


@given(st.text())
def test_what_comes_out_are_plain_words_and_stays_so(written: str) -> None:
    said = plain_words(written)
    if said is not None:
        assert set(said) <= set("abcdefghijklmnopqrstuvwxyz' ")
        assert said == " ".join(said.split()) != ""
        assert plain_words(said) == said
