"""Answers in turn."""

from __future__ import annotations

from nlg.varied import capitalised, least_recent


def test_the_first_wording_comes_first() -> None:
    assert least_recent(["a", "b", "c"], []) == 0


def test_what_was_said_is_followed_by_what_was_not() -> None:
    assert least_recent(["a", "b", "c"], ["a"]) == 1
    assert least_recent(["a", "b", "c"], ["a", "x", "b"]) == 2


def test_when_all_were_said_the_oldest_comes_again() -> None:
    assert least_recent(["a", "b", "c"], ["c", "a", "b", "a"]) == 2
    assert least_recent(["a", "b"], ["a", "b"]) == 0
    assert least_recent(["a", "b"], ["b", "a"]) == 1


def test_sentences_begin_with_a_capital() -> None:
    assert capitalised("our store is open.") == "Our store is open."
    assert capitalised("") == ""
