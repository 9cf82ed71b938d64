"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import pytest

from contact_center.passwords import LONGEST, SHORTEST, Passwords

GOOD = "moss lantern harbour"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


def test_a_few_words_in_a_row_are_good(passwords: Passwords) -> None:
    assert passwords.reasons_against(GOOD) == ()


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("x7#kQ", f"at least {SHORTEST}"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
        ("1234567890", "breach"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("qwertyuiop[]", "easy to guess"),
    ],
)
def test_what_is_wrong_is_said(passwords: Passwords, password: str, says: str) -> None:
    reasons = passwords.reasons_against(password)
    assert says in reasons[0]
    assert all(reason.endswith(".") for reason in reasons)
    assert password not in " ".join(reasons)


def test_helpful_reasons_say_what_to_do_instead(passwords: Passwords) -> None:
    assert len(passwords.reasons_against("qwertyuiop[]")) > 1


ABOUT = ("Maria Delgado", "maria.delgado@example.com", "+15550100001", "Northwind Outfitters")


@pytest.mark.parametrize(
    "password",
    [
        "maria maria",
        "Delgado.Maria",
        "MariaDelgado1987",
        "maria.delgado@example.com",
        "example maria com",
        "5550100001",
        "+1 555 010 0001",
        "Northwind Outfitters",
        "maria northwind!!!!!!!!!",
        "\uff4d\uff41\uff52\uff49\uff41 maria",
    ],
)
def test_what_others_know_of_the_customer_is_no_password(
    passwords: Passwords, password: str
) -> None:
    reason, advice = passwords.reasons_against(password, ABOUT)
    assert reason == "This password is made of a name or an address that others know."
    assert advice.endswith(".")


@pytest.mark.parametrize(
    "password", [GOOD, "maria keeps moss lanterns", "armariage outfit com ants"]
)
def test_good_words_beside_it_are_good(passwords: Passwords, password: str) -> None:
    assert passwords.reasons_against(password, ABOUT) == ()


def test_short_parts_of_a_name_do_not_count(passwords: Passwords) -> None:
    assert passwords.reasons_against(GOOD, ("Mo Li", "")) == ()


def test_what_is_refused_is_weighed_all_the_same(passwords: Passwords) -> None:
    assert passwords.judge("", ABOUT).score == 0
    assert passwords.judge(GOOD[:9], ABOUT).reasons
    assert passwords.judge(GOOD, ABOUT).score >= 3


def test_the_longest_is_judged_without_delay(passwords: Passwords) -> None:
    assert passwords.reasons_against("ab1" * (LONGEST // 3))


def test_it_is_kept_as_argon2id_with_its_parameters(passwords: Passwords) -> None:
    kept = passwords.hash(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify(kept, GOOD)
    assert not passwords.verify(kept, GOOD + "s")
    assert not passwords.verify("not a hash", GOOD)


def test_the_same_password_is_never_kept_the_same(passwords: Passwords) -> None:
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


def test_another_keyboard_writes_the_same_letters(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("cafe\u0301 lantern"), "caf\u00e9 lantern")
