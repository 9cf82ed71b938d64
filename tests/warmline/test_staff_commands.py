"""`warmline staff`: accounts for the desk, made on the machine itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contact_center.database import Database
from contact_center.passwords import Passwords
from contact_center.staff import Staff, StaffAccounts
from warmline.cli import app
from warmline.settings import Settings, variable

PASSWORD = "gravel umbrella 7 tulips"


pytestmark = pytest.mark.usefixtures("light_passwords")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


def staff(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["staff", *arguments], input=typed)


def opens(name: str, password: str) -> Staff | None:
    async def check() -> Staff | None:
        database = Database("sqlite:///var/warmline.db")
        try:
            return await StaffAccounts(database, Passwords()).check(name, password)
        finally:
            await database.close()

    return asyncio.run(check())


def complaint(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize("command", ["add", "list", "password", "disable", "enable"])
def test_help_teaches(command: str) -> None:
    assert command in staff("--help").output
    assert staff(command, "--help").exit_code == 0
    if command != "list":
        assert f"Example: warmline staff {command} Sam" in staff(command, "--help").output.replace(
            "Examples:", "Example:"
        )


def test_the_first_account_in_one_command() -> None:
    assert "warmline staff add NAME" in staff("list").output
    added = staff("add", "Sam", "--role", "supervisor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.exit_code == 0
    assert "Sam can sign in as supervisor at http://127.0.0.1:8910/desk/" in added.output
    assert PASSWORD not in added.output
    found = opens("Sam", PASSWORD)
    assert found is not None
    assert found.role == "supervisor"


def test_what_somebody_can_do_is_said_with_it() -> None:
    added = staff(
        "add", "Kim", "--skill", "billing", "--skill", "returns", "--queue", "vip",
        "--language", "en", "--language", "es", "--capacity", "2", "--password-stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    listed = staff("list").output
    assert re.search(r"Kim +agent +vip +billing, returns +en, es +2", listed)


def test_a_password_that_was_typed_and_is_not_good_can_be_typed_again() -> None:
    typed = f"short\nshort\n{PASSWORD}\nanother\n{PASSWORD}\n{PASSWORD}\n"
    added = staff("add", "Sam", typed=typed)
    assert added.exit_code == 0
    assert "Use at least 10 characters" in added.output
    assert opens("Sam", PASSWORD)


def test_a_password_from_a_pipe_that_is_not_good_is_an_error() -> None:
    refused = staff("add", "Sam", "--password-stdin", typed="short\n")
    assert "Use at least 10 characters" in complaint(refused)
    assert "no accounts" in staff("list").output


def test_a_password_that_is_made_is_printed_once_and_is_good() -> None:
    made = staff("add", "Sam", "--generate").output
    password = re.search(r"Password: (\S+)", made)
    assert password is not None
    assert opens("Sam", password[1])
    assert password[1] not in staff("list").output


def test_a_new_password_takes_the_place_of_the_old_one() -> None:
    staff("add", "Sam", "--password-stdin", typed=f"{PASSWORD}\n")
    assert staff("password", "sam", "--generate").exit_code == 0
    assert opens("Sam", PASSWORD) is None


def test_an_account_is_disabled_and_enabled() -> None:
    staff("add", "Sam", "--password-stdin", typed=f"{PASSWORD}\n")
    assert "Sam cannot sign in any more" in staff("disable", "sam").output
    assert opens("Sam", PASSWORD) is None
    assert "disabled" in staff("list").output
    assert "Sam can sign in again" in staff("enable", "sam").output
    assert opens("Sam", PASSWORD)


def test_mistakes_are_one_line() -> None:
    staff("add", "Sam", "--generate")
    assert "already" in complaint(staff("add", "SAM"))
    assert "A name has" in complaint(staff("add", "[red]Sam", "--generate"))
    for command in ("password", "disable", "enable"):
        assert "'Kim'" in complaint(staff(command, "Kim"))
    assert staff("add", "Kim", "--generate", "--password-stdin").exit_code == 2
    assert staff("add", "Kim", "--role", "owner").exit_code == 2
