"""Accounts of staff: who can be one, and what opens them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.routing.roster import Abilities
from contact_center.staff import (
    StaffAccounts,
    StaffError,
    StaffPasswordRefused,
    UnknownStaff,
    folded,
    tidy_name,
)
from contact_center.staff_sessions import StaffSessions

from .conftest import NOW

PASSWORD = "gravel umbrella 7 tulips"
OTHER = "seven lanterns beside a harbour"

pytestmark = pytest.mark.usefixtures("light_passwords")


@pytest.fixture
def accounts(database: Database) -> StaffAccounts:
    return StaffAccounts(database, Passwords(), "Northwind Outfitters")


async def test_nobody_is_there_from_the_start(accounts: StaffAccounts) -> None:
    assert await accounts.all() == ()


async def test_who_was_added_is_found_in_whatever_case(accounts: StaffAccounts) -> None:
    abilities = Abilities(frozenset({"support", "vip"}), frozenset({"billing"}), capacity=2)
    sam = await accounts.add(" Sam  Doyle ", PASSWORD, NOW, role="supervisor", abilities=abilities)
    assert (sam.name, sam.role, sam.disabled) == ("Sam Doyle", "supervisor", False)
    assert sam.abilities == abilities
    assert await accounts.get("SAM DOYLE") == sam
    assert await accounts.all() == (sam,)
    assert await accounts.get("Sam") is None


async def test_two_people_have_two_names(accounts: StaffAccounts) -> None:
    await accounts.add("Sam", PASSWORD, NOW)
    with pytest.raises(StaffError, match="already"):
        await accounts.add("SAM", OTHER, NOW)


async def test_of_two_who_add_one_name_at_once_one_does(accounts: StaffAccounts) -> None:
    both = [accounts.add("Sam", PASSWORD, NOW), accounts.add("sam", OTHER, NOW)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(each, StaffError) for each in done) == 1
    assert len(await accounts.all()) == 1


@pytest.mark.parametrize(
    "name",
    ["", " ", "<script>alert(1)</script>", "Sam\x1bRoot", "Sam\0", "x" * 101,
     "'; DROP TABLE staff--", "\u202emaS", "../Sam", "-rf", "Sam\u200b"],
)  # fmt: skip
async def test_names_are_names(accounts: StaffAccounts, name: str) -> None:
    with pytest.raises(StaffError, match="A name has"):
        await accounts.add(name, PASSWORD, NOW)
    assert await accounts.get(name) is None
    assert await accounts.check(name, PASSWORD) is None


@pytest.mark.parametrize("name", ["Seán O'Brien-Smith Jr.", "李雷", "Zoë", "sam@example.com"])
def test_many_names_are_names(name: str) -> None:
    assert tidy_name(name) == name


def test_the_same_name_is_the_same_however_it_is_typed() -> None:
    assert folded("Zoë  STRASSE") == folded("zoe\u0308 straße")


async def test_only_the_password_opens_an_account(accounts: StaffAccounts) -> None:
    sam = await accounts.add("Sam", PASSWORD, NOW)
    assert await accounts.check("sam", PASSWORD) == sam
    for name, password in (("Sam", OTHER), ("Sam", ""), ("Kim", PASSWORD), ("", "")):
        assert await accounts.check(name, password) is None


async def test_of_a_name_that_is_unknown_a_password_is_looked_at_all_the_same(
    accounts: StaffAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    verify = Passwords.verify

    def counted(self: Passwords, password_hash: str, password: str) -> bool:
        looked_at.append(password_hash)
        return verify(self, password_hash, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    await accounts.add("Sam", PASSWORD, NOW)
    await accounts.check("Sam", OTHER)
    await accounts.check("Nobody", OTHER)
    known, unknown = looked_at
    assert known.split("$")[:4] == unknown.split("$")[:4]


async def test_two_passwords_at_most_are_looked_at_at_once(
    accounts: StaffAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most = 0, 0

    async def to_thread(work: object, *_: object) -> object:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return "hash"

    monkeypatch.setattr("contact_center.staff.asyncio.to_thread", to_thread)
    await asyncio.gather(*(accounts.check("Sam", PASSWORD) for _ in range(6)))
    assert most == 2


@pytest.mark.parametrize(
    "password", ["short", "password1234", "Sam Sam Sam", "northwind outfitters"]
)
async def test_passwords_that_others_would_guess_are_refused(
    accounts: StaffAccounts, password: str
) -> None:
    with pytest.raises(StaffPasswordRefused) as refused:
        await accounts.add("Sam", password, NOW)
    assert refused.value.reasons
    assert await accounts.get("Sam") is None


async def test_no_password_is_stored(accounts: StaffAccounts, database: Database) -> None:
    await accounts.add("Sam", PASSWORD, NOW)
    async with database.reading() as session:
        (row,) = (await session.execute(text("SELECT * FROM staff"))).all()
    assert PASSWORD not in str(row)
    assert "$argon2id$" in str(row)


async def test_a_new_password_signs_out_everywhere(
    accounts: StaffAccounts, database: Database
) -> None:
    sam = await accounts.add("Sam", PASSWORD, NOW)
    kim = await accounts.add("Kim", PASSWORD, NOW)
    sessions = StaffSessions(database)
    tokens = [(await sessions.begin(who.id, NOW))[0] for who in (sam, sam, kim)]
    await accounts.set_password("SAM", OTHER)
    assert [await sessions.find(token, NOW) is None for token in tokens] == [True, True, False]
    assert await accounts.check("Sam", PASSWORD) is None
    assert await accounts.check("Sam", OTHER) == sam


async def test_a_disabled_account_is_signed_out_and_stays_out_until_enabled(
    accounts: StaffAccounts, database: Database
) -> None:
    sam = await accounts.add("Sam", PASSWORD, NOW)
    sessions = StaffSessions(database)
    token, _ = await sessions.begin(sam.id, NOW)
    assert (await accounts.disable("sam", NOW)).disabled
    assert await accounts.check("Sam", PASSWORD) is None
    assert await sessions.find(token, NOW) is None
    # One that was begun at the same moment opens nothing either.
    late, _ = await sessions.begin(sam.id, NOW)
    assert await sessions.find(late, NOW) is None
    assert await accounts.enable("Sam") == sam
    assert await accounts.check("Sam", PASSWORD) == sam
    assert await sessions.find(token, NOW + timedelta(seconds=1)) is None


async def test_nothing_can_be_done_to_who_is_not_there(accounts: StaffAccounts) -> None:
    for attempt in (
        accounts.set_password("Sam", PASSWORD),
        accounts.disable("Sam", NOW),
        accounts.enable("Sam"),
    ):
        with pytest.raises(UnknownStaff, match="'Sam'"):
            await attempt


async def test_the_mark_of_a_known_desk_ends_with_the_password(accounts: StaffAccounts) -> None:
    await accounts.add("Sam", PASSWORD, NOW)
    await accounts.add("Kim", PASSWORD, NOW)
    mark = await accounts.known_desk("sam")
    assert mark is not None
    assert mark == await accounts.known_desk("Sam")
    assert mark != await accounts.known_desk("Kim")
    await accounts.set_password("Sam", OTHER)
    assert mark != await accounts.known_desk("Sam")
    assert await accounts.known_desk("Nobody") is None
