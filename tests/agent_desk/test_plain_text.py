"""What others wrote is shown as plain text, whatever they put into it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk.plain_text import plain


def test_ordinary_text_stays_as_it_is() -> None:
    assert plain("Señor O'Neil's order B482913, 50 % off!") == (
        "Señor O'Neil's order B482913, 50 % off!"
    )


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07hello", "hello"),
        ("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bPq#0;2;0;0;0\x1b\\picture", "picture"),
        ("\x9b2Jcleared", "cleared"),
        ("\x9d52;c;c3RvbGVu\x9cclipboard", "clipboard"),
        ("\x1bcreset", "reset"),
        ("line\r\nbreak\ttab", "line break tab"),
        ("bell\x07 null\x00 back\x08", "bell null back"),
        ("abc\u202edcba", "abcdcba"),
        ("zero\u200bwidth", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("cut short \x1b", "cut short"),
        ("cut short \x1b[3", "cut short 3"),
    ],
)
def test_what_a_terminal_would_act_on_is_taken_out(hostile: str, shown: str) -> None:
    assert plain(hostile) == shown


def test_stacked_accents_cannot_deface_the_lines_around() -> None:
    assert len(plain("a" + "\u0301" * 500)) == 4


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert plain("one two three", 8) == "one two…"
    assert plain("one two", 7) == "one two"


def test_nothing_is_the_empty_text() -> None:
    assert plain(None) == ""
    assert plain(42) == "42"


@given(st.text())
def test_no_text_whatever_leaves_a_control_character(text: str) -> None:
    assert not [char for char in plain(text) if unicodedata.category(char) in {"Cc", "Cf", "Cs"}]


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
