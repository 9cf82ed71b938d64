"""A code goes in by voice and by keys, and comes out to nobody but the check of the code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.transcript import Transcript, Word
from voice_gateway.languages import load_language
from voice_gateway.secret_entry import Entry, SecretEntry

ENGLISH = load_language()
CODE = Expect("digits", length=6, secret=True)
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def entry() -> SecretEntry:
    secret = SecretEntry(ENGLISH)
    secret.expect(CODE)
    return secret


def says(secret: SecretEntry, *turns: str) -> list[str]:
    return [secret.final(Transcript(turn, confidence=0.9)).text for turn in turns]


def keys(secret: SecretEntry, pressed: str) -> str:
    return "".join(secret.key(key) for key in pressed)


@pytest.mark.parametrize(
    "said",
    [
        "four eight two nine one three",
        "it's four eight two nine one three",
        "forty eight twenty nine thirteen",
        "for ate to nine won three",
        "four eight two and the rest is nine one three",
        "okay the code says four eight two um nine one three",
        "four eight two no sorry four eight two nine one three",
        "four eight two nine one three four eight two nine one three",
        "nine nine no let me start over four eight two nine one three",
        "one moment it's four eight two nine one three",
        "482913",
    ],
)
def test_a_code_is_read_however_it_is_said(said: str) -> None:
    secret = entry()
    assert says(secret, said) == ["• • • • • •"]
    assert secret.take() == Entry("482913", 0)


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        (["four eight two", "nine one three"], "482913"),
        (["four", "eight two nine", "one three"], "482913"),
        (["double four eight", "two nine one"], "448291"),
        (["four eight two nine", "no five one three"], "482513"),
        (["four eight two", "four eight two nine one three"], "482913"),
        (["four eight two", "four eight two nine", "one three"], "482913"),
        (["nine nine nine", "let me start over", "four eight two nine one three"], "482913"),
        (["four eight two", "one moment please", "nine one three"], "482913"),
        (["four eight two", "oh wait", "nine one three"], "482913"),
        (["four eight two nine", "four eight", "two nine one three"], "482913"),
    ],
)
def test_pieces_of_several_turns_are_joined(pieces: list[str], code: str) -> None:
    secret = entry()
    says(secret, *pieces)
    assert secret.take().code == code


@pytest.mark.parametrize(
    "said",
    [
        "i didn't get it",
        "i want to talk to a person",
        "one moment please",
        "can you send another one to my phone",
        "give me two minutes",
        "oh i have to look for it",
        "i got two emails which one is it",
        "let me double check that",
        "yes",
        "send me one",
        "can you text me one",
        "i need one more",
        "for a minute",
        "give me a minute or two",
    ],
)
def test_what_is_no_code_passes(said: str) -> None:
    secret = entry()
    assert says(secret, said) == [said]
    assert secret.take() == Entry("", 6)


@pytest.mark.parametrize(
    "said",
    ["four", "double", "for to too", "i am at number four now", "to for", "seven oh", "ate ate"],
)
def test_where_one_cannot_be_sure_it_is_hidden(said: str) -> None:
    assert set(says(entry(), said)[0].split()) == {"•"}


@pytest.mark.parametrize(
    "said",
    ["for a minute", "hold on for a second", "send me one", "oh no", "to my email", "for me"],
)
def test_what_is_no_digit_is_none_in_the_middle_of_a_code_either(said: str) -> None:
    secret = entry()
    assert says(secret, "four eight two", said, "nine one three")[1] == said
    assert secret.take().code == "482913"


@pytest.mark.parametrize("said", ["for a two", "send me one four", "oh no five", "to the four"])
def test_a_digit_beside_such_words_is_hidden(said: str) -> None:
    assert set(says(entry(), said)[0].split()) == {"•"}


def test_too_many_digits_are_no_code_and_no_beginning_of_one() -> None:
    secret = entry()
    says(secret, "four eight two nine one three seven")
    assert secret.take().missing == 6


def test_what_is_missing_is_told() -> None:
    secret = entry()
    says(secret, "four eight")
    assert secret.take() == Entry("", 4)


def test_nothing_but_masks_confidence_and_loudness_is_left_of_a_turn_with_digits() -> None:
    words = (Word("four", 1.0, 1.2, 0.9), Word("eight", 1.2, 1.4, 0.9))
    heard = Transcript("four eight", words, 0.8, ("for eight", "four ate"), -20.0)
    assert entry().final(heard) == Transcript("• •", (), 0.8, (), -20.0)


def test_other_readings_with_digits_do_not_pass_beside_words() -> None:
    heard = Transcript("i have it", alternatives=("five four eight", "i had it"))
    assert entry().final(heard).alternatives == ("i had it",)


class TestAfterAnIncompleteCode:
    """The line has asked for the rest, so that what comes may be the rest or all of it again."""

    def taken(self, *turns: str) -> SecretEntry:
        secret = entry()
        for turn in turns:
            says(secret, turn)
            assert secret.take().code == ""
        return secret

    @pytest.mark.parametrize(
        ("before", "then", "code"),
        [
            ("four eight two nine one", "three", "482913"),
            ("four eight", "two nine one three", "482913"),
            ("four eight nine", "four eight two nine one three", "482913"),
        ],
    )
    def test_what_is_missing_is_added_and_the_whole_replaces(
        self, before: str, then: str, code: str
    ) -> None:
        secret = self.taken(before)
        says(secret, then)
        assert secret.take().code == code

    @pytest.mark.parametrize(
        ("before", "again", "missing"),
        [
            ("four eight two nine one", "eight two nine one three", 1),
            ("four eight two nine one", "two nine", 4),
            ("two nine one three", "four eight two nine", 2),
            ("four", "eight two nine one", 2),
        ],
    )
    def test_a_piece_too_long_for_the_gap_is_the_code_again(
        self, before: str, again: str, missing: int
    ) -> None:
        secret = self.taken(before)
        says(secret, again)
        assert secret.take() == Entry("", missing)

    def test_another_reading_with_all_digits_is_believed(self) -> None:
        secret = self.taken("four eight two nine one")
        whole = "four eight two nine one three"
        heard = Transcript("four eight two nine three", alternatives=("for a", whole))
        assert secret.final(heard).alternatives == ()
        assert secret.take().code == "482913"

    def test_at_first_only_what_was_heard_best_counts(self) -> None:
        secret = entry()
        whole = "four eight two nine one three"
        secret.final(Transcript("four eight two", alternatives=(whole,)))
        assert secret.take().missing == 3

    def test_who_is_asked_for_the_whole_code_begins_anew(self) -> None:
        secret = self.taken("four eight two nine one")
        secret.expect(CODE)
        assert keys(secret, "482913") == "••••••#"
        assert secret.take().code == "482913"

    def test_who_is_asked_for_the_rest_goes_on(self) -> None:
        secret = self.taken("four eight two")
        secret.expect(Expect("digits", length=3, secret=True))
        assert keys(secret, "913") == "•••#"
        assert secret.take().code == "482913"


class TestKeys:
    def test_every_key_is_hidden_and_the_last_one_ends_the_entry(self) -> None:
        secret = entry()
        assert keys(secret, "482913") == "••••••#"
        assert secret.take() == Entry("482913", 0)

    def test_keys_go_on_where_speech_stopped(self) -> None:
        secret = entry()
        says(secret, "four eight two")
        assert keys(secret, "913") == "•••#"
        assert secret.take().code == "482913"

    def test_who_begins_anew_by_keys_is_understood(self) -> None:
        secret = entry()
        says(secret, "four eight two")
        assert keys(secret, "482913") == "••••••#"
        assert secret.take().code == "482913"

    def test_whose_new_beginning_would_fill_the_gap_may_go_on(self) -> None:
        secret = entry()
        says(secret, "four eight two nine one")
        assert keys(secret, "482913") == "••••••#"
        assert secret.take().code == "482913"

    def test_a_key_that_fills_the_gap_after_all_is_taken_after_a_pause(self) -> None:
        secret = entry()
        says(secret, "four eight two nine one")
        assert keys(secret, "4") == "•"
        assert secret.take().code == "482914"

    def test_speech_goes_on_where_keys_stopped(self) -> None:
        secret = entry()
        keys(secret, "482")
        says(secret, "nine one three")
        assert secret.take().code == "482913"

    def test_a_star_clears_the_entry(self) -> None:
        secret = entry()
        assert keys(secret, "99*482913") == "••*••••••#"
        assert secret.take().code == "482913"

    def test_a_hash_ends_an_entry_that_is_too_short(self) -> None:
        secret = entry()
        assert keys(secret, "48#") == "••#"
        assert secret.take().missing == 4


class TestTrying:
    def test_a_code_is_handed_over_once_and_not_shown_when_printed(self) -> None:
        secret = entry()
        says(secret, "four eight two nine one three")
        taken = secret.take()
        assert "482913" not in repr(taken)
        assert secret.take().code == ""

    def test_what_is_said_while_it_is_tried_is_hidden_and_forgotten(self) -> None:
        secret = entry()
        says(secret, "four eight two nine one three")
        secret.take()
        assert says(secret, "seven") == ["•"]
        assert keys(secret, "7") == "•"
        secret.settled()
        says(secret, "one one one one one one")
        assert secret.take().code == "111111"

    @pytest.mark.parametrize(
        ("correction", "code"),
        [
            ("no the last digit is five", "482915"),
            ("it starts with seven", "782913"),
            ("five not nine", "482513"),
        ],
    )
    def test_a_refused_code_can_be_put_right(self, correction: str, code: str) -> None:
        secret = entry()
        says(secret, "four eight two nine one three")
        secret.take()
        secret.settled()
        says(secret, correction)
        assert secret.take().code == code


class TestTheEndOfTheQuestion:
    def test_everything_entered_is_forgotten(self) -> None:
        secret = entry()
        says(secret, "four eight two")
        secret.expect(Expect("free"))
        secret.expect(CODE)
        assert secret.take() == Entry("", 6)

    def test_numbers_are_numbers_again(self) -> None:
        secret = entry()
        secret.expect(Expect("free"))
        assert says(secret, "four eight two") == ["four eight two"]
        assert secret.key("5") == "5"

    def test_an_utterance_that_began_before_it_stays_hidden_to_its_end(self) -> None:
        secret = entry()
        secret.speech_started()
        secret.expect(Expect("free"))
        assert secret.partial("four eight") == "• •"
        assert says(secret, "four eight two nine one three") == ["• • • • • •"]
        assert secret.partial("where is four eight") == "where is four eight"

    def test_keys_that_began_before_it_stay_hidden_up_to_the_hash(self) -> None:
        secret = entry()
        keys(secret, "482")
        secret.expect(Expect("free"))
        assert keys(secret, "913#5") == "•••#5"

    def test_a_narrower_code_question_keeps_what_was_entered(self) -> None:
        secret = entry()
        says(secret, "four eight two")
        secret.expect(Expect("digits", length=3, secret=True))
        says(secret, "nine one three")
        assert secret.take().code == "482913"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("my password is blue horse seven", "my password is [hidden]"),
        ("my password is not working", "my password is not working"),
        ("the code is four eight two nine one three", "the code is [hidden]"),
        ("my order is four eight two nine one three", "my order is four eight two nine one three"),
    ],
)
def test_passwords_and_codes_nobody_asked_for_are_hidden_at_any_time(said: str, shown: str) -> None:
    secret = SecretEntry(ENGLISH)
    assert secret.partial(said) == shown
    words = tuple(Word(word, 0.0, 0.1, 0.9) for word in said.split())
    final = secret.final(Transcript(said, words, 0.9, (said + " uh",)))
    assert final.text == shown
    assert bool(final.words) == (said == shown)
    assert bool(final.alternatives) == (said == shown)


# -- for any code, said in any way -------------------------------------------------------------

CODES = st.text("0123456789", min_size=6, max_size=6)
BEFORE = st.sampled_from(["", "it's", "the code is", "okay", "um", "no wait", "i think it says"])
AFTER = st.sampled_from(["", "please", "i think", "that's it", "okay"])
ASIDES = st.sampled_from(["i didn't get it", "one moment please", "can you hear me", "um", ""])
HOMOPHONES = {"1": "won", "2": "to", "4": "for", "8": "ate", "6": "sicks", "0": "oh"}


@st.composite
def piece_said(draw: st.DrawFn, digits: str) -> str:
    """Some digits in words: one by one, doubled, misheard, with something around them."""
    words: list[str] = []
    at = 0
    while at < len(digits):
        digit = digits[at]
        if digits[at : at + 2] == digit * 2 and draw(st.booleans()):
            words += ["double", NAMES[int(digit)]]
            at += 2
            continue
        # A sentence of which nothing was heard right cannot be told from any other.
        misheard = digit in HOMOPHONES and at > 0 and draw(st.integers(0, 4)) == 0
        words.append(HOMOPHONES[digit] if misheard else NAMES[int(digit)])
        at += 1
        if draw(st.integers(0, 5)) == 0:
            words.append(draw(st.sampled_from(["um", "uh"])))
    return " ".join(" ".join([draw(BEFORE), *words, draw(AFTER)]).split())


@st.composite
def entered(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A code and how it comes in: spoken and keyed pieces, with other things said between."""
    code = draw(CODES)
    cuts = sorted(draw(st.sets(st.integers(1, 5), max_size=3)))
    ways: list[tuple[str, str]] = []
    for start, end in zip([0, *cuts], [*cuts, 6], strict=True):
        if draw(st.integers(0, 2)) == 0:
            ways.append(("aside", draw(ASIDES)))
        digits = code[start:end]
        spoken = draw(st.integers(0, 2)) > 0
        ways.append(("says", draw(piece_said(digits))) if spoken else ("keys", digits))
    return code, ways


def come_out(secret: SecretEntry, ways: list[tuple[str, str]]) -> list[str]:
    """Everything that anybody else gets to see."""
    seen: list[str] = []
    for way, what in ways:
        if way == "keys":
            seen += list(keys(secret, what))
            continue
        words = what.split()
        secret.speech_started()
        seen += [secret.partial(" ".join(words[: n + 1])) for n in range(len(words))]
        heard = tuple(Word(word, 0.0, 0.1, 0.9) for word in words)
        seen.append(repr(secret.final(Transcript(what, heard, 0.9, (what + " uh", what[1:])))))
    return seen


@given(entered(), st.booleans())
def test_neither_digits_nor_their_words_come_out(
    entry_of: tuple[str, list[tuple[str, str]]], ends_early: bool
) -> None:
    _, ways = entry_of
    secret = entry()
    seen = come_out(secret, ways[:1])
    if ends_early:
        secret.speech_started()
        secret.expect(Expect("free"))
        seen += come_out(secret, [ways[0]])
        secret.expect(CODE)
    seen += come_out(secret, ways[1:])
    words = [word for text in seen for word in re.findall(r"[a-z]+|\d+", text.lower())]
    allowed = {"one"}  # of "one moment"
    said_words = set(words) & (set(NAMES) | {"double"})
    assert said_words <= allowed
    assert not re.search(r"\d{2}", "".join(re.sub(r"confidence=[\d.]+", "", t) for t in seen))


@given(CODES, st.data())
def test_a_code_in_one_breath_is_taken_as_it_was_said(code: str, data: st.DataObject) -> None:
    secret = entry()
    plain = " ".join(NAMES[int(digit)] for digit in code)
    before = data.draw(BEFORE)
    masks = says(secret, f"{before} {plain}".strip())
    assert masks == ["• • • • • •"]
    assert secret.take().code == code


def with_a_person(secret: SecretEntry) -> SecretEntry:
    secret.expect(Expect("free"))
    secret.with_person = True
    return secret


def test_a_code_that_is_read_out_to_a_person_is_hidden() -> None:
    secret = with_a_person(entry())
    assert says(secret, "it says four eight two nine one three") == ["it says [hidden]"]
    assert "eight" not in secret.partial("four eight two")
    assert keys(secret, "48#") == "••#"


def test_an_order_number_that_is_told_a_person_is_not() -> None:
    said = "my order number is four eight two nine one three"
    assert says(with_a_person(entry()), said) == [said]


def test_who_was_asked_for_no_code_may_tell_a_person_any_number() -> None:
    secret = with_a_person(SecretEntry(ENGLISH))
    said = "four eight two nine one three"
    assert says(secret, said) == [said]
    assert keys(secret, "4") == "4"


def test_a_pause_in_a_code_shows_masks_and_remembers_nothing() -> None:
    secret = entry()
    heard = Transcript("four eight two", confidence=0.9, alternatives=("for eight two",))
    assert secret.pause(heard) == Transcript("• • •", confidence=0.9)
    assert says(secret, "four eight two nine one three") == ["• • • • • •"]
    assert secret.take() == Entry("482913", 0)


def test_a_pause_in_anything_else_is_told_with_its_other_readings() -> None:
    heard = Transcript("where is my order", confidence=0.9, alternatives=("where is the order",))
    assert SecretEntry(ENGLISH).pause(heard) == heard


def test_a_password_before_a_pause_is_hidden() -> None:
    heard = Transcript("my password is swordfish", confidence=0.9)
    secret = SecretEntry(ENGLISH)
    assert "swordfish" not in secret.pause(heard).text
    assert secret.pause(heard).text == secret.final(heard).text
