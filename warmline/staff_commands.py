"""`warmline staff`: who can sign in at the desk; accounts are made here and nowhere else."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from warmline.plainly import complain, plain, plainly, read_settings, say_line

if TYPE_CHECKING:
    from contact_center.staff import StaffAccounts

staff = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Say who can sign in at the desk, and what calls they take.",
    epilog="Begin with `warmline staff add Sam --role supervisor`, then open the desk and sign in.",
)

Result = TypeVar("Result")

# No signs that look like others, so that it can be read from a screen.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


class Role(StrEnum):
    """What somebody may open."""

    agent = "agent"
    supervisor = "supervisor"
    designer = "designer"


Name = Annotated[str, typer.Argument(help="As callers hear it and colleagues see it.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Generate = Annotated[
    bool, typer.Option("--generate", help="Make a password, and print it this once.")
]


@staff.command(
    epilog="Examples: `warmline staff add Sam`, `warmline staff add Ana --role supervisor`, "
    "`warmline staff add Kim --skill billing --queue support --queue vip --language es --generate`"
)
def add(
    name: Name,
    role: Annotated[
        Role,
        typer.Option(
            help="Agents take calls; supervisors also see the floor and past calls; designers see "
            "past calls."
        ),
    ] = Role.agent,
    skill: Annotated[
        list[str] | None, typer.Option(help="What they can deal with; may repeat.")
    ] = None,
    queue: Annotated[
        list[str] | None, typer.Option(help="Whose callers they take; may repeat.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="What they speak, like `en`; may repeat.")
    ] = None,
    capacity: Annotated[
        int, typer.Option(min=1, help="How many conversations they may have at once.")
    ] = 1,
    password_stdin: FromStdin = False,
    generate: Generate = False,
) -> None:
    """Make an account. Asks for the password twice, unless an option says where it comes from.

    Without `--queue` they take the callers of `support`, without `--language` they speak English.
    """
    with plainly():
        from contact_center.routing.roster import Abilities
        from contact_center.staff import StaffError

        usual = Abilities()
        abilities = Abilities(
            queues=frozenset(queue or usual.queues),
            skills=frozenset(skill or usual.skills),
            languages=frozenset(language or usual.languages),
            capacity=capacity,
        )

        async def make(accounts: StaffAccounts) -> None:
            if await accounts.get(name) is not None:
                raise StaffError(f"There is an account of the name {name!r} already.")

            async def save(password: str) -> None:
                now = datetime.now(UTC)
                made = await accounts.add(name, password, now, role=role.value, abilities=abilities)
                say_line(f"{made.name} can sign in as {role} at {read_settings().desk_url}/desk/")

            await _with_password(save, from_stdin=password_stdin, generate=generate)

        _at_accounts(make)


@staff.command("list")
def list_staff() -> None:
    """List everybody who has an account."""
    with plainly():
        everybody = _at_accounts(lambda accounts: accounts.all())
        if not everybody:
            say_line("There are no accounts yet; `warmline staff add NAME` makes one.")
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("Name", "Role", "Queues", "Skills", "Languages", "At once", ""):
            table.add_column(heading)
        for each in everybody:
            table.add_row(
                plain(each.name),
                each.role,
                *(
                    plain(", ".join(sorted(of)))
                    for of in (each.queues, each.skills, each.languages)
                ),
                str(each.capacity),
                "disabled" if each.disabled else "",
            )
        Console().print(table)


@staff.command(epilog="Example: `warmline staff password Sam --generate`")
def password(name: Name, password_stdin: FromStdin = False, generate: Generate = False) -> None:
    """Set a new password; every browser of theirs is signed out."""
    with plainly():
        from contact_center.staff import UnknownStaff

        async def change(accounts: StaffAccounts) -> None:
            if await accounts.get(name) is None:
                raise UnknownStaff(name)

            async def save(new: str) -> None:
                changed = await accounts.set_password(name, new)
                say_line(f"{changed.name} has a new password, and is signed out everywhere")

            await _with_password(save, from_stdin=password_stdin, generate=generate)

        _at_accounts(change)


@staff.command(epilog="Example: `warmline staff disable Sam`")
def disable(name: Name) -> None:
    """Let somebody sign in no more; every browser of theirs is signed out."""
    with plainly():
        done = _at_accounts(lambda accounts: accounts.disable(name, datetime.now(UTC)))
        say_line(f"{done.name} cannot sign in any more, and is signed out everywhere")


@staff.command(epilog="Example: `warmline staff enable Sam`")
def enable(name: Name) -> None:
    """Let somebody sign in again, with the password they had."""
    with plainly():
        done = _at_accounts(lambda accounts: accounts.enable(name))
        say_line(f"{done.name} can sign in again")


def _at_accounts(work: Callable[[StaffAccounts], Awaitable[Result]]) -> Result:
    """Do something to the accounts in the line's database."""
    from contact_center.database import Database
    from contact_center.passwords import Passwords
    from contact_center.staff import StaffAccounts

    settings = read_settings()

    async def run() -> Result:
        database = Database(settings.database_url)
        try:
            await database.migrate()
            passwords = Passwords(settings.breached_passwords)
            return await work(StaffAccounts(database, passwords, settings.company_name))
        finally:
            await database.close()

    return asyncio.run(run())


async def _with_password(
    save: Callable[[str], Awaitable[None]], *, from_stdin: bool, generate: bool
) -> None:
    """Save a password; one that was typed and is not good enough can be typed again."""
    from contact_center.staff import StaffPasswordRefused

    if from_stdin and generate:
        raise typer.BadParameter("--password-stdin and --generate exclude each other")
    if from_stdin:
        await save(sys.stdin.readline().rstrip("\r\n"))
        return
    if generate:
        groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        made = "-".join(groups)
        await save(made)
        say_line(f"Password: {made}")
        say_line("It is shown this once and kept nowhere; give it to nobody else.")
        return
    while True:
        try:
            await save(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
        except StaffPasswordRefused as refused:
            complain(str(refused))
        else:
            return
