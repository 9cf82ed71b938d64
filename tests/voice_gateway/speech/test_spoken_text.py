from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice_gateway.speech.spoken_text import sentences, speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("We open at 6:30 PM.", "We open at six thirty P.M."),
        ("at 6 p.m. on Sunday", "at six P.M. on Sunday"),
        ("8 am to 8:05 pm", "eight A.M. to eight oh five P.M."),
        ("8-10 p.m.", "eight to ten P.M."),
        ("between 10:00 and 19:00", "between ten o'clock and seven P.M."),
        ("until 12:00", "until noon"),
        ("It costs $24.99.", "It costs twenty four dollars and ninety nine cents."),
        ("$1, $0.50 or $1,200", "one dollar, fifty cents or one thousand two hundred dollars"),
        ("on 2026-12-24", "on December twenty fourth, twenty twenty six"),
        ("12/24/2026", "December twenty fourth, twenty twenty six"),
        ("Dec. 24", "December twenty fourth"),
        ("July 4th, 2025", "July fourth, twenty twenty five"),
        ("the 1st and the 22nd", "the first and the twenty second"),
        ("Order 482913.", "Order four eight two, nine one three."),
        ("Order number B482913", "Order number B, four eight two, nine one three"),
        ("B, 482, 913", "B, four eight two, nine one three"),
        ("4 8 2, 9 1 3", "four eight two, nine one three"),
        ("the phone ending in 42", "the phone ending in four two"),
        ("the number ending in 4 2", "the number ending in four two"),
        ("Your code is 048213.", "Your code is zero four eight, two one three."),
        ("+1 (555) 010-0042", "one, five five five, zero one zero, zero zero four two"),
        ("+15550100042", "one, five five five, zero one zero, zero zero four two"),
        ("maria.d@example.com", "maria dot d at example dot com"),
        ("www.example.com/help", "www dot example dot com help"),
        ("within 30 minutes", "within thirty minutes"),
        ("1,250 items", "one thousand two hundred fifty items"),
        ("3.5 kg", "three point five kilograms"),
        ("5% off & more", "five percent off and more"),
        ("See No. 5 with Dr. Smith", "See number five with doctor Smith"),
        ("Mon-Fri 9-5, 24/7", "Monday to Friday nine to five, twenty four seven"),
        ("A as in alpha", "A, as in alpha"),
        ("**Hi** <b>there</b> [you](http://x.y)", "Hi there you"),
        ("it's a well-known one", "it's a well-known one"),
        ("", ""),
    ],
)  # fmt: skip
def test_as_people_say_it(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("We close at 6 p.m. on Sunday. Bye!", ["We close at 6 p.m. on Sunday.", "Bye!"]),
        ("We close at 6 p.m. We open at 8.", ["We close at 6 p.m.", "We open at 8."]),
        ("It is $24.99. Yes.", ["It is $24.99.", "Yes."]),
        ("See No. 5 with Dr. Smith. No. Thanks.", ["See No. 5 with Dr. Smith.", "No.", "Thanks."]),
        ("The U.S. store, e.g. John F. Kennedy's.", ["The U.S. store, e.g. John F. Kennedy's."]),
        ("Really?! (Yes.) Well...", ["Really?!", "(Yes.)", "Well..."]),
        ("One\n\ntwo", ["One", "two"]),
        ("", []),
        ("  ", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == parts


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                *["Hello", "at 6:30 PM", "8 a.m.", "$24.99", "No. 5", "Dr. Who", "482913"],
                *["2026-12-24", "99:99", "13/45/2020", "1,2,3", "-", "...", "?!", "(a)", "%"],
                *["12.5.3", "$", "\n\n", "+1 555 010 0042", "x@y.z", "<b", "[c](d)", "3-4"],
                *["B482913", "1st", "0.5 kg", "\u00bd", "8-10 p.m.", "A as in alpha"],
            ]
        ),
        max_size=10,
    ).map(" ".join),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_sentences_lose_nothing(text: str) -> None:
    found = sentences(text)
    assert all(text[part.start : part.end] == part.text == part.text.strip() for part in found)
    ends = [0, *(part.end for part in found)]
    starts = [*(part.start for part in found), len(text)]
    assert all(not text[a:b].strip() for a, b in zip(ends, starts, strict=True))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_speakable_text_has_letters_and_punctuation_only(text: str) -> None:
    for character in speakable(text):
        kind = unicodedata.category(character)[0]
        assert kind in "LM" or character in " .,!?;:'-"


@settings(max_examples=100, deadline=None)
@example("0-.")
@given(TEXTS)
def test_speakable_text_stays_as_it_is_when_read_again(text: str) -> None:
    once = speakable(text)
    assert not any(character.isdigit() for character in once)
    assert speakable(once).split()[:1] == once.split()[:1] or not once[:1].isalpha()


@given(st.integers(0, 999_999))
def test_every_digit_of_an_order_number_is_said(number: int) -> None:
    digits = f"{number:06d}"
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    said = speakable(f"Order {digits} has shipped").replace(",", "").split()
    assert said[1:7] == [names[int(digit)] for digit in digits]
