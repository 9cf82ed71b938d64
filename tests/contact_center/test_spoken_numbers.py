"""Order numbers as callers say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.spoken_numbers import candidates, continued, corrected, fragment, weighed
from tests.actions.conftest import words

DIGITS = words("zero one two three four five six seven eight nine")
TEENS = words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
TENS = words(". . twenty thirty forty fifty sixty seventy eighty ninety")
ALPHABET = words(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike "
    "november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee "
    "zulu"
)
HESITATIONS = ["", "uh", "um", "er", "and"]

six_digits = st.text("0123456789", min_size=6, max_size=6)


def one_by_one(number: str) -> list[str]:
    return [DIGITS[int(digit)] for digit in number]


def in_pairs(number: str) -> list[str]:
    return [word for at in (0, 2, 4) for word in pair(number[at : at + 2])]


def pair(two: str) -> list[str]:
    if two[0] == "0":
        return ["oh", "oh" if two[1] == "0" else DIGITS[int(two[1])]]
    if two[0] == "1":
        return [TEENS[int(two[1])]]
    return [TENS[int(two[0])]] + ([] if two[1] == "0" else [DIGITS[int(two[1])]])


def with_doubles(number: str) -> list[str]:
    said: list[str] = []
    at = 0
    while at < len(number):
        if number[at : at + 2] == number[at] * 2:
            said += ["double", DIGITS[int(number[at])]]
            at += 2
        else:
            said.append(DIGITS[int(number[at])])
            at += 1
    return said


def in_groups(number: str) -> list[str]:
    """Read "482913" as "four eight two, nine thirteen"."""
    return [*one_by_one(number[:3]), *one_by_one(number[3:4]), *pair(number[4:])]


def in_thousands(number: str) -> list[str]:
    """Read "482913" as "four hundred eighty two thousand nine hundred thirteen"."""
    return [*hundreds(number[:3]), "thousand", *hundreds(number[3:])]


def hundreds(three: str) -> list[str]:
    rest = [] if three[1:] == "00" else pair_or_digit(three[1:])
    return [DIGITS[int(three[0])], "hundred", *rest]


def pair_or_digit(two: str) -> list[str]:
    return [DIGITS[int(two[1])]] if two[0] == "0" else pair(two)


def with_oh(number: str) -> list[str]:
    return ["oh" if digit == "0" else DIGITS[int(digit)] for digit in number]


STYLES = [one_by_one, in_pairs, with_doubles, in_groups, with_oh]
SECOND_THOUGHTS = ["no", "sorry", "wait", "actually", "no wait", "sorry i mean", "scratch that"]


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, str]:
    """An order number, and a way to say it: a style, a letter, hesitations, second thoughts."""
    digits = draw(six_digits)
    said = draw(st.sampled_from(STYLES))(digits)
    hesitation = draw(st.sampled_from(["", "uh", "um"]))
    if hesitation:
        at = draw(st.integers(0, len(said)))
        # "twenty ... five" is one number; nobody hesitates within it.
        if at == len(said) or (said[at - 1] not in TENS and said[at - 1] not in ("double",)):
            said = [*said[:at], hesitation, *said[at:]]
    letter = ""
    if draw(st.booleans()):
        word = draw(st.sampled_from(ALPHABET))
        letter = word[0].upper()
        style = draw(st.sampled_from(["word", "as in", "for"]))
        said = ([word] if style == "word" else [letter.lower(), *style.split(), word]) + said
    match draw(st.sampled_from(["plain", "restart", "end put right"])):
        case "restart":
            begun = one_by_one(draw(six_digits)[: draw(st.integers(1, 5))])
            said = [*begun, *draw(st.sampled_from(SECOND_THOUGHTS)).split(), *said]
        case "end put right" if not letter:
            stop = draw(st.integers(1, 4))
            wrong = DIGITS[draw(st.integers(0, 9))]
            again = draw(st.sampled_from(SECOND_THOUGHTS)).split()
            said = [*one_by_one(digits[:stop]), wrong, *again, *one_by_one(digits[stop:])]
        case _:
            pass
    opening = draw(st.sampled_from(["", "it's", "my order number is", "yes it is"]))
    closing = draw(st.sampled_from(["", "please", "thank you"]))
    return f"{letter}{digits}", " ".join([*opening.split(), *said, *closing.split()])


class TestAnyNumber:
    @given(six_digits)
    def test_is_understood_digit_by_digit(self, number: str) -> None:
        assert candidates(" ".join(one_by_one(number))) == (number,)

    @given(six_digits)
    def test_is_understood_in_pairs(self, number: str) -> None:
        assert candidates(" ".join(in_pairs(number))) == (number,)

    @given(six_digits)
    def test_is_understood_with_doubles(self, number: str) -> None:
        assert candidates(" ".join(with_doubles(number))) == (number,)

    @given(six_digits, st.lists(st.sampled_from(HESITATIONS), min_size=6, max_size=6))
    def test_is_understood_among_hesitations(self, number: str, hesitations: list[str]) -> None:
        words = [
            each for both in zip(one_by_one(number), hesitations, strict=True) for each in both
        ]
        assert candidates("it's " + " ".join(words) + " please") == (number,)

    @given(st.sampled_from(ALPHABET), six_digits)
    def test_is_understood_with_a_letter_from_the_alphabet(self, word: str, number: str) -> None:
        said = f"{word} {' '.join(one_by_one(number))}"
        assert candidates(said)[0] == f"{word[0].upper()}{number}"

    @given(six_digits, st.integers(1, 5), st.integers(0, 9))
    def test_is_understood_when_its_end_is_put_right(
        self, number: str, place: int, wrong: int
    ) -> None:
        said = [*one_by_one(number[:place]), DIGITS[wrong], "no", *one_by_one(number[place:])]
        assert candidates(" ".join(said))[0] == number

    @given(six_digits, st.integers(1, 5))
    def test_is_understood_when_said_again_from_the_start(self, number: str, stop: int) -> None:
        said = [*one_by_one(number[:stop]), "sorry", *one_by_one(number)]
        assert candidates(" ".join(said))[0] == number

    @given(six_digits, st.integers(0, 5), st.integers(0, 9))
    def test_is_found_by_naming_the_wrong_digit(self, number: str, place: int, wrong: int) -> None:
        misheard = number[:place] + str(wrong) + number[place + 1 :]
        if misheard == number:
            return
        said = f"no {DIGITS[int(number[place])]} not {DIGITS[wrong]}"
        assert number in corrected(misheard, said)

    @given(six_digits, st.integers(1, 5))
    def test_is_joined_from_two_pieces(self, number: str, stop: int) -> None:
        first, rest = one_by_one(number[:stop]), one_by_one(number[stop:])
        assert fragment(" ".join(first)) + fragment(" ".join(rest)) == number

    @given(spoken())
    def test_reads_back_however_it_was_said(self, case: tuple[str, str]) -> None:
        number, said = case
        assert candidates(said)[0] == number

    @given(six_digits.filter(lambda number: "0" not in (number[0], number[3])))
    def test_is_understood_in_thousands(self, number: str) -> None:
        assert candidates(" ".join(in_thousands(number)))[0] == number

    @given(six_digits, st.integers(0, 5), st.integers(0, 9))
    def test_is_put_right_by_the_place_of_a_digit(
        self, number: str, place: int, wrong: int
    ) -> None:
        misheard = number[:place] + str(wrong) + number[place + 1 :]
        if misheard == number:
            return
        ordinal = words("first second third fourth fifth sixth")[place]
        for said in (
            f"no the {ordinal} digit is a {DIGITS[int(number[place])]}",
            f"the {ordinal} one should be {DIGITS[int(number[place])]}",
            f"the {ordinal} digit is {DIGITS[int(number[place])]} not {DIGITS[wrong]}",
        ):
            assert number in corrected(misheard, said)

    @given(six_digits, st.lists(st.integers(1, 3), min_size=1, max_size=6))
    def test_is_joined_from_any_pieces(self, number: str, sizes: list[int]) -> None:
        heard, at = "", 0
        for size in [*sizes, 6]:
            piece = number[at : at + size]
            # A piece that begins like all that was said before is taken for a new start.
            if not piece or (len(piece) > len(heard) > 1 and piece.startswith(heard)):
                return
            heard, at = continued(heard, " ".join(one_by_one(piece))), at + size
            assert heard == number[:at]

    @given(six_digits, st.integers(2, 5))
    def test_may_be_begun_again_between_two_pieces(self, number: str, stop: int) -> None:
        begun = continued("", " ".join(one_by_one(number[:stop])))
        assert continued(begun, " ".join(one_by_one(number))) == number
        said = f"let me start over {' '.join(one_by_one(number[:4]))}"
        assert continued(begun, said) == number[:4]

    @given(six_digits, st.integers(1, 5), st.integers(0, 9))
    def test_is_put_right_between_two_pieces(self, number: str, stop: int, wrong: int) -> None:
        begun = continued("", " ".join(one_by_one(number[: stop - 1] + str(wrong))))
        put_right = continued(begun, f"sorry {DIGITS[int(number[stop - 1])]}")
        assert put_right == number[:stop]

    @given(spoken(), spoken())
    def test_is_the_one_that_most_hearings_agree_on(
        self, one: tuple[str, str], other: tuple[str, str]
    ) -> None:
        number, said = one
        assert weighed([said, other[1]])[0] == number
        assert weighed([other[1], said, said, said])[0] == number

    @given(st.text(max_size=80))
    def test_no_text_is_too_strange_to_read(self, text: str) -> None:
        for number in candidates(text):
            assert len(number) in (6, 7)
        fragment(text)
        corrected("482913", text)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("my order number is four eight two nine one three", "482913"),
        ("four hundred eighty two nine thirteen", "482913"),
        ("four hundred and eighty two thousand nine hundred and thirteen", "482913"),
        ("triple seven oh oh one", "777001"),
        ("four eight to nine one three", "482913"),
        ("b as in bravo four eight two nine one three", "B482913"),
        ("d as in bravo four eight two nine one three", "B482913"),
        ("b for baker double five one two three four", "B551234"),
        ("482913", "482913"),
        ("b 48-2913", "B482913"),
        ("order number one four eight two nine one three", "482913"),
    ],
)
def test_ways_to_say_a_number(said: str, number: str) -> None:
    assert candidates(said)[0] == number


def test_a_small_word_before_the_digits_may_be_a_letter() -> None:
    assert candidates("a four eight two nine one three") == ("482913", "A482913")
    assert candidates("be four eight two nine one three") == ("482913", "B482913")


@pytest.mark.parametrize("said", ["", "where is my order", "i ordered two tents", "one moment"])
def test_no_number_is_found_where_none_was_said(said: str) -> None:
    assert candidates(said) == ()


@pytest.mark.parametrize(
    ("read_back", "said", "meant"),
    [
        ("482919", "no three not nine", "482913"),
        ("482915", "not five three", "482913"),
        ("482915", "no the last digit is three", "482913"),
        ("B482913", "the first one is a five", "B582913"),
        ("182913", "it starts with four", "482913"),
        ("482900", "it ends in one three", "482913"),
        ("482900", "it should be nine one three at the end", "482913"),
        ("482915", "no it's four eight two nine one three", "482913"),
        ("482900", "no nine one three", "482913"),
    ],
)
def test_ways_to_correct_a_number(read_back: str, said: str, meant: str) -> None:
    assert meant in corrected(read_back, said)


@pytest.mark.parametrize("said", ["no", "no that's wrong", "yes", "i don't know"])
def test_a_mere_no_corrects_nothing(said: str) -> None:
    assert corrected("482913", said) == ()


def test_a_letter_alone_begins_a_number() -> None:
    assert continued("", "it's b as in bravo") == "B"
    assert continued("B", "four eight two") == "B482"
    assert continued("", "i want a person") == ""
    assert continued("482", "hold on a second please") == "482"
