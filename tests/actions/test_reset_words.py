"""What callers say around a password reset."""

from __future__ import annotations

import pytest

from actions.reset_words import (
    about_password,
    contact_kind,
    has_code,
    is_somebody_elses,
    reaches_no_contact,
    speaks_of_order,
    wants_code_again,
    wants_other_way,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("email", "email"),
        ("send it by e-mail", "email"),
        ("the first one", "email"),
        ("text message", "text"),
        ("to my phone", "text"),
        ("the second", "text"),
        ("either one is fine", "email"),
        ("email or text i don't care", "email"),
        ("i can't get into my email", "text"),
        ("i lost my phone", "email"),
        ("hello", None),
        ("i can't get to my email or my phone", None),
    ],
)
def test_ways_to_choose(text: str, kind: str | None) -> None:
    assert contact_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("i can't get to my email or my phone", True),
        ("neither of them", True),
        ("i don't have access", True),
        ("i can't open my email", False),
        ("by text please", False),
    ],
)
def test_who_can_be_reached_by_nothing(text: str, none: bool) -> None:
    assert reaches_no_contact(text) is none


@pytest.mark.parametrize(
    "text",
    [
        "i didn't get the code",
        "send it again",
        "can you send me another code",
        "i still haven't gotten it",
        "no code came",
        "nothing came",
        "it never came",
        "the code doesn't work",
        "could you resend that",
        "it says it's expired",
        "i do not see it",
    ],
)
def test_ways_to_want_the_code_again(text: str) -> None:
    assert wants_code_again(text)
    assert not has_code(text)


@pytest.mark.parametrize("text", ["can you say that again", "what", "where is my order"])
def test_what_is_no_wish_for_the_code(text: str) -> None:
    assert not wants_code_again(text)


def test_an_order_is_named_or_not() -> None:
    assert speaks_of_order("my package never came")
    assert not speaks_of_order("it never came")


@pytest.mark.parametrize("text", ["okay i got it", "yes i have it", "it's here", "got it", "ready"])
def test_ways_to_say_that_it_is_there(text: str) -> None:
    assert has_code(text)
    assert not wants_code_again(text)


@pytest.mark.parametrize("text", ["the other way", "try the other one", "something else instead"])
def test_ways_to_want_the_other_way(text: str) -> None:
    assert wants_other_way(text)


@pytest.mark.parametrize(
    ("text", "elses"),
    [
        ("i need to reset my husband's password", True),
        ("it's my mothers account", True),
        ("i'm calling for my wife", True),
        ("my dad forgot his password", True),
        ("it's for somebody else's account", True),
        ("it's not my account", True),
        ("my kid changed my password", False),
        ("i forgot my password", False),
        ("my account is locked", False),
    ],
)
def test_whose_account(text: str, elses: bool) -> None:
    assert is_somebody_elses(text) is elses


@pytest.mark.parametrize(
    "text",
    [
        "my password is fluffy nineteen",
        "the password is [hidden]",
        "can i tell you my password",
        "do you need my old password",
        "can i just pick a new one over the phone",
        "i want it to be the name of my dog",
        "change my password to something easy",
        "i'll give you my password",
        "let me spell you the new password",
    ],
)
def test_offering_a_password(text: str) -> None:
    assert about_password(text) == "offers_it"


@pytest.mark.parametrize(
    "text",
    [
        "what's my password",
        "can you tell me my password",
        "can you look up my password",
        "just read me the password",
        "do you know what my password is",
        "remind me of my password",
    ],
)
def test_wanting_to_hear_it(text: str) -> None:
    assert about_password(text) == "wants_it_told"


@pytest.mark.parametrize(
    "text",
    [
        "i forgot my password",
        "my password is not working",
        "my password is wrong",
        "i need a new password",
        "change my password",
        "send me a link for my password please",
        "can you reset it for me",
        "where is my order",
    ],
)
def test_what_is_neither(text: str) -> None:
    assert about_password(text) is None
