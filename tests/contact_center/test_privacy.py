"""What is hidden in transcripts, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.privacy import hide_spoken_secrets, redact

DIGIT_WORDS = "zero one two three four five six seven eight nine oh".split()  # noqa: SIM905


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("4111 1111 1111 1111 is it", "[card number] is it"),
        ("it's 4111-1111-1111-1111.", "it's [card number]."),
        ("four " * 16 + "thanks", "[card number] thanks"),
        ("forty one eleven eleven eleven eleven eleven eleven eleven ok", "[card number] ok"),
        ("double four triple five uh six six six six seven seven seven eight", "[card number]"),
    ],
)
def test_card_numbers_are_hidden(said: str, shown: str) -> None:
    assert redact(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the code is one two three four five six", "the code is [hidden]"),
        ("my code is 123456 for order 482913", "my code is [hidden] for order 482913"),
        ("nine eight seven six five four that is the code", "[hidden] that is the code"),
        ("the security code on the back is 123", "the security code on the back is [hidden]"),
        ("pin four four four four", "pin [hidden]"),
    ],
)
def test_codes_are_hidden(said: str, shown: str) -> None:
    assert redact(said) == shown


def test_bare_digits_are_a_code_when_one_was_asked_for() -> None:
    assert redact("one two three four five six") == "one two three four five six"
    assert redact("one two three four five six", expecting_code=True) == "[hidden]"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("my password is hunter two. can you help", "my password is [hidden]. can you help"),
        ("Password: hunter2", "Password: [hidden]"),
        ("change my password to blue horse", "change my password to [hidden]"),
        ("my password is not working", "my password is not working"),
        ("my password does not work", "my password does not work"),
        ("i forgot the password to my account", "i forgot the password to my account"),
        ("i need to reset my password", "i need to reset my password"),
    ],
)
def test_passwords_are_hidden(said: str, shown: str) -> None:
    assert redact(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("write to maria.delgado@example.com please", "write to [e-mail] please"),
        ("maria dot delgado at example dot com", "[e-mail]"),
        ("call five five five oh one double zero oh four two", "call [phone number]"),
        ("call (555) 010-0042 today", "call [phone number] today"),
        ("call +44 20 7946 0958", "call [phone number]"),
    ],
)
def test_contacts_are_hidden(said: str, shown: str) -> None:
    assert redact(said) == shown
    assert redact(said, contacts=False) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("my password is my birthday", "my password is [hidden]"),
        ("so my old password was blue horse seven", "so my old password was [hidden]"),
        ("my password does blue horse seven", "my password does [hidden]"),
        ("i want my password to be blue horse", "i want my password to be [hidden]"),
        ("my password used to be blue horse", "my password used to be [hidden]"),
        ("the password should be blue horse", "the password should be [hidden]"),
        ("the code is four eight two nine one three", "the code is [hidden]"),
        ("the code is four", "the code is [hidden]"),
        ("four eight two nine one three is the code", "[hidden] is the code"),
    ],
)
def test_secrets_are_hidden_while_they_are_spoken(said: str, shown: str) -> None:
    assert hide_spoken_secrets(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "my password is not working",
        "i forgot the password to my account",
        "i want my password to be reset",
        "my order code is four eight two nine one three",
        "my order number is four eight two nine one three",
        "call me at five five five oh one oh oh oh four two",
        "zip code one oh oh oh one",
    ],
)
def test_everything_else_that_is_spoken_stays(said: str) -> None:
    assert hide_spoken_secrets(said) == said


@pytest.mark.parametrize(
    "said",
    [
        "order four eight two nine one three",
        "b 482913",
        "482913 482913",
        "it cost 24.99 on december 24 2026 at 6:30",
        "tracking number 7715 2041 1862",
        "zip code one oh oh oh one",
        "i waited double the time for one lamp",
        "",
    ],
)
def test_order_numbers_and_the_like_stay(said: str) -> None:
    assert redact(said) == said


PLAIN_WORDS = (
    "double twenty code is the order my password to at dot com uh 482913 4111 +44 maria zip that"
)
words = st.sampled_from([*DIGIT_WORDS, *PLAIN_WORDS.split()])


@given(st.lists(words, max_size=30).map(" ".join))
def test_redacting_again_changes_nothing(said: str) -> None:
    once = redact(said)
    assert redact(once) == once


@given(st.text(max_size=200))
def test_any_text_can_be_redacted(said: str) -> None:
    redact(said)


@given(st.lists(st.sampled_from(DIGIT_WORDS[:10]), min_size=13, max_size=19))
def test_no_spoken_card_number_stays(digits: list[str]) -> None:
    is_order_twice = len(digits) == 18 and digits[:6] * 3 == digits
    shown = redact(f"it is {' '.join(digits)} thank you")
    assert is_order_twice or shown == "it is [card number] thank you"
